import { z } from 'zod';
import { parseOptions } from '../parse-options.js';
import type { ChangeLog } from '../log/change-log.js';
import { EventFilter } from '../log/event-filter.js';
import { RunEvents, toObject } from '../log/event-view.js';
import type { LogPoint } from '../log/log-memory.js';
import { LogReader } from '../log/log-reader.js';
import { type SnapshotTaker, SnapshotView } from '../log/snapshot.js';
import { type Subscription, subscriptionOptions } from '../log/subscription.js';
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
  /** What it follows, until it is over. */
  #source: WatchSource | undefined;
  #reader: LogReader | undefined;
  readonly #events = new RunEvents();
  /** Events that have been read and not been taken. */
  #left: Iterator<RegistryEvent> | undefined;
  #isMisled = false;
  /** Whether the event loop must have a turn before it goes on. */
  #owesTurn = false;
  /** Ends its sleep. */
  #wake: () => void = () => undefined;
  /** Calls of `next` take their turns. */
  #last: Promise<unknown> = Promise.resolve();

  /** @throws {ConfigError} when the options are not ones it can have */
  constructor(source: WatchSource, options: WatchOptions) {
    const { signal, ...subscription } = parseOptions(watchOptions, options, 'options');
    this.#filter = new EventFilter(subscription);
    this.#signal = signal;
    this.#source = source;
    // The log of a registry that failed may be amid a transaction, and is not followed any more.
    this.#from = source.failure.aborted
      ? { position: 0, seq: source.log.writer.lastSeq }
      : source.log.writer.checkpoint();
  }

  next(): Promise<IteratorResult<WatchEvent, undefined>> {
    const next = this.#last.then(() => this.#next());
    this.#last = next.catch(() => undefined);
    return next;
  }

  async return(): Promise<IteratorResult<WatchEvent, undefined>> {
    // A call of `next` may be waiting for an event that never comes.
    this.#source = undefined;
    this.#wake();
    await this.#last;
    this.#reader = undefined;
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
      this.#reader ??= new LogReader(log.memory, { from: this.#from });
      if (this.#owesTurn) {
        // However much there is to read, timers and messages have their turns in between.
        this.#owesTurn = false;
        await nextTurn();
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
      const next = left.next();
      if (next.done !== true) return toObject(next.value);
      this.#left = undefined;
    } catch {
      this.#mislead();
    }
    return undefined;
  }

  /** Reads what there is, which a thread may have written over. */
  #read({ log }: WatchSource, reader: LogReader): void {
    try {
      const isSound = reader.read() === 'events' && reader.lastSeq <= log.writer.lastSeq;
      if (!isSound) return this.#mislead();
      this.#left = this.#events.load(reader.run, this.#filter)[Symbol.iterator]();
      this.#owesTurn = true;
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
    this.#isMisled = false;
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
  /** Ends the watch: the loop over it is left as if there were no more events. */
  readonly signal?: AbortSignal;
}

/**
 * The watch was too slow and the log overtook it, or a thread has written into the log what makes no
 * sense: what came in between is not told one by one. The peers are those right after transaction
 * `seq`; the events that follow start there.
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
}

const isSignal = (value: unknown): boolean =>
  value instanceof AbortSignal && typeof value.aborted === 'boolean';
const watchOptions = subscriptionOptions.extend({
  signal: z.custom<AbortSignal>(isSignal, 'expected an AbortSignal').optional(),
});

const over = { done: true, value: undefined } as const;
