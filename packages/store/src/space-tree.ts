import {
  type SpaceChange,
  SpaceKind,
  type SpaceMemory,
  encodeFrame,
  sharedBytes,
  spaceRoomOf,
} from '@panoptes/core/follower';
import type { Database } from 'lmdb';
import {
  type SpaceHead,
  decodeHead,
  encodeHead,
  encodeSpaceEntry,
  spaceKey,
  spaceKindAt,
  spaceValueAt,
} from './space-layout.js';
import { type StoredState, crcOf, withCrc, withoutCrc } from './store-layout.js';

/** The spaces of observers in a store's file. What changes them is called in a transaction. */
export class SpaceTree {
  readonly #tree: Database<Buffer, Buffer>;

  constructor(tree: Database<Buffer, Buffer>) {
    this.#tree = tree;
  }

  /** What is stored of an observer; undefined when nothing is. */
  head(name: string): SpaceHead | undefined {
    const key = spaceKey(name);
    const value = this.#tree.getBinary(key);
    return value && decodeHead(key, value);
  }

  /** All that is stored of an observer as one frame, in memory that threads share; undefined when nothing is. */
  state(name: string): SpaceMemory['state'] {
    const head = this.head(name);
    if (head === undefined) return undefined;
    const changes: SpaceChange[] = [];
    for (const { key, value } of this.#entries(spaceKey(name))) {
      const kind = value.readUInt8(spaceKindAt) as SpaceKind;
      changes.push({ key, kind, value: Buffer.from(value.subarray(spaceValueAt)) });
    }
    return encodeFrame(head.cursor, changes, false, sharedBytes);
  }

  /** How much a space has once these changes are made. */
  sizeAfter(name: string, changes: Iterable<SpaceChange>): SpaceSize {
    const prefix = spaceKey(name);
    let { entries, bytes } = this.head(name) ?? emptySpace;
    for (const { key, kind, value } of changes) {
      const old = this.#tree.getBinaryFast(Buffer.concat([prefix, key]));
      if (old !== undefined) {
        entries--;
        bytes -= spaceRoomOf(key.length, old.length - spaceValueAt);
      }
      if (kind === SpaceKind.gone) continue;
      entries++;
      bytes += spaceRoomOf(key.length, value.length);
    }
    return { entries, bytes };
  }

  /** Makes changes, and moves the cursor of their space. */
  apply(write: SpaceWrite, before: StoredState): StoredState {
    const prefix = spaceKey(write.name);
    let { entries, bytes, sum } = this.head(write.name) ?? emptySpace;
    for (const { key, kind, value } of write.changes()) {
      const whole = Buffer.concat([prefix, key]);
      const old = this.#tree.getBinaryFast(whole);
      if (old !== undefined) {
        entries--;
        bytes -= spaceRoomOf(key.length, old.length - spaceValueAt);
        sum = withoutCrc(sum, crcOf(old));
      }
      if (kind === SpaceKind.gone) {
        if (old !== undefined) this.#tree.removeSync(whole);
        continue;
      }
      const entry = encodeSpaceEntry(whole, kind, value);
      entries++;
      bytes += spaceRoomOf(key.length, value.length);
      sum = withCrc(sum, crcOf(entry));
      this.#tree.putSync(whole, entry);
    }
    const { cursor, format } = write;
    return this.#putHead(prefix, { cursor, entries, bytes, sum, format }, before);
  }

  /** Removes all that is stored of an observer. */
  remove(name: string, before: StoredState): StoredState {
    const prefix = spaceKey(name);
    const old = this.#tree.getBinary(prefix);
    if (old === undefined) return before;
    for (const { key } of [...this.#entries(prefix)]) {
      this.#tree.removeSync(Buffer.concat([prefix, key]));
    }
    this.#tree.removeSync(prefix);
    const { spaces, spaceSum } = before;
    return { ...before, spaces: spaces - 1, spaceSum: withoutCrc(spaceSum, crcOf(old)) };
  }

  #putHead(key: Buffer, head: SpaceHead, before: StoredState): StoredState {
    let { spaces, spaceSum } = before;
    const old = this.#tree.getBinaryFast(key);
    if (old === undefined) spaces++;
    else spaceSum = withoutCrc(spaceSum, crcOf(old));
    const value = encodeHead(key, head);
    this.#tree.putSync(key, value);
    return { ...before, spaces, spaceSum: withCrc(spaceSum, crcOf(value)) };
  }

  /** The entries of a space, with the observer's own keys. */
  *#entries(prefix: Buffer): Generator<{ readonly key: Buffer; readonly value: Buffer }> {
    for (const { key, value } of this.#tree.getRange({ start: prefix })) {
      if (!key.subarray(0, prefix.length).equals(prefix)) return;
      if (key.length > prefix.length) yield { key: key.subarray(prefix.length), value };
    }
  }
}

/** How many keys a space has, and how many bytes. */
export type SpaceSize = Pick<SpaceHead, 'entries' | 'bytes'>;

const emptySpace = { entries: 0, bytes: 0, sum: 0 };

/** Changes that a transaction makes. */
export interface SpaceWrite {
  /** Of the observer. */
  readonly name: string;
  readonly format: string;
  /** What is stored is as of this transaction then. */
  readonly cursor: number;
  readonly changes: () => Iterable<SpaceChange>;
}
