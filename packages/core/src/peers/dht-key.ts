import { createHash } from 'node:crypto';
import { textArgument } from './identity-arguments.js';

/**
 * Where a peer stands in the XOR metric (Maymounkov and Mazières, 2002): the 32 bytes that its node
 * id spells in hex, or else the SHA-256 of the id's text.
 *
 * @throws {PeerValidationError} when the id is no text
 */
export function dhtKey(nodeId: string): Buffer {
  textArgument('peerId.nodeId', nodeId);
  return hexKey.test(nodeId)
    ? Buffer.from(nodeId, 'hex')
    : createHash('sha256').update(nodeId).digest();
}

/** Bytes in a DHT key. */
export const dhtKeyBytes = 32;

const hexKey = /^[0-9a-fA-F]{64}$/;

/** Negative when `a` is closer to `target` than `b`, positive when farther, 0 when equal. */
export function compareDistance(target: Uint8Array, a: Uint8Array, b: Uint8Array): number {
  for (let at = 0; at < dhtKeyBytes; at++) {
    const difference = (target[at]! ^ a[at]!) - (target[at]! ^ b[at]!);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Log2 of the XOR distance: 0 for equal keys, 256 for keys that differ in the first bit. */
export function logDistance(a: Uint8Array, b: Uint8Array): number {
  for (let at = 0; at < dhtKeyBytes; at++) {
    const difference = a[at]! ^ b[at]!;
    if (difference !== 0) return 8 * (dhtKeyBytes - at) - (Math.clz32(difference) - 24);
  }
  return 0;
}
