import { z } from 'zod';
import { parseOptions } from '../parse-options.js';
import type { ChangeLog } from '../log/change-log.js';
import { EventFilter } from '../log/event-filter.js';
import { type Run, RunEvents, toObject } from '../log/event-view.js';
import type { LogPoint } from '../log/log-memory.js';
import { LogReader } from '../log/log-reader.js';
import { type SnapshotTaker, SnapshotView } from '../log/snapshot.js';
import { type Subscription, subscriptionOptions } from '../log/subscription.js';
import type { StoredRuns } from './stored-runs.js';
import { nextTurn } from '../turns.js';
import type { PeerSnapshot, RegistryEvent } from '../log/events.js';

/** A watch in progress; a loop over it, or the block of its `await using`, may be left at any time. */
export type Watch = AsyncIterableIterator<WatchEvent, undefined> & AsyncDisposable;

/**
 * Follows the log on the registry's own thread, from the next transaction on. Until an event is asked
 * for nothing is kept but the place in the log, and nothing has to be given back; a watch that sleeps
 * is woken by the doorbell itself. So it trusts the writer alone for whether there is more to read,
 * and what others have written into the shared memory costs it a resync at most.
 */
export class LogWatch implements Watch {
  readonly #filter: EventFilter;
  readonly #signal: AbortSignal | undefined;
  readonly #from: LogPoint;
  /** The first transaction that has not been told of. */
  #due: number;
  /** What it follows, until it is over. */
  #source: WatchSource | undefined;
  #reader: LogReader | undefined;
  readonly #events = new RunEvents();
  /** Events that have been read and not been taken. */
  #left: Iterator<RegistryEvent> | undefined;
  /** The last transaction that was read. */
  #readUpTo = 0;
  #isMisled = false;
  /** Whether the log has what is due no more, or perhaps never had. */
  #isBehind = false;
  /** How often the log had skipped when its place there was found. */
  #skips: number;
  /** Whether the event loop must have a turn before it goes on. */
  #owesTurn = false;
  /** Ends its sleep. */
  #wake: () => void = () => undefined;
  /** Calls of `next` take their turns. */
  #last: Promise<unknown> = Promise.resolve();

  /** @throws {ConfigError} when the options are not ones it can have */
  constructor(source: WatchSource, options: WatchOptions) {
    const { signal, from, ...subscription } = parseOptions(watchOptions, options, 'options');
    this.#filter = new EventFilter(subscription);
    this.#signal = signal;
    this.#source = source;
    // The log of a registry that failed may be amid a transaction, and is not followed any more.
    const { writer } = source.log;
    this.#skips = writer.skips;
    const end = source.failure.aborted ? { position: 0, seq: writer.lastSeq } : writer.checkpoint();
    this.#due = from ?? end.seq + 1;
    this.#from = (this.#due > end.seq ? end : writer.marks.before(this.#due)) ?? end;
    // One from another life, whose end was lost: nothing here goes on from there.
    this.#isMisled = this.#due > end.seq + 1;
    this.#isBehind = this.#from.seq >= this.#due;
  }

  next(): Promise<IteratorResult<WatchEvent, undefined>> {
    const next = this.#last.then(() => this.#next());
    this.#last = next.catch(() => undefined);
    return next;
  }

  async return(): Promise<IteratorResult<WatchEvent, undefined>> {
    const history = this.#source?.history;
    // A call of `next` may be waiting for an event that never comes.
    this.#source = undefined;
    this.#wake();
    await this.#last;
    this.#reader = undefined;
    await history?.leave().catch(() => undefined);
    return over;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #next(): Promise<IteratorResult<WatchEvent, undefined>> {
    let event: WatchEvent | undefined;
    try {
      event = await this.#nextEvent();
    } finally {
      // Over, or failed and over.
      if (event === undefined) this.#source = this.#reader = this.#left = undefined;
    }
    return event === undefined ? over : { done: false, value: event };
  }

