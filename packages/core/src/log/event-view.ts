import { PatchedReader, viewOld } from '../peers/entry-diff.js';
import type { EntryMemory } from '../peers/entry-layout.js';
import { PlainReader, entryLength } from '../peers/entry-reader.js';
import { type PeerView, viewEntry } from '../peers/entry-view.js';
import type { PeerFieldPath } from '../peers/peer-entry.js';
import type { BatchUpdateEvent, EventBatch, PeerChange, RegistryEvent } from './events.js';
import { ChangeLists } from './change-lists.js';
import { recordKind, recordKinds, removalReasons } from './change-record.js';
import type { EventFilter } from './event-filter.js';
import {
  FLAG_MORE,
  KIND_PADDING,
  RECORD_HEADER_BYTES,
  RecordOffset,
  flagsIn,
  kindIn,
} from './log-layout.js';

/** One peer's change, read from its record; every property is decoded when it is read. */
export class ChangeView {
  /** At the entry; the record's header stands before it. */
  readonly #now = new PlainReader();
  #before: PatchedReader | undefined;
  #entryView: PeerView | undefined;
  #oldView: PeerView | undefined;

  /** Moves the view to the record at a byte offset. */
  place(memory: EntryMemory, at: number): void {
    this.#now.at(memory, at + RECORD_HEADER_BYTES);
  }

  get seq(): number {
    return this.#now.memory.f64[(this.#record + RecordOffset.seq) >>> 3]!;
  }

  get at(): number {
    return this.#now.memory.f64[(this.#record + RecordOffset.time) >>> 3]!;
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
    const before = this.#placeBefore();
    return (this.#oldView ??= viewOld(before));
  }

  get changed(): readonly PeerFieldPath[] | undefined {
    return this.#kind === recordKind.updated ? this.#placeBefore().changed() : undefined;
  }

  get reason(): string | undefined {
    if (this.#kind !== recordKind.removed) return undefined;
    return removalReasons[this.#now.memory.u8[this.#record + RecordOffset.reason]!];
  }

  /** A plain copy, to be kept. */
  toObject(): PeerChange {
    const { kind, seq, at, nodeId, reason, changed } = this;
    return {
      kind,
      seq,
      at,
      nodeId,
      entry: this.entry.toObject(),
      ...(changed === undefined ? undefined : { changed, old: this.old!.toObject() }),
      ...(reason === undefined ? undefined : { reason }),
    } as PeerChange;
  }

  toJSON(): PeerChange {
    return this.toObject();
  }

  get #record(): number {
    return this.#now.base - RECORD_HEADER_BYTES;
  }

  get #kind(): number {
    return this.#now.memory.u8[this.#record + RecordOffset.kind]!;
  }

  #placeBefore(): PatchedReader {
    const { memory, base } = this.#now;
    this.#before ??= new PatchedReader();
    return this.#before.at(memory, base, base + entryLength(memory, base));
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
class BatchUpdateView extends ChangeLists implements BatchUpdateEvent {
  readonly kind = 'BatchUpdate';
  readonly seq: number;
  readonly at: number;
  readonly changes: readonly PeerChange[];

  constructor({ seq, at }: PeerChange, changes: readonly PeerChange[]) {
    super();
    this.seq = seq;
    this.at = at;
    this.changes = changes;
  }

  /** A plain copy, to be kept. */
  toObject(): BatchUpdateEvent {
    const changes = this.changes.map(toObject);
    const { kind, seq, at } = this;
    const { added, updated, removed } = new BatchUpdateView(changes[0]!, changes);
    return { kind, seq, at, changes, added, updated, removed };
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
  #size = 0;
  #current: RegistryEvent | undefined;
  #lastTime = 0;

  /** The transaction that the handler is at; undefined before it has begun, and after its end. */
  get currentSeq(): number | undefined {
    return this.#current?.seq;
  }

  /** The time of that transaction. */
  get currentTime(): number | undefined {
    return this.#current?.at;
  }

  /** The time of the run's last transaction, whether or not there is something to be seen of it. */
  get lastTime(): number {
    return this.#lastTime;
  }

  /** The handler has ended. */
  leave(): void {
    this.#current = undefined;
  }

  get size(): number {
    return this.#size;
  }

  /** How many peers' changes the events hold together. */
  get changeCount(): number {
    return this.#changes;
  }

  get firstSeq(): number {
    return this.#events[0]!.seq;
  }

  get lastSeq(): number {
    return this.#events[this.#size - 1]!.seq;
  }

  /**
   * Moves the views to the records of a run that holds at least one transaction.
   *
   * @param filter - what is to be seen of it; there may be nothing
   */
  load(run: Run, filter?: EventFilter): this {
    const { u32, f64, length } = run;
    const views = this.#views;
    let size = 0;
    let changes = 0;
    let first = 0;
    let records = 0;
    let last = 0;
    for (let at = 0; at < length; at += u32[at >>> 2]! * 8) {
      const head = u32[(at + RecordOffset.kind) >>> 2]!;
      if (kindIn(head) === KIND_PADDING) continue;
      records++;
      last = at;
      if (filter === undefined || filter.wantsRecord(run, at)) {
        (views[changes++] ??= new ChangeView()).place(run, at);
      }
      if ((flagsIn(head) & FLAG_MORE) !== 0) continue;
      // What a filter leaves of a batch is a batch, even a single change.
      if (changes > first) {
        const view = views[first] as unknown as PeerChange;
        this.#events[size++] = records > 1 ? batchOf(view, views, first, changes) : view;
      }
      first = changes;
      records = 0;
    }
    this.#size = size;
    this.#changes = changes;
    this.#current = undefined;
    this.#lastTime = f64[(last + RecordOffset.time) >>> 3]!;
    return this;
  }

  [Symbol.iterator](): IterableIterator<RegistryEvent> {
    return this.#walk(this.#events, this.#size);
  }

  changes(): IterableIterator<PeerChange> {
    return this.#walk(this.#views as unknown as readonly PeerChange[], this.#changes);
  }

  #walk<Item extends RegistryEvent>(items: readonly Item[], size: number): IterableIterator<Item> {
    let at = 0;
    const walk: IterableIterator<Item> = {
      next: () => {
        if (at === size) return { value: undefined, done: true };
        const value = items[at++]!;
        this.#current = value;
        return { value, done: false };
      },
      [Symbol.iterator]: () => walk,
    };
    return walk;
  }
}

function batchOf(
  change: PeerChange,
  views: readonly ChangeView[],
  first: number,
  end: number,
): BatchUpdateView {
  return new BatchUpdateView(change, views.slice(first, end) as unknown as PeerChange[]);
}
