import {
  type BytesLeaf,
  type EntryMemory,
  type GroupNode,
  type Member,
  peerLayout,
} from './entry-layout.js';
import type { ListField } from './field-kinds.js';
import type { PeerEntry } from './peer-entry.js';

/** An entry in its encoded form, whose fields are decoded when they are read. */
export type PeerView = PeerEntry & {
  /** A copy of all fields as a plain object of its own. */
  toObject(): PeerEntry;
};

/** A slice of memory that holds a text, a key or a list. */
export interface ByteRange {
  u8: Buffer;
  start: number;
  end: number;
}

/** Where the parts of an encoded entry come from. Reading does not allocate. */
export interface EntryReader {
  bits(): number;
  number(slot: number): number;
  /** Fills `range` with where a slot's bytes are. */
  locate(slot: number, range: ByteRange): void;
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

function readText(reader: EntryReader, slot: number): string {
  reader.locate(slot, range);
  return textOf(range.u8, range.start, range.end);
}

function readHex(reader: EntryReader, slot: number): string {
  reader.locate(slot, range);
  return range.u8.toString('hex', range.start, range.end);
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

function readList(reader: EntryReader, slot: number, field: ListField): unknown[] {
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

function readBytes(reader: EntryReader, { field, slot }: BytesLeaf): unknown {
  if (field.kind === 'text') return readText(reader, slot);
  return field.kind === 'hex' ? readHex(reader, slot) : readList(reader, slot, field);
}

type Getter = (reader: EntryReader) => unknown;

function getterOf({ presence, node }: Member): Getter {
  const value = valueGetterOf(node);
  if (presence === undefined) return value;
  const bit = 1 << presence.shift;
  return (reader) => ((reader.bits() & bit) === 0 ? undefined : value(reader));
}

function valueGetterOf(node: Member['node']): Getter {
  switch (node.kind) {
    case 'number':
      return (reader) => reader.number(node.slot);
    case 'bytes':
      return (reader) => readBytes(reader, node);
    case 'bits': {
      const { words, shift, mask } = node;
      return words.length === 0
        ? (reader) => ((reader.bits() >>> shift) & 1) === 1
        : (reader) => words[(reader.bits() >>> shift) & mask];
    }
    case 'group': {
      const View = viewClass(node);
      return (reader) => new View(reader);
    }
  }
}

type ViewClass = new (reader: EntryReader) => { toObject(): unknown };

/** A class with a getter for each member of a group. */
function viewClass(group: GroupNode): ViewClass {
  const members = group.members.map((member) => ({
    name: member.name,
    get: getterOf(member),
    plain: plainGetterOf(member),
  }));
  class View {
    readonly #reader: EntryReader;
    constructor(reader: EntryReader) {
      this.#reader = reader;
    }
    toObject(): unknown {
      const object: Record<string, unknown> = {};
      for (const { name, plain } of members) {
        const value = plain(this.#reader);
        if (value !== undefined) object[name] = value;
      }
      return object;
    }
    /** What prints and serializes a view shows its values. */
    toJSON(): unknown {
      return this.toObject();
    }
    [Symbol.for('nodejs.util.inspect.custom')](): unknown {
      return this.toObject();
    }
    static readerOf(view: View): EntryReader {
      return view.#reader;
    }
  }
  for (const { name, get } of members) {
    Object.defineProperty(View.prototype, name, {
      enumerable: true,
      get(this: View) {
        return get(View.readerOf(this));
      },
    });
  }
  return View;
}

function plainGetterOf(member: Member): Getter {
  const { presence, node } = member;
  if (node.kind !== 'group') return getterOf(member);
  const View = viewClass(node);
  const bit = presence === undefined ? 0 : 1 << presence.shift;
  return (reader) =>
    bit !== 0 && (reader.bits() & bit) === 0 ? undefined : new View(reader).toObject();
}

const PeerViewClass = viewClass(peerLayout.root) as unknown as new (
  reader: EntryReader,
) => PeerView;

/** A lazy view of the entry that a reader is at; it follows the reader when that is moved. */
export const viewEntry = (reader: EntryReader): PeerView => new PeerViewClass(reader);

const decoder = new PlainReader();
const decoderView = viewEntry(decoder);

/** Decodes the whole entry at `base` into a plain object. */
export function decodeEntry(memory: EntryMemory, base: number): PeerEntry {
  decoder.at(memory, base);
  return decoderView.toObject();
}
