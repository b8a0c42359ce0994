import { keyArgument, textArgument } from '../peers/identity-arguments.js';
import type { UpdateTarget } from './commands.js';

/** How a caller names the peer that is to be updated. */
export type GivenTarget =
  Exclude<UpdateTarget, { publicKey: string }> | { readonly publicKey: string | Uint8Array };

/**
 * What is no identity is refused before its turn: a decision may not fail.
 *
 * @throws {PeerValidationError} when it is none
 */
export function readTarget(target: GivenTarget): UpdateTarget {
  if ('nodeId' in target) return { nodeId: textArgument('peerId.nodeId', target.nodeId) };
  if ('did' in target) return { did: textArgument('peerId.did', target.did) };
  return { publicKey: keyArgument(target.publicKey) };
}
