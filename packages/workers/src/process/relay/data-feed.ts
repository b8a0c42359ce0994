import type { HealthBoard } from '@panoptes/core/observer';
import { unpackJson } from '../../runtime/json-message.js';
import { DataKind } from '../frames.js';
import type { FailureMessage } from '../process-messages.js';
import { RelayedError } from './channel-calls.js';

/**
 * What one observer is handed by the data pipe, in order, and what it has not said to have handled yet.
 * That is bounded: a slow observer holds up itself alone, and the others of its group get theirs.
 */
export class DataFeed {
  readonly #deps: DataFeedDeps;
  /** What was sent and is not handled, in order. */
  readonly #sent: Sent[] = [];
  #sentBytes = 0;
  /** Called when something was handled, or nothing more will be. */
  #moved: (() => void)[] = [];
  /** How to fail each step that waits for something to be handled. */
  readonly #failing = new Set<(error: RelayedError) => void>();
  /** What a handler has failed with: nothing more is handled then. */
  #failure: RelayedError | undefined;
  #isClosed = false;

  constructor(deps: DataFeedDeps) {
    this.#deps = deps;
  }

  /** Whether everything that was sent is handled. */
  get isIdle(): boolean {
    return this.#sent.length === 0;
  }

  /** What the process is at. */
  get inHand(): SentItem | undefined {
    return this.#sent[0];
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * Sends a piece of which nothing is answered.
   *
   * @returns a promise when others are to have their turn first
   */
  piece(kind: DataKind, bytes: Uint8Array): Promise<void> | undefined {
    return this.#isClosed ? undefined : this.#deps.send(kind, bytes);
  }

  /** Sends what is answered. `done` is called when it is handled. */
  send(item: SentItem, ...payload: readonly Uint8Array[]): Promise<void> | undefined {
    if (this.#isClosed) return undefined;
    const bytes = payload.reduce((sum, { length }) => sum + length, 0);
    this.#expect({ ...item, bytes });
    return this.#deps.send(item.kind, ...payload);
  }

  /** Says that what comes in pieces is answered once it is handled. */
  expect(item: SentItem): void {
    if (!this.#isClosed) this.#expect({ ...item, bytes: 0 });
  }

  /**
   * A step that waits for something to be handled: fails when a handler does. It does not race a promise
   * of that, which would remember every step until then.
   */
  guard<T>(step: Promise<T>): Promise<T> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      const settled = step.then(resolve, reject);
      this.#failing.add(reject);
      void settled.finally(() => this.#failing.delete(reject));
    });
  }

  /** Resolves when there is room for more; without a promise when there is. */
  room(): Promise<void> | undefined {
    return this.#hasRoom() ? undefined : this.#until(() => this.#hasRoom());
  }

  /** Resolves when everything that was sent is handled. */
  async settled(): Promise<void> {
    await this.#until(() => this.isIdle);
  }

  /**
   * The process has handled what came next.
   *
   * @throws {Error} when nothing was to be handled, or something else
   */
  handled(payload: Buffer): void {
    const item = this.#sent[0];
    if (item === undefined)
      throw new Error('that it has handled something, where nothing was sent');
    const [last, ms, heapBytes, externalBytes] = [0, 8, 16, 24].map((at) =>
      payload.readDoubleLE(at),
    );
    if (last !== item.last)
      throw new Error(`that it has handled ${last}, where ${item.last} was due`);
    this.#sent.shift();
    this.#sentBytes -= item.bytes;
    const { health } = this.#deps;
    if (isRun(item)) health.finish(Number.isFinite(ms) ? Math.max(0, ms!) : 0);
    this.#deps.noteMemory(heapBytes!, externalBytes!);
    item.done?.();
    this.#begin();
    this.#tell();
  }

  /**
   * A handler has failed.
   *
   * @throws {Error} when it is at something else than it was sent
   */
  failure(payload: Buffer): void {
    const item = this.#sent[0];
    if (item === undefined) throw new Error('that a handler has failed, where nothing was sent');
    const { error, seq } = (unpackJson(payload, 'a failure') ?? {}) as Partial<FailureMessage>;
    if (seq !== undefined) {
      const isThere = Number.isSafeInteger(seq) && seq >= item.first && seq <= item.last;
      if (!isRun(item) || !isThere) throw new Error(`that a handler has failed at ${seq}`);
      this.#deps.health.begin(seq, seq);
    }
    this.#failure = new RelayedError(error!);
    for (const fail of this.#failing) fail(this.#failure);
    this.close();
  }

  /** Sends nothing any more; who waits goes on. */
  close(): void {
    this.#isClosed = true;
    this.#tell();
  }

  #expect(item: Sent): void {
    this.#sent.push(item);
    this.#sentBytes += item.bytes;
    if (this.#sent.length === 1) this.#begin();
  }

  /** The next is what its handler is at. */
  #begin(): void {
    const item = this.#sent[0];
    if (item !== undefined && isRun(item)) this.#deps.health.begin(item.first, item.last);
    item?.begun?.();
  }

  #hasRoom(): boolean {
    return this.#isClosed || (this.#sent.length < maxSent && this.#sentBytes < maxSentBytes);
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds() && !this.#isClosed) {
      await new Promise<void>((resolve) => this.#moved.push(resolve));
    }
  }

  #tell(): void {
    const all = this.#moved;
    this.#moved = [];
    for (const goOn of all) goOn();
  }
}

/** Something that was sent. */
export interface SentItem {
  readonly kind: DataKind;
  /** Seqs of its first and last transaction, or numbers of proposals. */
  readonly first: number;
  readonly last: number;
  /** Called when it is what the process handles next. */
  readonly begun?: () => void;
  /** Called when it was handled. */
  readonly done?: () => void;
}

interface Sent extends SentItem {
  readonly bytes: number;
}

/** What a feed depends on. */
export interface DataFeedDeps {
  readonly send: (kind: DataKind, ...payload: readonly Uint8Array[]) => Promise<void> | undefined;
  readonly health: HealthBoard;
  readonly noteMemory: (heapBytes: number, externalBytes: number) => void;
}

const isRun = ({ kind }: SentItem): boolean => kind === DataKind.run;

/**
 * Most that may wait to be handled: so many, and so many bytes, unless one alone is more. One in hand and
 * one behind it hide the way through the pipe; with more, what a slow observer gets next were small and old.
 */
const maxSent = 2;
const maxSentBytes = 256 * 1024;
