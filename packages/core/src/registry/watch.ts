import { ConfigError, describe } from '../errors.js';
import type { ChangeLog } from '../log/change-log.js';
import { EventFilter } from '../log/event-filter.js';
import { RunEvents, toObject } from '../log/event-view.js';
import { LogReader } from '../log/log-reader.js';
import { type SnapshotTaker, SnapshotView } from '../log/snapshot.js';
import { type Subscription, parseSubscription } from '../log/subscription.js';
import { nextTurn } from '../turns.js';
import type { PeerSnapshot, RegistryEvent } from './events.js';

/** What to watch, and for how long. */
export interface WatchOptions extends Subscription {
  /** Ends the watch: the loop over it is left as if there were no more events. */
  readonly signal?: AbortSignal;
}

/**
 * The watch was too slow and the log overtook it: what came in between is not told one by one. The
 * peers are those right after transaction `seq`; the events that follow start there.
 */
export interface Resync {
  readonly kind: 'Resync';
  readonly seq: number;
  readonly peers: PeerSnapshot;
}

/** What a watch yields: events as plain objects, and what replaces those that it missed. */
export type WatchEvent = RegistryEvent | Resync;

/** A watch in progress; a loop over it, or the block of its `await using`, may be left at any time. */
export type Watch = AsyncIterableIterator<WatchEvent, undefined> & AsyncDisposable;

/**
 * Follows the log on the caller's own thread, from the next transaction on. Nothing is kept for a
 * watch but its place in the log: whoever takes events too slowly is lapped like any observer.
 *
 * @param failure - ends it with its reason, once everything was read
 * @throws {ConfigError} when the options are not ones it can have
 */
export function watchLog(
  log: ChangeLog,
  snapshots: SnapshotTaker,
  failure: AbortSignal,
  options: WatchOptions,
): Watch {
  if (typeof options !== 'object' || options === null) {
    throw new ConfigError(`options: expected an object, got ${describe(options)}`);
  }
  const { signal, ...subscription } = options;
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new ConfigError(`option 'signal': expected an AbortSignal, got ${describe(signal)}`);
  }
  const filter = new EventFilter(parseSubscription(subscription));
  const reader = new LogReader(log.memory, { from: log.writer.checkpoint() });
  const stop = (): void => reader.stop();
  if (signal?.aborted === true) stop();
  else signal?.addEventListener('abort', stop, { once: true });

  async function* follow(): AsyncGenerator<WatchEvent, undefined> {
    const events = new RunEvents();
    try {
      while (!reader.ended) {
        switch (reader.read()) {
          case 'events':
            for (const event of events.load(reader.run, filter)) {
              yield toObject(event);
              if (signal?.aborted === true) return;
            }
            // However much there is to read, timers and messages have their turns in between.
            await nextTurn();
            break;
          case 'lapped':
            yield await resync();
            await nextTurn();
            break;
          case 'empty':
            // Looked at before each sleep: who fails rings the doorbell.
            failure.throwIfAborted();
            await reader.park();
        }
      }
      failure.throwIfAborted();
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  async function resync(): Promise<Resync> {
    const halfALog = log.memory.units / 2;
    const snapshot = await snapshots.take(
      ({ position }) => log.writer.checkpoint().position - position <= halfALog,
    );
    reader.seek(snapshot.point);
    return { kind: 'Resync', seq: snapshot.point.seq, peers: new SnapshotView(snapshot, filter) };
  }

  const following = follow();
  async function end(): Promise<void> {
    // A call of `next` may be waiting for an event that never comes.
    stop();
    await following.return(undefined);
  }
  return {
    next: () => following.next(),
    async return() {
      await end();
      return { done: true, value: undefined };
    },
    [Symbol.asyncDispose]: end,
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
