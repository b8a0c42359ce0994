import { hash } from 'node:crypto';
import { textArgument } from './identity-arguments.js';

/**
 * Where a peer stands in the XOR metric (Maymounkov and Mazières, 2002): the 32 bytes that its node
 * id spells in hex, or else the SHA-256 of the id's text.
 *
 * @throws {PeerValidationError} when the id is no text
 */
export function dhtKey(nodeId: string): Buffer {
  textArgument('peerId.nodeId', nodeId);
  return Buffer.from(hexKey.test(nodeId) ? nodeId : hash('sha256', nodeId), 'hex');
}

/**
 * Writes a node id's place among all others as `placeWords` words: its DHT key, the most significant
 * word first, and then what tells ids with the same key apart. Such are hex in upper and lower case, of
 * which a bit a digit says which letters are upper case; and an id that is the hash of another one, in
 * hex, of which the other one has all these bits set, those of decimal digits too.
 */
export function putPlace(nodeId: string, words: Uint32Array, at: number): void {
  const isHex = hexKey.test(nodeId);
  const hex = isHex ? nodeId : hash('sha256', nodeId);
  let upper = 0;
  for (let word = 0; word < keyWords; word++) {
    let value = 0;
    for (let digit = 8 * word; digit < 8 * word + 8; digit++) {
      const code = hex.charCodeAt(digit);
      // Letters of either case end in 1 to 6, and are the characters from 64 on.
      value = (value << 4) | ((code & 15) + 9 * (code >>> 6));
      upper = (upper << 1) | ((code >>> 6) & ~(code >>> 5) & 1);
    }
    words[at + word] = value;
    if (word % 4 !== 3) continue;
    words[at + keyWords + (word >>> 2)] = isHex ? upper : ~0;
    upper = 0;
  }
}

/** Words of 32 bits in a DHT key. */
const keyWords = 8;
/** Words of 32 bits in a node id's place. */
export const placeWords = keyWords + 2;

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
