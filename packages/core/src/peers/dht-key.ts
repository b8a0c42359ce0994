import { hash } from 'node:crypto';
import type { ByteRange } from './entry-reader.js';
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
  if (nodeId.length === 2 * dhtKeyBytes && putHex(nodeId, words, at)) return;
  putHash(hash('sha256', nodeId), words, at);
}

/** Writes the place of a node id that is given as its bytes. */
export function putPlaceOf({ u8, start, end }: ByteRange, words: Uint32Array, at: number): void {
  const isKey = end - start === 2 * dhtKeyBytes;
  if (isKey && putHex(u8.toString('latin1', start, end), words, at)) return;
  putHash(hash('sha256', u8.subarray(start, end)), words, at);
}

function putHash(hex: string, words: Uint32Array, at: number): void {
  putHex(hex, words, at);
  words[at + keyWords] = ~0;
  words[at + keyWords + 1] = ~0;
}

/** Writes a place that is spelled in hex. Returns false where it is not. */
function putHex(hex: string, words: Uint32Array, at: number): boolean {
  let upper = 0;
  for (let word = 0; word < keyWords; word++) {
    let value = 0;
    for (let place = 8 * word; place < 8 * word + 8; place++) {
      const digit = hexDigits[hex.charCodeAt(place)];
      if (digit === undefined || digit === noDigit) return false;
      value = (value << 4) | (digit & 15);
      upper = (upper << 1) | (digit >>> 4);
    }
    words[at + word] = value;
    if (word % 4 !== 3) continue;
    words[at + keyWords + (word >>> 2)] = upper;
    upper = 0;
  }
  return true;
}

const noDigit = 255;
/** The value of each hex digit by its character, with 16 added to that of an upper case letter. */
const hexDigits = new Uint8Array(128).fill(noDigit);
for (let value = 0; value < 16; value++) {
  const digit = value.toString(16);
  hexDigits[digit.toUpperCase().charCodeAt(0)] = 16 + value;
  hexDigits[digit.charCodeAt(0)] = value;
}

/** Bytes in a DHT key. */
export const dhtKeyBytes = 32;
/** Words of 32 bits in a DHT key. */
const keyWords = dhtKeyBytes / 4;
/** Words of 32 bits in a node id's place. */
export const placeWords = keyWords + 2;

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
