import { copyWords, type EntryMemory, entryMemory } from '../peers/entry-layout.js';
import { PlainReader, entryLength } from '../peers/entry-reader.js';
import { type PeerView, viewEntry } from '../peers/entry-view.js';
import type { PeerTable } from '../peers/peer-table.js';
import type { PeerSnapshot } from './events.js';
import { nextTurn } from '../turns.js';
import type { EventFilter } from './event-filter.js';
import type { LogMoment, LogPoint } from './log-memory.js';
import { SnapshotMemory } from './snapshot-memory.js';

/** All entries as they were at one point of the log. */
export interface SnapshotBytes {
  /** It may be longer than what lies in it. */
  readonly buffer: ArrayBufferLike;
  /** How many entries lie in it, one behind the other. */
  readonly size: number;
  readonly point: LogMoment;
}

/** The same in shared memory. Can be sent to any thread. */
export interface SnapshotData extends SnapshotBytes {
  readonly buffer: SharedArrayBuffer;
  /** How many bytes the entries take. */
  readonly bytes: number;
}

/** Reads a snapshot. Entries are lazy views that stay valid, and equal, as long as they are held. */
export class SnapshotView implements PeerSnapshot {
  readonly size: number;
  readonly seq: number;
  readonly at: number;
  readonly #memory: EntryMemory;
  readonly #entries: number;
  readonly #filter: EventFilter | undefined;

  /** @param filter - which peers are to be seen of it */
  constructor({ buffer, size, point }: SnapshotBytes, filter?: EventFilter) {
    this.seq = point.seq;
    this.at = point.time;
    this.#memory = entryMemory(buffer);
    this.#entries = size;
    this.#filter = filter;
    this.size = filter === undefined ? size : this.#count();
  }

  *[Symbol.iterator](): Generator<PeerView> {
    for (const base of this.#bases()) yield viewEntry(new PlainReader().at(this.#memory, base));
  }

  #count(): number {
    let count = 0;
    for (const bases = this.#bases(); bases.next().done !== true;) count++;
    return count;
  }

  *#bases(): Generator<number> {
    let base = 0;
    for (let index = 0; index < this.#entries; index++) {
      if (this.#filter?.wantsEntry(this.#memory, base) !== false) yield base;
      base += entryLength(this.#memory, base);
    }
  }
}

/** Bytes copied, and slots looked at, before the registry gets its turn again. */
const sliceBytes = 512 * 1024;
const sliceSlots = 16_384;

/**
 * Takes snapshots of the table without stopping it. Entries are copied in slices over several turns
 * of the event loop; when a peer is about to change that has not been copied, its old entry is copied
 * first (copy on write). So the snapshot is exact at the point where it began, whatever comes during
 * it, and the registry never waits for more than a slice.
 */
export class SnapshotTaker {
  readonly #table: PeerTable;
  readonly #point: () => LogMoment;
  readonly #memory = new SnapshotMemory();
  #current: { taking: Taking; done: Promise<SnapshotData> } | undefined;

  /**
   * @param table - the table to copy
   * @param point - where the log is now; called between transactions only
   */
  constructor(table: PeerTable, point: () => LogMoment) {
    this.#table = table;
    this.#point = point;
  }

  /**
   * Takes a snapshot, or shares the one in progress, for one reader.
   *
   * @param begun - called at once with the point that the snapshot will show; returns whether the
   *   caller can follow the log from there. If it cannot, because the shared snapshot began too long
   *   ago, it is called again with the present point when a new one begins.
   */
  async take(begun: (point: LogPoint) => boolean): Promise<SnapshotLoan> {
    while (this.#current !== undefined) {
      if (begun(this.#current.taking.point)) return this.#lend(this.#current);
      await this.#current.done;
    }
    const point = this.#point();
    begun(point);
    const taking = new Taking(this.#table, point, this.#memory.take(this.#table.entryBytes));
    const done = taking.run().finally(() => (this.#current = undefined));
    this.#current = { taking, done };
    return this.#lend(this.#current);
  }

  /** Resolves when no snapshot is in progress, before another can begin. */
  async idle(): Promise<void> {
    while (this.#current !== undefined) await this.#current.done.catch(() => undefined);
  }

  /** Lent at once: who shares it must be known before the first of them can give it back. */
  async #lend({
    taking,
    done,
  }: {
    taking: Taking;
    done: Promise<SnapshotData>;
  }): Promise<SnapshotLoan> {
    const giveBack = this.#memory.lend(taking.buffer);
    return { data: await done, giveBack };
  }
}

/** A snapshot for one reader. */
export interface SnapshotLoan {
  readonly data: SnapshotData;
  /** To be called once, when its reader can neither read nor write it any more; see `SnapshotMemory`. */
  readonly giveBack: () => void;
}

/** One snapshot in the making. */
class Taking {
  readonly point: LogMoment;
  readonly buffer: SharedArrayBuffer;
  readonly #table: PeerTable;
  readonly #memory: EntryMemory;
  /** Slots that need no more attention: copied, or free when the snapshot began. */
  readonly #done: Uint8Array;
  #used = 0;
  #size = 0;

  constructor(table: PeerTable, point: LogMoment, buffer: SharedArrayBuffer) {
    this.point = point;
    this.buffer = buffer;
    this.#table = table;
    this.#memory = entryMemory(buffer);
    this.#done = new Uint8Array(table.slotCount);
    table.beforeChange = (slot) => this.#copy(slot);
  }

  async run(): Promise<SnapshotData> {
    let slot = 0;
    try {
      while (slot < this.#done.length) {
        const endSlot = Math.min(slot + sliceSlots, this.#done.length);
        const endBytes = this.#used + sliceBytes;
        while (slot < endSlot && this.#used < endBytes) this.#copy(slot++);
        if (slot < this.#done.length) await nextTurn();
      }
    } finally {
      this.#table.beforeChange = undefined;
    }
    return { buffer: this.buffer, size: this.#size, bytes: this.#used, point: this.point };
  }

  /** Copies a slot's entry unless that has been done, or the slot was first used later. */
  #copy(slot: number): void {
    if (slot >= this.#done.length || this.#done[slot] === 1) return;
    this.#done[slot] = 1;
    if (!this.#table.isUsed(slot)) return;
    const from = this.#table.memoryOf(slot);
    const base = this.#table.baseOf(slot);
    const length = entryLength(from, base);
    copyWords(from, base, this.#memory, this.#used, length);
    this.#used += length;
    this.#size++;
  }
}
