import { isUtf8 } from 'node:buffer';
import { ConnectionBrokenError } from '../connection-errors.js';
import { compiledFunction } from './compiled-function.js';
import {
  type BitsLeaf,
  type BytesLeaf,
  type EntryLayout,
  type EntryMemory,
  type GroupNode,
  maxEntryBytes,
  peerLayout,
} from './entry-layout.js';
import { PlainReader, entryLength, readText } from './entry-reader.js';
import {
  type ItemRecord,
  type ListField,
  type NumberField,
  type TextField,
  isNumberOf,
} from './field-kinds.js';
import { KnownTails } from './known-tails.js';
import { plainEntrySource } from './plain-entry-source.js';

/**
 * Checks entries that another thread has encoded, as strictly as the encoder checks those it encodes:
 * what passes is bytes that it could have written itself, from some entry. The bytes must be the
 * registry's own by then, a copy that nobody else can change.
 *
 * A time of which the caller said nothing is NaN there, and becomes the present here.
 */
class EncodedEntryCheck {
  readonly #fixedBytes: number;
  readonly #width: number;
  readonly #numbers: readonly Checked<NumberField>[];
  readonly #bits: readonly (BitsLeaf & { readonly needs: number })[];
  readonly #bytes: readonly Checked<BytesLeaf['field']>[];
  readonly #tails: KnownTails;
  /** Whether bits and numbers are right; it takes nearly all that are. */
  readonly #isPlain: PlainCheck;

  constructor(layout: EntryLayout) {
    const numbers: Checked<NumberField>[] = [];
    const bits: (BitsLeaf & { readonly needs: number })[] = [];
    const bytes: Checked<BytesLeaf['field']>[] = [];
    const walk = ({ members }: GroupNode, outer: number): void => {
      for (const { presence, node } of members) {
        if (presence !== undefined) bits.push({ ...presence, needs: outer });
        const needs = presence === undefined ? outer : outer | (1 << presence.shift);
        if (node.kind === 'group') walk(node, needs);
        else if (node.kind === 'bits') bits.push({ ...node, needs });
        else if (node.kind === 'number') numbers.push({ ...node, needs });
        else bytes.push({ ...node, needs });
      }
    };
    walk(layout.root, 0);
    this.#numbers = numbers;
    this.#bits = bits;
    this.#bytes = bytes.sort((a, b) => a.slot - b.slot);
    this.#fixedBytes = layout.fixedBytes;
    this.#tails = new KnownTails(layout);
    this.#isPlain = compiledFunction([], plainEntrySource(layout))() as PlainCheck;
    this.#width = bits.reduce((width, { mask, shift }) => Math.max(width, shift + bitsOf(mask)), 0);
  }

  /**
   * Checks the entry of `length` bytes at `base`.
   *
   * @param now - gives the present, Unix milliseconds
   * @returns the node id
   * @throws {ConnectionBrokenError} when the encoder would not have written it
   */
  check(memory: EntryMemory, base: number, length: number, now: () => number): string {
    this.#checkFixed(memory, base, length, now);
    const known = this.#tails.find(memory, base, length);
    if (known !== undefined) return known;
    this.#checkTail(memory, base, length);
    const nodeId = readText(reader.at(memory, base), this.#bytes[0]!.slot);
    this.#tails.keep(memory, base, length, nodeId);
    return nodeId;
  }

  /**
   * The same for entries that are each seen once: nothing is remembered of them, nor their node id read.
   *
   * @throws {ConnectionBrokenError} when the encoder would not have written it
   */
  checkOnce(memory: EntryMemory, base: number, length: number, now: () => number): void {
    this.#checkFixed(memory, base, length, now);
    this.#checkTail(memory, base, length);
  }

  /** Checks what comes before the tail. */
  #checkFixed(memory: EntryMemory, base: number, length: number, now: () => number): void {
    const { u32 } = memory;
    if (length < this.#fixedBytes || length % 8 !== 0 || u32[base >>> 2] !== length) {
      refuse('a length that it cannot have');
    }
    if (this.#isPlain(memory, base, now)) return;
    this.#checkBits(u32[(base >>> 2) + 1]!);
    this.#checkNumbers(memory, base, now);
  }

  #checkBits(bits: number): void {
    if (this.#width < 32 && bits >>> this.#width !== 0) refuse('bits that mean nothing');
    for (const { path, needs, shift, mask, words } of this.#bits) {
      const value = (bits >>> shift) & mask;
      if (value === 0) continue;
      if ((bits & needs) !== needs) refuse(`bits of ${path}, whose group is absent`);
      if (words.length > 0 && value >= words.length) refuse(`no word for ${path}`);
    }
  }

  #checkNumbers({ u32, f64 }: EntryMemory, base: number, now: () => number): void {
    const bits = u32[(base >>> 2) + 1]!;
    const at = base >>> 3;
    let present: number | undefined;
    for (const { slot, needs, field, path } of this.#numbers) {
      const value = f64[at + slot]!;
      if (value === 0) {
        // -0 and 0 are one value, so they must be the same bytes.
        if (u32[2 * (at + slot) + 1] !== 0) refuse(`another zero for ${path}`);
        if (field.min <= 0 || (bits & needs) !== needs) continue;
      }
      if ((bits & needs) !== needs) refuse(`a number for ${path}, which is absent`);
      if (isNumberOf(field, value)) continue;
      if (field.initial !== 'now' || value === value) refuse(`a number out of range for ${path}`);
      f64[at + slot] = present ??= now();
    }
  }

