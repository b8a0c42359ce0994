import { PeerNotFoundError, describe } from '../errors.js';
import type { PeerTable } from '../peers/peer-table.js';
import type { UpdateTarget } from './commands.js';

/** The slot of the peer that an update is about. */
export function findTarget({ identities }: PeerTable, target: UpdateTarget): number | undefined {
  if ('nodeId' in target) return identities.withNodeId(target.nodeId);
  return 'did' in target ? identities.withDid(target.did) : identities.withKey(target.publicKey);
}

/** The refusal of an update whose peer is not known. */
export function notFound(target: UpdateTarget): PeerNotFoundError {
  const [[what, value]] = Object.entries(target) as [[string, string]];
  return new PeerNotFoundError(`no peer has the ${what} ${describe(value)}; upsert it first`);
}
