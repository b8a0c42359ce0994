import type {
  ChoiceField,
  Field,
  FieldTable,
  HexField,
  ListField,
  NumberField,
  TextField,
} from './field-kinds.js';
import { peerFields } from './fields.js';

/**
 * Where every field of an entry lies.
 *
 * An entry as bytes, everywhere: in the peer table, in the change log and in snapshots.
 *
 *   byte 0      u32   length of the whole entry in bytes, a multiple of 8
 *   byte 4      u32   bits: flags, choices, and which optional fields are present
 *   byte 8      f64   slot 1: the first number
 *               …
 *               f64   slot n: the last number
 *               u32 u32   slot n+1: the first text, key or list, as (offset, length) in bytes,
 *               …         the offset counted from the start of the entry
 *               u32 u32   slot m: the last of them
 *               bytes of the texts, keys and lists, one after another, then zeros up to 8
 *
 * Texts are UTF-8, keys raw bytes. A list is a u32 count and its items; of an item, a number is an
 * f64 and a text a u16 length and its UTF-8. What is absent is zero. The same values always make
 * the same bytes, so entries can be compared, hashed and copied without decoding them.
 */
export interface EntryLayout {
  readonly root: GroupNode;
  readonly numbers: readonly NumberLeaf[];
  readonly bytes: readonly BytesLeaf[];
  readonly bits: readonly BitsLeaf[];
  /** Bytes before the first text: the header and all slots. */
  readonly fixedBytes: number;
}

/** A number, in a slot of its own. */
export interface NumberLeaf {
  readonly kind: 'number';
  readonly path: string;
  readonly field: NumberField;
  readonly slot: number;
}

/** A text, key or list, reached through its slot. */
export interface BytesLeaf {
  readonly kind: 'bytes';
  readonly path: string;
  readonly field: TextField | HexField | ListField;
  readonly slot: number;
}

/** A flag, a choice or the presence of an optional field, in the bits. */
export interface BitsLeaf {
  readonly kind: 'bits';
  readonly path: string;
  /** The words of a choice; empty for a flag and for a presence. */
  readonly words: readonly string[];
  readonly shift: number;
  readonly mask: number;
  /** The bits of the default: 1 for a flag that is set, the place of a word; 0 for a presence. */
  readonly initial: number;
}

/** Fields that belong together, in the order of the table. */
export interface GroupNode {
  readonly kind: 'group';
  readonly path: string;
  readonly members: readonly Member[];
}

/** A named field of a group; `presence` is set when it may be absent. */
export interface Member {
  readonly name: string;
  readonly presence: BitsLeaf | undefined;
  readonly node: NumberLeaf | BytesLeaf | BitsLeaf | GroupNode;
}

/** An entry is at most this long; it bounds what one peer can cost. */
export const maxEntryBytes = 64 * 1024;

/** Free memory that must follow where an entry is written: one too large is noticed a little late. */
export const entryHeadroom = 2 * maxEntryBytes;

/** The views through which entries in one piece of memory are read and written. */
export interface EntryMemory {
  readonly u8: Buffer;
  readonly u32: Uint32Array;
  readonly f64: Float64Array;
  /** For copying only: a loop over it is compiled to plain 64-bit loads and stores, any bits kept. */
  readonly u64: BigUint64Array;
}

/** Views of a whole buffer whose length is a multiple of 8. */
export function entryMemory(buffer: ArrayBufferLike): EntryMemory {
  return {
    u8: Buffer.from(buffer as ArrayBuffer),
    u32: new Uint32Array(buffer),
    f64: new Float64Array(buffer),
    u64: new BigUint64Array(buffer),
  };
}

/** Up to this many bytes a loop is faster than setting up a copy in the runtime. */
const shortCopy = 1024;