  /** The next event, or undefined when there will be none. */
  async #nextEvent(): Promise<WatchEvent | undefined> {
    for (;;) {
      const source = this.#source;
      if (source === undefined || this.#signal?.aborted === true) return undefined;
      const event = this.#take();
      if (event !== undefined) return event;
      const { failure, log } = source;
      // What comes does not follow on what was read, though its numbers may.
      if (this.#skips !== log.writer.skips) this.#mislead();
      this.#reader ??= new LogReader(log.memory, { from: this.#from });
      if (this.#owesTurn) {
        // However much there is to read, timers and messages have their turns in between.
        this.#owesTurn = false;
        await nextTurn();
      } else if (this.#isBehind && !this.#isMisled) {
        await this.#catchUp(source, this.#reader);
      } else if (log.writer.lastSeq > this.#reader.lastSeq && !this.#isMisled) {
        this.#read(source, this.#reader);
      } else if (failure.aborted) {
        failure.throwIfAborted();
      } else if (this.#isMisled) {
        return await this.#resync(source, this.#reader);
      } else if (log.writer.isClosed) {
        return undefined;
      } else {
        await this.#sleep(source);
      }
    }
  }

  /** An event that has been read and not been taken. */
  #take(): WatchEvent | undefined {
    const left = this.#left;
    if (left === undefined) return undefined;
    try {
      for (let next = left.next(); next.done !== true; next = left.next()) {
        if (next.value.seq < this.#due) continue;
        this.#due = next.value.seq + 1;
        return toObject(next.value);
      }
      this.#left = undefined;
      this.#due = Math.max(this.#due, this.#readUpTo + 1);
    } catch {
      this.#mislead();
    }
    return undefined;
  }

  /** Reads what there is, which a thread may have written over. */
  #read({ log }: WatchSource, reader: LogReader): void {
    try {
      const found = reader.read();
      if (found === 'lapped') this.#isBehind = true;
      else if (found === 'events' && reader.lastSeq <= log.writer.lastSeq) {
        this.#load(reader.run, reader.lastSeq);
      } else this.#mislead();
    } catch {
      this.#mislead();
    }
  }

  #load(run: Run, lastSeq: number): void {
    this.#left = this.#events.load(run, this.#filter)[Symbol.iterator]();
    this.#readUpTo = lastSeq;
    this.#owesTurn = true;
  }

  /** Goes on in the log if that has what is due, or else reads what was kept of it. */
  async #catchUp(source: WatchSource, reader: LogReader): Promise<void> {
    const { log, history } = source;
    const mark = log.writer.marks.before(this.#due);
    if (mark !== undefined && log.writer.holds(mark)) {
      reader.seek(mark);
      this.#isBehind = false;
      this.#read(source, reader);
      // Where it is said that this was written over, a thread has written into the log's header.
      if (this.#isBehind) this.#mislead();
      return;
    }
    try {
      if (history === undefined) return this.#mislead();
      const run = await history.next(this.#due);
      this.#load(run, run.head.lastSeq);
    } catch {
      this.#mislead();
    }
  }

  /** What was read is not believed: a resync replaces it by the peers of the table. */
  #mislead(): void {
    this.#left = undefined;
    this.#isMisled = true;
  }

  async #resync({ log, snapshots }: WatchSource, reader: LogReader): Promise<Resync> {
    const halfALog = log.memory.units / 2;
    // Its peers are shown on this thread, where they may be held for ever: it is never given back.
    const { data } = await snapshots.take(
      ({ position }) => log.writer.checkpoint().position - position <= halfALog,
    );
    reader.seek(data.point);
    this.#skips = log.writer.skips;
    this.#due = data.point.seq + 1;
    this.#isMisled = this.#isBehind = false;
    this.#owesTurn = true;
    const peers = new SnapshotView(data, this.#filter);
    return { kind: 'Resync', seq: peers.seq, at: peers.at, peers };
  }

  /** Until something is published, the log is closed, the registry fails, or it is to end. */
  async #sleep({ log }: WatchSource): Promise<void> {
    const rung = new Promise<void>((resolve) => (this.#wake = resolve));
    const unhear = log.doorbell.hear(this.#wake);
    this.#signal?.addEventListener('abort', this.#wake, { once: true });
    try {
      await rung;
    } finally {
      unhear();
      this.#signal?.removeEventListener('abort', this.#wake);
    }
  }
}

/** What to watch, and for how long. */
export interface WatchOptions extends Subscription {
  /**
   * The first transaction to be told of: one more than the last that was handled. Default: the next.
   */
  readonly from?: number;
  /** Ends the watch: the loop over it is left as if there were no more events. */
  readonly signal?: AbortSignal;
}

/**
 * The watch was too slow and the log overtook it, or a thread has written into the log what makes no
 * sense, or a replica took the peers of a snapshot: what came in between is not told one by one. The peers
 * are those right after transaction `seq`; the events that follow start there. It may be an earlier one than
 * the last that was told: of a primary whose place another has taken before that was kept.
 */
export interface Resync {
  readonly kind: 'Resync';
  readonly seq: number;
  /** The time of transaction `seq`, as of its event. */
  readonly at: number;
  readonly peers: PeerSnapshot;
}

/** What a watch yields: events as plain objects, and what replaces those that it missed. */
export type WatchEvent = RegistryEvent | Resync;

/** What a watch follows. */
export interface WatchSource {
  readonly log: ChangeLog;
  readonly snapshots: SnapshotTaker;
  /** Ends it with its reason, once everything was read. */
  readonly failure: AbortSignal;
  /** What a store has kept of what is not in the log any more. */
  readonly history: StoredRuns | undefined;
}

const isSignal = (value: unknown): boolean =>
  value instanceof AbortSignal && typeof value.aborted === 'boolean';
const watchOptions = subscriptionOptions.extend({
  signal: z.custom<AbortSignal>(isSignal, 'expected an AbortSignal').optional(),
  from: z.int().min(1).optional(),
});

const over = { done: true, value: undefined } as const;
