import { PatchedReader } from '../peers/entry-diff.js';
import type { EntryMemory } from '../peers/entry-layout.js';
import { type PeerView, PlainReader, entryLength, viewEntry } from '../peers/entry-view.js';
import type { PeerFieldPath } from '../peers/peer-entry.js';
import type {
  BatchUpdateEvent,
  EventBatch,
  PeerAdded,
  PeerChange,
  PeerRemoved,
  PeerUpdated,
  RegistryEvent,
} from '../registry/events.js';
import { recordKind, recordKinds, removalReasons } from './change-record.js';
import type { EventFilter } from './event-filter.js';
import { FLAG_MORE, RECORD_HEADER_BYTES, RecordOffset } from './log-layout.js';

/** One peer's change, read from its record; every property is decoded when it is read. */
export class ChangeView {
  seq = 0;
  #memory!: EntryMemory;
  #at = 0;
  readonly #now = new PlainReader();
  readonly #before = new PatchedReader();
  #entryView: PeerView | undefined;
  #oldView: PeerView | undefined;

  /** Moves the view to the record at a byte offset. */
  place(memory: EntryMemory, at: number, seq: number): void {
    this.seq = seq;
    this.#memory = memory;
    this.#at = at;
    this.#now.at(memory, at + RECORD_HEADER_BYTES);
  }

  get kind(): PeerChange['kind'] {
    return recordKinds[this.#kind] as PeerChange['kind'];
  }

  get nodeId(): string {
    return this.entry.peerId.nodeId;
  }

  get entry(): PeerView {
    return (this.#entryView ??= viewEntry(this.#now));
  }

  get old(): PeerView | undefined {
    if (this.#kind !== recordKind.updated) return undefined;
    this.#placeBefore();
    return (this.#oldView ??= viewEntry(this.#before));
  }

  get changed(): readonly PeerFieldPath[] | undefined {
    return this.#kind === recordKind.updated ? this.#placeBefore().changed() : undefined;
  }

  get reason(): string | undefined {
    if (this.#kind !== recordKind.removed) return undefined;
    return removalReasons[this.#memory.u8[this.#at + RecordOffset.reason]!];
  }

  /** A plain copy, to be kept. */
  toObject(): PeerChange {
    const { kind, seq, nodeId, reason, changed } = this;
    return {
      kind,
      seq,
      nodeId,
      entry: this.entry.toObject(),
      ...(changed === undefined ? undefined : { changed, old: this.old!.toObject() }),
      ...(reason === undefined ? undefined : { reason }),
    } as PeerChange;
  }

  toJSON(): PeerChange {
    return this.toObject();
  }

  get #kind(): number {
    return this.#memory.u8[this.#at + RecordOffset.kind]!;
  }

  #placeBefore(): PatchedReader {
    const base = this.#at + RECORD_HEADER_BYTES;
    return this.#before.at(this.#memory, base, base + entryLength(this.#memory, base));
  }
}

/**
 * A plain copy of what a handler was given, to be kept: an event, one peer's change or an entry. A
 * view is decoded whole, anything else is cloned.
 */
export function toObject<T extends object>(view: T): T {
  const { toObject: decode } = view as { toObject?: unknown };
  return typeof decode === 'function' ? (decode.call(view) as T) : structuredClone(view);
}

/** A transaction of several changes. */
class BatchUpdateView implements BatchUpdateEvent {
  readonly kind = 'BatchUpdate';
  readonly seq: number;
  readonly changes: readonly PeerChange[];

  constructor(seq: number, changes: readonly PeerChange[]) {
    this.seq = seq;
    this.changes = changes;
  }

  get added(): readonly PeerAdded[] {
    return this.changes.filter((change) => change.kind === 'PeerAdded');
  }

  get updated(): readonly PeerUpdated[] {
    return this.changes.filter((change) => change.kind === 'PeerUpdated');
  }

  get removed(): readonly PeerRemoved[] {
    return this.changes.filter((change) => change.kind === 'PeerRemoved');
  }

  /** A plain copy, to be kept. */
  toObject(): BatchUpdateEvent {
    const changes = this.changes.map((change) => (change as unknown as ChangeView).toObject());
    const { added, updated, removed } = new BatchUpdateView(this.seq, changes);
    return { kind: this.kind, seq: this.seq, changes, added, updated, removed };
  }

  toJSON(): BatchUpdateEvent {
    return this.toObject();
  }
}

/** Records that have been read: bytes of private memory in which whole transactions lie. */
export interface Run extends EntryMemory {
  /** Bytes that hold records, from 0. */
  readonly length: number;
}

/** The events of a run. One object serves run after run: its views are moved, not made anew. */
export class RunEvents implements EventBatch {
  readonly #views: ChangeView[] = [];
  #changes = 0;
  readonly #events: RegistryEvent[] = [];
  #currentSeq: number | undefined;

  /** The transaction that whoever goes through the events is at; nothing before it has begun. */
  get currentSeq(): number | undefined {
    return this.#currentSeq;
  }

  get size(): number {
    return this.#events.length;
  }

  /** How many peers' changes the events hold together. */
  get changeCount(): number {
    return this.#changes;
  }

  get firstSeq(): number {
    return this.#events[0]!.seq;
  }

  get lastSeq(): number {
    return this.#events[this.#events.length - 1]!.seq;
  }

  /**
   * Moves the views to the records of a run that holds at least one transaction.
   *
   * @param filter - what is to be seen of it; there may be nothing
   */
  load(run: Run, filter?: EventFilter): this {
    const { u8, u32, f64 } = run;
    this.#events.length = 0;
    this.#changes = 0;
    this.#currentSeq = undefined;
    let first = 0;
    let records = 0;
    for (let at = 0; at < run.length; at += u32[at >>> 2]! * 8) {
      if (u8[at + RecordOffset.kind] === 0) continue;
      const seq = f64[(at + RecordOffset.seq) >>> 3]!;
      records++;
      if (filter === undefined || filter.wantsRecord(run, at)) {
        const view = (this.#views[this.#changes++] ??= new ChangeView());
        view.place(run, at, seq);
      }
      if ((u8[at + RecordOffset.flags]! & FLAG_MORE) !== 0) continue;
      // What a filter leaves of a batch is a batch, be it a single change.
      if (records > 1 && this.#changes > first) this.#events.push(this.#batch(seq, first));
      else if (this.#changes > first)
        this.#events.push(this.#views[first] as unknown as PeerChange);
      first = this.#changes;
      records = 0;
    }
    return this;
  }

  [Symbol.iterator](): Iterator<RegistryEvent> {
    const events = this.#events;
    let at = 0;
    return {
      next: () => {
        if (at === events.length) return { value: undefined, done: true };
        const value = events[at++]!;
        this.#currentSeq = value.seq;
        return { value, done: false };
      },
    };
  }

  *changes(): Generator<PeerChange> {
    for (let at = 0; at < this.#changes; at++) {
      const change = this.#views[at]!;
      this.#currentSeq = change.seq;
      yield change as unknown as PeerChange;
    }
  }

  #batch(seq: number, first: number): BatchUpdateView {
    const views = this.#views.slice(first, this.#changes) as unknown as PeerChange[];
    return new BatchUpdateView(seq, views);
  }
}