/** Copies whole words from one memory to another; places and length are multiples of 8 bytes. */
export function copyWords(
  from: EntryMemory,
  fromBase: number,
  to: EntryMemory,
  toBase: number,
  bytes: number,
): void {
  const source = from.u64;
  const target = to.u64;
  const start = fromBase >>> 3;
  const at = toBase >>> 3;
  const words = bytes >>> 3;
  if (bytes > shortCopy) {
    target.set(source.subarray(start, start + words), at);
    return;
  }
  for (let word = 0; word < words; word++) target[at + word] = source[start + word]!;
}

/** Lays a table of fields out as bytes. */
export function layOut(fields: FieldTable): EntryLayout {
  const numbers: { path: string; field: NumberField }[] = [];
  const bytes: { path: string; field: TextField | HexField | ListField }[] = [];
  const bits: BitsLeaf[] = [];
  let width = 0;

  const addBits = (
    path: string,
    words: readonly string[],
    size: number,
    initial: number,
  ): BitsLeaf => {
    const mask = (1 << size) - 1;
    const leaf: BitsLeaf = { kind: 'bits', path, words, shift: width, mask, initial };
    width += size;
    bits.push(leaf);
    return leaf;
  };
  const choiceBits = (field: ChoiceField) => Math.ceil(Math.log2(field.words.length));

  // Numbers come before texts, so slots can be given only when all fields have been seen.
  const later: (() => void)[] = [];
  const node = (field: Field, path: string): Member['node'] => {
    switch (field.kind) {
      case 'flag':
        return addBits(path, [], 1, Number(field.initial));
      case 'choice':
        return addBits(path, field.words, choiceBits(field), field.words.indexOf(field.initial));
      case 'record':
        return group(field.fields, path);
      case 'optional':
        return node(field.field, path);
      case 'number': {
        const leaf = { kind: 'number' as const, path, field, slot: 0 };
        const index = numbers.push(leaf);
        leaf.slot = index;
        return leaf;
      }
      default: {
        const leaf = { kind: 'bytes' as const, path, field, slot: 0 };
        const index = bytes.push(leaf);
        later.push(() => (leaf.slot = numbers.length + index));
        return leaf;
      }
    }
  };
  const group = (table: FieldTable, path: string): GroupNode => ({
    kind: 'group',
    path,
    members: Object.entries(table).map(([name, field]) => {
      const at = path === '' ? name : `${path}.${name}`;
      const presence = field.kind === 'optional' ? addBits(at, [], 1, 0) : undefined;
      return { name, presence, node: node(field, at) };
    }),
  });

  const root = group(fields, '');
  for (const assign of later) assign();
  const slots = 1 + numbers.length + bytes.length;
  if (width > 32)
    throw new Error(`the flags and choices of an entry need ${width} bits; 32 are there`);
  if (slots > 64)
    throw new Error(`the fields of an entry need ${slots} slots; a patch can name 64`);
  return {
    root,
    numbers: numbers as NumberLeaf[],
    bytes: bytes as BytesLeaf[],
    bits,
    fixedBytes: slots * 8,
  };
}

/** Whether a field is or has a text, a key or a list, which stand behind the slots: in the entry's tail. */
export const hasTail = (node: Member['node']): boolean =>
  node.kind === 'group'
    ? node.members.some((member) => hasTail(member.node))
    : node.kind === 'bytes';

/** The layout of a peer entry. */
export const peerLayout = layOut(peerFields);

/** Finds a leaf by its path, for code that reads a field of every entry without a view. */
export function leafAt<Kind extends 'number' | 'bytes' | 'bits'>(
  kind: Kind,
  path: string,
): Extract<NumberLeaf | BytesLeaf | BitsLeaf, { kind: Kind }> {
  const leaves: readonly (NumberLeaf | BytesLeaf | BitsLeaf)[] =
    kind === 'number' ? peerLayout.numbers : kind === 'bytes' ? peerLayout.bytes : peerLayout.bits;
  const leaf = leaves.find((one) => one.path === path);
  if (leaf === undefined) throw new Error(`no ${kind} field '${path}' in the table of fields`);
  return leaf as Extract<NumberLeaf | BytesLeaf | BitsLeaf, { kind: Kind }>;
}