  #checkTail({ u8, u32 }: EntryMemory, base: number, length: number): void {
    const bits = u32[(base >>> 2) + 1]!;
    const end = base + length;
    let at = base + this.#fixedBytes;
    for (const { slot, needs, field, path } of this.#bytes) {
      const offset = u32[(base >>> 2) + 2 * slot]!;
      const bytes = u32[(base >>> 2) + 2 * slot + 1]!;
      if ((bits & needs) !== needs) {
        if (offset !== 0 || bytes !== 0) refuse(`bytes of ${path}, which is absent`);
        continue;
      }
      if (offset !== at - base || bytes > end - at) refuse(`bytes of ${path} outside of it`);
      const isRight =
        field.kind === 'list'
          ? isList(u8, at, at + bytes, field)
          : bytes >= field.minBytes &&
            bytes <= field.maxBytes &&
            (field.kind === 'hex' || isText(u8, at, at + bytes));
      if (!isRight) refuse(`bytes that are no ${path}`);
      at += bytes;
    }
    if (((at - base + 7) & ~7) !== length) refuse('bytes that belong to no field');
    for (; at < end; at++) if (u8[at] !== 0) refuse('bytes behind its end');
  }
}

/** The function that `plainEntrySource` is the source of. */
type PlainCheck = (memory: EntryMemory, base: number, now: () => number) => boolean;

/** A leaf, and the presences that an entry must have for it to be there. */
interface Checked<Field> {
  readonly path: string;
  readonly slot: number;
  readonly field: Field;
  readonly needs: number;
}

const reader = new PlainReader();

function refuse(what: string): never {
  throw new ConnectionBrokenError(`an entry came that no encoder writes: ${what}`);
}

const bitsOf = (mask: number): number => 32 - Math.clz32(mask);

/** Whether bytes are UTF-8 without NUL. */
function isText(u8: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = u8[at]!;
    if (byte === 0) return false;
    if (byte > 127) {
      const text = u8.subarray(start, end);
      return isUtf8(text) && !text.includes(0);
    }
  }
  return true;
}

/** Whether bytes are a list, from its count to its last item. */
function isList(u8: Buffer, start: number, end: number, { item, maxItems }: ListField): boolean {
  if (end - start < 4) return false;
  const count = u8.readUInt32LE(start);
  if (count > maxItems) return false;
  let at = start + 4;
  for (let index = 0; index < count; index++) {
    at = item.kind === 'text' ? textEnd(u8, at, end, item) : itemEnd(u8, at, end, item);
    if (at < 0) return false;
  }
  return at === end;
}

/** Where an item of a list ends; -1 when it is none. */
function itemEnd(u8: Buffer, start: number, end: number, { fields }: ItemRecord): number {
  let at = start;
  for (const field of Object.values(fields)) {
    at = field.kind === 'text' ? textEnd(u8, at, end, field) : numberEnd(u8, at, end, field);
    if (at < 0) return -1;
  }
  return at;
}

function textEnd(u8: Buffer, at: number, end: number, field: TextField): number {
  if (at + 2 > end) return -1;
  const bytes = u8.readUInt16LE(at);
  const textEnds = at + 2 + bytes;
  if (textEnds > end || bytes < field.minBytes || bytes > field.maxBytes) return -1;
  return isText(u8, at + 2, textEnds) ? textEnds : -1;
}

function numberEnd(u8: Buffer, at: number, end: number, field: NumberField): number {
  if (at + 8 > end) return -1;
  const value = u8.readDoubleLE(at);
  return isNumberOf(field, value) && !Object.is(value, -0) ? at + 8 : -1;
}

/** Checks peer entries. */
export const encodedEntries = new EncodedEntryCheck(peerLayout);

/**
 * Checks the entry at `base`, which may be anything, and is seen once.
 *
 * @param left - how many bytes there are from there on
 * @returns its length; undefined when there are fewer bytes than it says
 * @throws {ConnectionBrokenError} when it is none
 */
export function checkedEntryLength(
  memory: EntryMemory,
  base: number,
  left: number,
): number | undefined {
  if (left < 8) return undefined;
  const length = entryLength(memory, base);
  if (length > maxEntryBytes) refuse('a length that it cannot have');
  if (length > left) return undefined;
  encodedEntries.checkOnce(memory, base, length, noTime);
  return length;
}

/** The present, for entries that were encoded where that was known. */
const noTime = (): never => {
  throw new Error('a time that is none');
};
