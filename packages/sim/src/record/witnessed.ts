import { hash } from 'node:crypto';
import type { PeerSnapshot } from '@panoptes/core/observer';
import type { AnyObserver, ObserverContext } from '@panoptes/workers/observer';
import type { HistoryRecord } from '../checkers/history.js';
import { markOf, seenEvent } from './seen-event.js';

/** Where the history of one incarnation goes. */
export interface HistorySink {
  take(record: HistoryRecord): void;
  /** Makes what was taken outlive the thread. */
  flush(): void;
  close(): void;
}

/** The state of a witnessed observer. */
export interface Witnessed<T extends HistorySink = HistorySink> {
  readonly sink: T;
  /** The observer's own. */
  readonly inner: unknown;
}

/**
 * An observer that does what another does, and puts down what that one is shown before it is shown
 * it, on the same thread: so the history holds what the observer saw, also of a batch in which it
 * died, and nothing that the registry says it sent.
 *
 * @param sinkOf - opens the sink of an incarnation
 */
export function witnessed(
  definition: AnyObserver,
  sinkOf: (ctx: ObserverContext) => HistorySink,
): AnyObserver {
  const { queries = {}, subscribe } = definition;
  return {
    name: definition.name,
    ...(subscribe !== undefined && { subscribe }),
    async setup(ctx: ObserverContext): Promise<Witnessed> {
      const sink = sinkOf(ctx);
      sink.take({ kind: 'start' });
      sink.flush();
      return { sink, inner: await definition.setup(ctx) };
    },
    onSnapshot(peers, { sink, inner }: Witnessed, ctx) {
      takeSnapshot(sink, peers);
      sink.flush();
      return definition.onSnapshot?.(peers, inner, ctx);
    },
    onEvents(batch, { sink, inner }: Witnessed, ctx) {
      const { lastSeq } = batch;
      for (const event of batch) sink.take(seenEvent(event));
      sink.flush();
      const finish = (): void => sink.take({ kind: 'progress', seq: lastSeq });
      const handled = definition.onEvents(batch, inner, ctx);
      // What a handler written in JavaScript returns need not be a promise.
      if (handled !== undefined) return Promise.resolve(handled).then(finish);
      finish();
      return undefined;
    },
    ...(definition.onProposal !== undefined && {
      onProposal: (proposal, { inner }: Witnessed, ctx) =>
        definition.onProposal!(proposal, inner, ctx),
    }),
    ...(definition.onAborted !== undefined && {
      onAborted: (ids, { inner }: Witnessed, ctx) => definition.onAborted!(ids, inner, ctx),
    }),
    queries: Object.fromEntries(
      Object.entries(queries).map(([name, query]) => [
        name,
        ({ inner }: Witnessed, ...args: unknown[]) => query(inner, ...args),
      ]),
    ),
    ...(definition.digest !== undefined && {
      digest({ sink, inner }: Witnessed) {
        const text = definition.digest!(inner);
        takeDigest(sink, text);
        return text;
      },
    }),
    async teardown({ sink, inner }: Witnessed) {
      await definition.teardown?.(inner);
      sink.take({ kind: 'end' });
      sink.flush();
      sink.close();
    },
  };
}

/** A long digest as a hash of it; what is no text is no digest. */
function takeDigest(sink: HistorySink, text: unknown): void {
  if (typeof text !== 'string') return;
  sink.take({ kind: 'digest', digest: text.length > 128 ? hash('sha256', text) : text });
  sink.flush();
}

function takeSnapshot(sink: HistorySink, peers: PeerSnapshot): void {
  sink.take({ kind: 'snapshot', seq: peers.seq, size: peers.size });
  for (const entry of peers) {
    sink.take({ kind: 'peer', nodeId: entry.peerId.nodeId, now: markOf(entry) });
  }
  sink.take({ kind: 'snapshot-end' });
}
