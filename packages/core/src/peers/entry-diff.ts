import { type BitsLeaf, copyWords, type EntryMemory, peerLayout } from './entry-layout.js';
import {
  type ByteRange,
  entryLength,
  type EntryReader,
  type PlacedEntry,
  PlainReader,
} from './entry-reader.js';
import { type PeerView, compileView } from './entry-view.js';
import type { PeerFieldPath } from './peer-entry.js';

/** Which parts of an entry changed. Reused from one comparison to the next. */
export class EntryDiff {
  /** Changed slots 0 to 31 and 32 to 63, a bit each. */
  low = 0;
  high = 0;
  /** Changed flags, choices and presences. */
  bits = 0;
  /** Bytes that a patch with the old values takes. */
  patchBytes = 0;

  get isEmpty(): boolean {
    return (this.low | this.high | this.bits) === 0;
  }

  /** Whether all texts, keys and lists are what they were, and so lie where they lay. */
  get sameTail(): boolean {
    return ((this.low & lowBytesSlots) | (this.high & highBytesSlots)) === 0;
  }

  /** Whether the field in this slot changed. */
  hasSlot(slot: number): boolean {
    return ((slot < 32 ? this.low : this.high) & (1 << (slot & 31))) !== 0;
  }
}

/*
 * What an updated entry was before, as a patch behind the new entry: only what changed.
 *
 *   byte 0      u32 u32   which slots changed: bit s of the pair stands for slot s
 *   byte 8      u32       the old bits, whole
 *   byte 12     u32       length of the patch in bytes, a multiple of 8
 *   byte 16     8 bytes a changed slot, in order of slots: the old number, or (offset, length) of
 *               the old bytes, the offset counted from the start of the patch
 *               the old bytes, then zeros up to 8
 */
export const patchHeaderBytes = 16;

const firstBytesSlot = 1 + peerLayout.numbers.length;
const slots = peerLayout.fixedBytes / 8;
/** The slots of texts, keys and lists, a bit each as in `EntryDiff`. */
const lowBytesSlots = firstBytesSlot < 32 ? -1 << firstBytesSlot : 0;
const highBytesSlots = -1 << Math.max(0, firstBytesSlot - 32);

/** Compares two encoded entries, field by field, into `diff`. */
export function diffEntries(
  old: EntryMemory,
  oldBase: number,
  now: EntryMemory,
  nowBase: number,
  diff: EntryDiff,
): void {
  diffNumbers(old, oldBase, now, nowBase, diff);
  const a = old.u32;
  const b = now.u32;
  const a4 = oldBase >>> 2;
  const b4 = nowBase >>> 2;
  if (sameTail(a, a4, b, b4)) return;
  let { low, high } = diff;
  let size = diff.patchBytes;
  for (let slot = firstBytesSlot; slot < slots; slot++) {
    const at = 2 * slot;
    const length = a[a4 + at + 1]!;
    const from = oldBase + a[a4 + at]!;
    const to = nowBase + b[b4 + at]!;
    const same =
      length === b[b4 + at + 1] &&
      old.u8.compare(now.u8, to, to + length, from, from + length) === 0;
    if (same) continue;
    if (slot < 32) low |= 1 << slot;
    else high |= 1 << (slot & 31);
    size += 8 + length;
  }
  diff.low = low;
  diff.high = high;
  diff.patchBytes = (size + 7) & ~7;
}

/** Compares the numbers, flags and choices of two entries whose texts, keys and lists are equal. */
export function diffNumbers(
  old: EntryMemory,
  oldBase: number,
  now: EntryMemory,
  nowBase: number,
  diff: EntryDiff,
): void {
  const oldNumbers = old.f64;
  const numbers = now.f64;
  const a8 = oldBase >>> 3;
  const b8 = nowBase >>> 3;
  let low = 0;
  let high = 0;
  let size = patchHeaderBytes;
  // Equal numbers are equal bytes: the encoder takes no NaN, and writes -0 as 0.
  for (let slot = 1; slot < firstBytesSlot; slot++) {
    if (oldNumbers[a8 + slot] === numbers[b8 + slot]) continue;
    if (slot < 32) low |= 1 << slot;
    else high |= 1 << (slot & 31);
    size += 8;
  }
  diff.low = low;
  diff.high = high;
  diff.bits = old.u32[(oldBase >>> 2) + 1]! ^ now.u32[(nowBase >>> 2) + 1]!;
  diff.patchBytes = size;
}

/** Whether all texts, keys and lists are equal, their slots included: usually they are. */
function sameTail(a: Uint32Array, a4: number, b: Uint32Array, b4: number): boolean {
  const length = a[a4]!;
  if (length !== b[b4]) return false;
  for (let at = 2 * firstBytesSlot; at < length >>> 2; at++) {
    if (a[a4 + at] !== b[b4 + at]) return false;
  }
  return true;
}

/** Brings an old entry up to date where only numbers and bits changed. */
export function storeNumbers(
  diff: EntryDiff,
  now: EntryMemory,
  nowBase: number,
  old: EntryMemory,
  oldBase: number,
): void {
  old.u32[(oldBase >>> 2) + 1] = now.u32[(nowBase >>> 2) + 1]!;
  const from = nowBase >>> 3;
  const to = oldBase >>> 3;
  for (let left = diff.low; left !== 0; left &= left - 1) {
    const slot = 31 - Math.clz32(left & -left);
    old.f64[to + slot] = now.f64[from + slot]!;
  }
  for (let left = diff.high; left !== 0; left &= left - 1) {
    const slot = 63 - Math.clz32(left & -left);
    old.f64[to + slot] = now.f64[from + slot]!;
  }
}

