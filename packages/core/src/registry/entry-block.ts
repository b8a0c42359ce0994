import { types } from 'node:util';
import { describe } from '../describe.js';

/**
 * Says what is wrong with a block of entries that somebody gave, if something is.
 *
 * @param left - of the peers that there are, so many have not been given
 */
export function blockFault(buffer: unknown, size: unknown, left: number): string | undefined {
  if (!types.isArrayBuffer(buffer) || buffer.byteLength % 8 !== 0) {
    return 'a block of entries is no ArrayBuffer of whole words';
  }
  if (!Number.isSafeInteger(size) || (size as number) < 0) {
    return `expected a block to say how many it holds, got ${describe(size)}`;
  }
  if ((size as number) > left) return `it gave ${(size as number) - left} peers more than it has`;
  return undefined;
}
