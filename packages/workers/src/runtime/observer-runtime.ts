import {
  EventFilter,
  type ObserverDescription,
  type LogBuffer,
  LogReader,
  QueryError,
  RunEvents,
  type SnapshotData,
  SnapshotView,
  attachLogMemory,
  systemClock,
} from '@panoptes/core';
import type { StartMessage } from './control-api.js';
import type { AnyObserver, ObserverContext } from './define-observer.js';

/** How long the loop may keep its thread busy before queries and timers get their turn. */
const maxBurstMs = 8;

/**
 * One incarnation of an observer at work, on whatever thread: owns its state, reads the log and
 * calls its handlers, one at a time. A handler that throws ends it.
 */
export class ObserverRuntime {
  readonly #definition: AnyObserver;
  readonly #context: ObserverContext;
  readonly #log: LogBuffer;
  readonly #events = new RunEvents();
  readonly #filter: EventFilter | undefined;
  #state: unknown;
  #reader: LogReader | undefined;
  /** Pending while a handler that has not settled may have left the state half changed. */
  #handling: Promise<void> | undefined;
  #stopping = false;
  #following: Promise<unknown> | undefined;

  constructor(definition: AnyObserver, { name, options, incarnation, log }: StartMessage) {
    this.#definition = definition;
    const { subscribe } = definition;
    this.#filter = subscribe === undefined ? undefined : new EventFilter(subscribe);
    this.#context = { name, options, incarnation };
    this.#log = log;
  }

  /** Makes the observer's state. */
  async setup(): Promise<ObserverDescription> {
    this.#state = await this.#definition.setup(this.#context);
    return {
      queries: Object.keys(this.#definition.queries ?? {}),
      hasDigest: this.#definition.digest !== undefined,
    };
  }

  /** Has the observer read a snapshot; it follows the log from there. */
  async load(snapshot: SnapshotData, line: number): Promise<void> {
    const peers = new SnapshotView(snapshot, this.#filter);
    await this.#handle(() => this.#definition.onSnapshot?.(peers, this.#state, this.#context));
    // Ended meanwhile, its line may soon be another's: a reader would write into it.
    if (this.#stopping) return;
    if (this.#reader === undefined) {
      const memory = attachLogMemory(this.#log);
      this.#reader = new LogReader(memory, { from: snapshot.point, line });
    } else {
      this.#reader.seek(snapshot.point);
    }
  }

  /** Follows the log until it ends, the observer is stopped, or the writer has overtaken it. */
  follow(): Promise<'lapped' | 'ended'> {
    const following = this.#follow();
    this.#following = following;
    return following;
  }

  /** Answers a query, between two calls of handlers. */
  async query(name: string, args: readonly unknown[]): Promise<unknown> {
    const { queries } = this.#definition;
    const query = queries !== undefined && Object.hasOwn(queries, name) ? queries[name] : undefined;
    if (query === undefined) throw new QueryError(`there is no query '${name}'`);
    await this.#betweenHandlers();
    return query(this.#state, ...args);
  }

  async digest(): Promise<string> {
    if (this.#definition.digest === undefined) throw new QueryError('the observer has no digest');
    await this.#betweenHandlers();
    return this.#definition.digest(this.#state);
  }

  /** Ends the loop after the batch it is at, then tears the observer down. */
  async stop(): Promise<void> {
    await this.abandon();
    await this.#definition.teardown?.(this.#state);
  }

  /** Ends the loop after the batch it is at, without a teardown. */
  async abandon(): Promise<void> {
    this.#stopping = true;
    this.#reader?.stop();
    await this.#following?.catch(() => undefined);
    await this.#betweenHandlers();
  }

  async #follow(): Promise<'lapped' | 'ended'> {
    const reader = this.#reader;
    if (reader === undefined) throw new Error('the observer has no snapshot to go on from');
    let burstStart = systemClock.monotonic();
    while (!reader.ended && !this.#stopping) {
      switch (reader.read()) {
        case 'events': {
          const batch = this.#events.load(reader.run, this.#filter);
          if (batch.size > 0) {
            const handled = this.#definition.onEvents(batch, this.#state, this.#context);
            if (handled !== undefined) await this.#handle(() => handled);
          }
          reader.advance();
          break;
        }
        case 'empty':
          await reader.park();
          burstStart = systemClock.monotonic();
          break;
        case 'lapped':
          return 'lapped';
      }
      if (systemClock.monotonic() - burstStart > maxBurstMs) {
        await new Promise((resolve) => setImmediate(resolve));
        burstStart = systemClock.monotonic();
      }
    }
    return 'ended';
  }

  /** Runs a handler to its end; queries wait meanwhile. */
  async #handle(handler: () => unknown): Promise<void> {
    let settled!: () => void;
    this.#handling = new Promise((resolve) => (settled = resolve));
    try {
      await handler();
    } finally {
      this.#handling = undefined;
      settled();
    }
  }

  async #betweenHandlers(): Promise<void> {
    while (this.#handling !== undefined) await this.#handling;
  }
}
