import { encoderSource } from './encoder-source.js';
import {
  type EntryLayout,
  type EntryMemory,
  entryHeadroom,
  entryMemory,
  peerLayout,
} from './entry-layout.js';
import { fail, putCount, putDouble, putHex, putText, tooLarge } from './field-writers.js';
import { TailCache } from './tail-cache.js';
import { refuseUnknownField } from './unknown-field.js';

/**
 * Checks an entry and writes its bytes at `base`, a multiple of 8, behind which at least
 * `entryHeadroom` bytes are free.
 *
 * @returns the entry's length in bytes
 * @throws {PeerValidationError} naming the first bad field; what was written is to be ignored
 */
export type EncodeEntry = (entry: unknown, memory: EntryMemory, base: number) => number;

/** Makes the function that checks and writes entries of a layout, with a cache of its own. */
export function compileEncoder(layout: EntryLayout): EncodeEntry {
  const called = {
    fail,
    putText,
    putHex,
    putDouble,
    putCount,
    tooLarge,
    refuseUnknownField,
    tails: new TailCache(layout),
  };
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the source is made of the table of fields alone, see encoder-source.ts
  const build = new Function(...Object.keys(called), encoderSource(layout)) as (
    ...given: unknown[]
  ) => EncodeEntry;
  return build(...Object.values(called));
}

/** Writes peer entries. */
export const encodeEntry: EncodeEntry = compileEncoder(peerLayout);

let scratch: EntryMemory | undefined;

/**
 * Checks an entry without keeping its bytes.
 *
 * @throws {PeerValidationError} naming the first bad field
 */
export function checkEntry(entry: unknown): void {
  scratch ??= entryMemory(new ArrayBuffer(entryHeadroom));
  encodeEntry(entry, scratch, 0);
}
