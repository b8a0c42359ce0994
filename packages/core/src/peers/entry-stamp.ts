import type { EntryDiff } from './entry-diff.js';
import { peerEncoder } from './entry-encoder.js';
import { type EntryMemory, entryHeadroom, entryMemory } from './entry-layout.js';
import { entryLength } from './entry-reader.js';
import { readerOf } from './entry-view.js';
import type { PeerEntry } from './peer-entry.js';

/**
 * 48 bits of a hash of an entry's bytes, as a whole number: equal for equal entries, whether they are
 * views or objects, and in all likelihood only for those. It keeps nobody from making two entries of
 * one stamp who wants to.
 *
 * @throws {PeerValidationError} when what is given is no entry
 */
export function entryStamp(entry: PeerEntry): number {
  scratch ??= entryMemory(new ArrayBuffer(entryHeadroom));
  const placed = readerOf(entry)?.place(scratch);
  if (placed === undefined) peerEncoder.encode(entry, scratch, 0);
  sumWords(placed?.memory ?? scratch, placed?.base ?? 0, sums, 0);
  return stampOfSums(sums, 0);
}

/*
 * What an entry's stamp is made of can follow a change of the entry, at the cost of what changed: two
 * sums over the words of 32 bits of the entry, each mixed with its place. They are an `Int32Array`'s
 * elements `at` and `at + 1`.
 */

/** Works out the sums of the entry at `base`. */
export function sumWords(memory: EntryMemory, base: number, to: Int32Array, at: number): void {
  const { u32 } = memory;
  const from = base >>> 2;
  const words = entryLength(memory, base) >>> 2;
  let low = 0;
  let high = 0;
  for (let place = 0; place < words; place++) {
    const word = u32[from + place]!;
    low = (low + mixLow(word, place)) | 0;
    high = (high + mixHigh(word, place)) | 0;
  }
  to[at] = low;
  to[at + 1] = high;
}

/** Brings the sums of the entry at `oldBase` to that at `nowBase`, which differs in numbers and bits alone. */
export function followNumbers(
  diff: EntryDiff,
  { u32: old }: EntryMemory,
  oldBase: number,
  { u32: now }: EntryMemory,
  nowBase: number,
  sumsOf: Int32Array,
  at: number,
): void {
  let low = sumsOf[at]!;
  let high = sumsOf[at + 1]!;
  const a = oldBase >>> 2;
  const b = nowBase >>> 2;
  if (diff.bits !== 0) {
    low += mixLow(now[b + 1]!, 1) - mixLow(old[a + 1]!, 1);
    high += mixHigh(now[b + 1]!, 1) - mixHigh(old[a + 1]!, 1);
  }
  for (let half = 0; half < 2; half++) {
    for (let left = half === 0 ? diff.low : diff.high; left !== 0; left &= left - 1) {
      const first = 2 * (32 * half + 31 - Math.clz32(left & -left));
      for (let place = first; place < first + 2; place++) {
        low = (low + mixLow(now[b + place]!, place) - mixLow(old[a + place]!, place)) | 0;
        high = (high + mixHigh(now[b + place]!, place) - mixHigh(old[a + place]!, place)) | 0;
      }
    }
  }
  sumsOf[at] = low;
  sumsOf[at + 1] = high;
}

/** The stamp of the entry whose sums these are. */
export function stampOfSums(of: Int32Array, at: number): number {
  const low = of[at]!;
  const high = of[at + 1]!;
  // Sums of sums would be blind to words that two peers swap: each pair is mixed once more.
  const first = Math.imul(low ^ (high >>> 15), 0x85ebca6b);
  const second = Math.imul(high ^ (first >>> 13), 0xc2b2ae35);
  return ((first ^ (second >>> 16)) >>> 0) + (second >>> 16) * 2 ** 32;
}

/* Bijections of a word for each place, after the finalizer of MurmurHash3 (Appleby, 2011). */

function mixLow(word: number, place: number): number {
  let mixed = Math.imul(word ^ Math.imul(place + 1, 0x9e3779b1), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

function mixHigh(word: number, place: number): number {
  let mixed = Math.imul(word ^ Math.imul(place + 1, 0x85ebca77), 0xcc9e2d51);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0x1b873593);
  return mixed ^ (mixed >>> 15);
}

const sums = new Int32Array(2);
let scratch: EntryMemory | undefined;