/** Writes the old values that `diff` names, taken from the old entry, at `base` of `to`. */
export function writePatch(
  diff: EntryDiff,
  old: EntryMemory,
  oldBase: number,
  to: EntryMemory,
  base: number,
): void {
  const at = base >>> 2;
  const end = base + diff.patchBytes;
  to.u32[at] = diff.low;
  to.u32[at + 1] = diff.high;
  to.u32[at + 2] = old.u32[(oldBase >>> 2) + 1]!;
  to.u32[at + 3] = diff.patchBytes;
  let slotAt = base + patchHeaderBytes;
  let bytesAt = slotAt + 8 * (bitCount(diff.low) + bitCount(diff.high));
  for (let slot = 1; slot < slots; slot++) {
    if (!diff.hasSlot(slot)) continue;
    if (slot < firstBytesSlot) {
      to.f64[slotAt >>> 3] = old.f64[(oldBase >>> 3) + slot]!;
    } else {
      const oldAt = (oldBase >>> 2) + 2 * slot;
      const length = old.u32[oldAt + 1]!;
      const from = oldBase + old.u32[oldAt]!;
      to.u32[slotAt >>> 2] = bytesAt - base;
      to.u32[(slotAt >>> 2) + 1] = length;
      old.u8.copy(to.u8, bytesAt, from, from + length);
      bytesAt += length;
    }
    slotAt += 8;
  }
  while (bytesAt < end) to.u8[bytesAt++] = 0;
}

/** The flags, choices and presences that an entry had before, from the patch at `patch`. */
export const oldBits = (memory: EntryMemory, patch: number): number =>
  memory.u32[(patch >>> 2) + 2]!;

/** Reads what an entry was before: changed fields from the patch, the others from the new entry. */
export class PatchedReader implements EntryReader {
  memory!: EntryMemory;
  readonly #now = new PlainReader();
  #patch = 0;

  /** Moves the reader to the new entry at `base` and the patch at `patch`. */
  at(memory: EntryMemory, base: number, patch: number): this {
    this.memory = memory;
    this.#now.at(memory, base);
    this.#patch = patch;
    return this;
  }

  bits(): number {
    return oldBits(this.memory, this.#patch);
  }

  number(slot: number): number {
    const at = this.#slotAt(slot);
    return at === -1 ? this.#now.number(slot) : this.memory.f64[at >>> 3]!;
  }

  locate(slot: number, range: ByteRange): void {
    const at = this.#slotAt(slot);
    if (at === -1) {
      this.#now.locate(slot, range);
      return;
    }
    range.u8 = this.memory.u8;
    range.start = this.#patch + this.memory.u32[at >>> 2]!;
    range.end = range.start + this.memory.u32[(at >>> 2) + 1]!;
  }

  place(to: EntryMemory): PlacedEntry | undefined {
    const { u32, f64 } = this.memory;
    const at = this.#patch >>> 2;
    const low = u32[at]!;
    const high = u32[at + 1]!;
    if (((low & lowBytesSlots) | (high & highBytesSlots)) !== 0) return undefined;
    copyWords(this.memory, this.#now.base, to, 0, entryLength(this.memory, this.#now.base));
    to.u32[1] = this.bits();
    let from = (this.#patch + patchHeaderBytes) >>> 3;
    for (let left = low; left !== 0; left &= left - 1) {
      to.f64[31 - Math.clz32(left & -left)] = f64[from++]!;
    }
    for (let left = high; left !== 0; left &= left - 1) {
      to.f64[63 - Math.clz32(left & -left)] = f64[from++]!;
    }
    return { memory: to, base: 0 };
  }

  /** The fields that changed, in the order of the layout. */
  changed(): PeerFieldPath[] {
    const { u32 } = this.memory;
    const at = this.#patch >>> 2;
    return changedFields(u32[at]!, u32[at + 1]!, u32[at + 2]! ^ this.#now.bits());
  }

  #slotAt(slot: number): number {
    const at = this.#patch >>> 2;
    const low = this.memory.u32[at]!;
    const bit = 1 << (slot & 31);
    if (slot < 32) {
      if ((low & bit) === 0) return -1;
      return this.#patch + patchHeaderBytes + 8 * bitCount(low & (bit - 1));
    }
    const high = this.memory.u32[at + 1]!;
    if ((high & bit) === 0) return -1;
    return this.#patch + patchHeaderBytes + 8 * (bitCount(low) + bitCount(high & (bit - 1)));
  }
}

const OldView = compileView<PatchedReader>(peerLayout);

/** A lazy view of what an updated entry was; it follows the reader when that is moved. */
export const viewOld = (reader: PatchedReader): PeerView => new OldView(reader);

const slotPaths: readonly string[] = [
  '',
  ...peerLayout.numbers.map(({ path }) => path),
  ...peerLayout.bytes.map(({ path }) => path),
];

function changedFields(low: number, high: number, bits: number): PeerFieldPath[] {
  const paths: string[] = [];
  for (let left = low; left !== 0; left &= left - 1) {
    paths.push(slotPaths[31 - Math.clz32(left & -left)]!);
  }
  for (let left = high; left !== 0; left &= left - 1) {
    paths.push(slotPaths[63 - Math.clz32(left & -left)]!);
  }
  if (bits === 0) return paths as PeerFieldPath[];
  for (const leaf of peerLayout.bits) if (touches(leaf, bits)) paths.push(leaf.path);
  // An optional number or text that came or went changed both in its slot and in its bit.
  return [...new Set(paths)] as PeerFieldPath[];
}

const touches = ({ shift, mask }: BitsLeaf, bits: number): boolean =>
  ((bits >>> shift) & mask) !== 0;

function bitCount(word: number): number {
  let n = word - ((word >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
