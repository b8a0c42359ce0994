import { compiledFunction } from './compiled-function.js';
import {
  type EntryLayout,
  type EntryMemory,
  type GroupNode,
  type Member,
  peerLayout,
} from './entry-layout.js';
import { type EntryReader, PlainReader, readHex, readList, readText } from './entry-reader.js';
import type { PeerEntry } from './peer-entry.js';

/**
 * An entry in its encoded form, whose fields are decoded when they are read. How long it can be read is
 * up to what it came from: a batch of events, or a peer in the registry.
 */
export type PeerView = PeerEntry & {
  /** A copy of all fields as a plain object of its own. */
  toObject(): PeerEntry;
};

/** A lazy view of the entry that a reader is at; it follows the reader when that is moved. */
export interface PeerViewClass<Reader extends EntryReader> {
  new (reader: Reader): PeerView;
  /** What a view of this class reads; undefined for anything else. */
  readerOf(entry: unknown): EntryReader | undefined;
}

/*
 * A layout is turned into the source of one class for each of its groups, with a getter for each
 * field. Getters made in a loop would all be the same code, which the engine could only compile for
 * all fields at once: reading a number would be four calls instead of a load. For the same reason
 * each kind of reader has classes of its own. Views of groups are made when first read and kept.
 * Only the table of fields, never a caller's data, becomes source text.
 */

/** Makes the class of views that one kind of reader has of entries of a layout. */
export function compileView<Reader extends EntryReader>(
  layout: EntryLayout,
): PeerViewClass<Reader> {
  const classes: string[] = [];
  /** What the source calls `values[n]`: words of choices, and fields of lists. */
  const values: unknown[] = [];
  const quote = (text: string): string => JSON.stringify(text);
  const valueAt = (value: unknown): string => `values[${values.push(value) - 1}]`;

  /** The source that reads a member's value; a group has a view of its own. */
  const valueOf = (name: string, node: Member['node']): string => {
    switch (node.kind) {
      case 'number':
        return `this.#reader.number(${node.slot})`;
      case 'bits':
        if (node.words.length === 0) return `(this.#reader.bits() >>> ${node.shift} & 1) === 1`;
        return `${valueAt(node.words)}[this.#reader.bits() >>> ${node.shift} & ${node.mask}]`;
      case 'bytes':
        if (node.field.kind === 'text') return `readText(this.#reader, ${node.slot})`;
        if (node.field.kind === 'hex') return `readHex(this.#reader, ${node.slot})`;
        return `readList(this.#reader, ${node.slot}, ${valueAt(node.field)})`;
      case 'group':
        return `(this.#${name} ??= new ${classOf(node)}(this.#reader))`;
    }
  };

  const classOf = (group: GroupNode): string => {
    const fields = ['#reader;'];
    const getters: string[] = [];
    const copies: string[] = [];
    for (const { name, presence, node } of group.members) {
      const value = valueOf(name, node);
      const isAbsent = presence && `(this.#reader.bits() & ${1 << presence.shift}) === 0`;
      const copy = `object[${quote(name)}] = ${value}${node.kind === 'group' ? '.toObject()' : ''};`;
      if (node.kind === 'group') fields.push(`#${name};`);
      getters.push(
        `get ${quote(name)}() { return ${isAbsent ? `${isAbsent} ? undefined : ` : ''}${value}; }`,
      );
      copies.push(isAbsent ? `if (!(${isAbsent})) ${copy}` : copy);
    }
    const className = `View${classes.length}`;
    classes.push(`class ${className} {
  ${fields.join(' ')}
  constructor(reader) { this.#reader = reader; }
  static readerOf(entry) { return Object(entry) === entry && #reader in entry ? entry.#reader : undefined; }
  ${getters.join('\n  ')}
  toObject() { const object = {}; ${copies.join(' ')} return object; }
}
finish(${className});`);
    return className;
  };

  const root = classOf(layout.root);
  const source = `'use strict';\n${classes.join('\n')}\nreturn ${root};`;
  const called = { readText, readHex, readList, finish, values };
  const build = compiledFunction(Object.keys(called), source);
  const view = build(...Object.values(called)) as PeerViewClass<Reader>;
  views.push(view);
  return view;
}

/** What a view of any class reads; undefined for what is none. */
export function readerOf(entry: unknown): EntryReader | undefined {
  for (const view of views) {
    const reader = view.readerOf(entry);
    if (reader !== undefined) return reader;
  }
  return undefined;
}

const views: PeerViewClass<never>[] = [];

/** Lets the fields of a view be listed, and shows its values where it is printed or serialized. */
function finish({ prototype }: { prototype: { toObject(): unknown } }): void {
  for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (property.get) Object.defineProperty(prototype, name, { ...property, enumerable: true });
  }
  const plain = {
    value(this: typeof prototype): unknown {
      return this.toObject();
    },
  };
  Object.defineProperty(prototype, 'toJSON', plain);
  Object.defineProperty(prototype, Symbol.for('nodejs.util.inspect.custom'), plain);
}

const PlainView = compileView<PlainReader>(peerLayout);

/** A lazy view of the entry that a reader is at; it follows the reader when that is moved. */
export const viewEntry = (reader: PlainReader): PeerView => new PlainView(reader);

const decoder = new PlainReader();
const decoderView = viewEntry(decoder);

/** Decodes the whole entry at `base` into a plain object. */
export function decodeEntry(memory: EntryMemory, base: number): PeerEntry {
  decoder.at(memory, base);
  return decoderView.toObject();
}
