import type { EntryMemory } from './entry-layout.js';
import type { ListField } from './field-kinds.js';

/** Where the parts of an encoded entry come from. Reading does not allocate. */
export interface EntryReader {
  bits(): number;
  number(slot: number): number;
  /** Fills `range` with where a slot's bytes are. */
  locate(slot: number, range: ByteRange): void;
  /**
   * Where the entry lies as a whole, if need be once it has been written from byte 0 of `scratch`;
   * undefined when its texts would have to be put together anew.
   */
  place(scratch: EntryMemory): PlacedEntry | undefined;
}

/** An encoded entry and where it lies. */
export interface PlacedEntry {
  readonly memory: EntryMemory;
  readonly base: number;
}

/** A slice of memory that holds a text, a key or a list. */
export interface ByteRange {
  u8: Buffer;
  start: number;
  end: number;
}

/** Reads the entry that starts at `base`. */
export class PlainReader implements EntryReader {
  memory!: EntryMemory;
  base = 0;

  /** Moves the reader to another entry. */
  at(memory: EntryMemory, base: number): this {
    this.memory = memory;
    this.base = base;
    return this;
  }

  place(): this {
    return this;
  }

  bits(): number {
    return this.memory.u32[(this.base >>> 2) + 1]!;
  }

  number(slot: number): number {
    return this.memory.f64[(this.base >>> 3) + slot]!;
  }

  locate(slot: number, range: ByteRange): void {
    const at = (this.base >>> 2) + 2 * slot;
    range.u8 = this.memory.u8;
    range.start = this.base + this.memory.u32[at]!;
    range.end = range.start + this.memory.u32[at + 1]!;
  }
}

/** Length in bytes of the encoded entry at `base`. */
export const entryLength = (memory: EntryMemory, base: number): number => memory.u32[base >>> 2]!;

const range: ByteRange = { u8: Buffer.alloc(0), start: 0, end: 0 };

/** Decodes the text in a slot. */
export function readText(reader: EntryReader, slot: number): string {
  reader.locate(slot, range);
  return textOf(range.u8, range.start, range.end);
}

/** Decodes the key in a slot, as hex. */
export function readHex(reader: EntryReader, slot: number): string {
  reader.locate(slot, range);
  return range.u8.toString('hex', range.start, range.end);
}

/** Decodes the list in a slot. */
export function readList(reader: EntryReader, slot: number, field: ListField): unknown[] {
  reader.locate(slot, range);
  const { u8 } = range;
  let at = range.start;
  if (at === range.end) return [];
  const text = (): string => {
    const start = at + 2;
    at = start + u8.readUInt16LE(at);
    return textOf(u8, start, at);
  };
  const number = (): number => {
    at += 8;
    return u8.readDoubleLE(at - 8);
  };
  const length = u8.readUInt32LE(at);
  at += 4;
  const items: unknown[] = [];
  for (let index = 0; index < length; index++) {
    if (field.item.kind === 'text') {
      items.push(text());
      continue;
    }
    const item: Record<string, unknown> = {};
    for (const [name, inner] of Object.entries(field.item.fields)) {
      item[name] = inner.kind === 'text' ? text() : number();
    }
    items.push(item);
  }
  return items;
}

/** Short plain text is put together here, which is quicker than a call into the runtime. */
const shortText = 24;

function textOf(u8: Buffer, start: number, end: number): string {
  if (end - start > shortText) return u8.toString('utf8', start, end);
  let text = '';
  for (let at = start; at < end; at++) {
    const code = u8[at]!;
    if (code > 127) return u8.toString('utf8', start, end);
    text += String.fromCharCode(code);
  }
  return text;
}
