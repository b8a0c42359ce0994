import { hash } from 'node:crypto';
import type { EventBatch, PeerSnapshot } from '@panoptes/core/observer';
import type { AnyObserver, ObserverContext } from '@panoptes/workers/observer';
import type { HistoryRecord } from '../checkers/history.js';
import { whenHandled, wrapObserver } from '../wrapping/wrap-observer.js';
import { markOf, seenEvent } from './seen-event.js';

/**
 * An observer that does what another does, and records what that one is shown before it is shown
 * it, on the same thread: so the history holds what the observer saw, also of a batch in which it
 * died, and nothing that the registry says it sent.
 *
 * @param sinkOf - opens the sink of an incarnation
 * @param queries - questions to the sink, beside those of the observer
 */
export function witnessed<Sink extends HistorySink>(
  definition: AnyObserver,
  sinkOf: (ctx: ObserverContext) => Sink,
  queries: Readonly<Record<string, (sink: Sink, ...args: never[]) => unknown>> = {},
): AnyObserver {
  return wrapObserver<Sink>(definition, {
    setup(ctx) {
      const sink = sinkOf(ctx);
      sink.take({ kind: 'start' });
      sink.flush();
      return sink;
    },
    onSnapshot(sink, handle, peers) {
      recordSnapshot(sink, peers);
      sink.flush();
      return handle();
    },
    onEvents(sink, handle, batch) {
      takeEvents(sink, batch);
      const { lastSeq } = batch;
      return whenHandled(handle(), () => sink.take({ kind: 'progress', seq: lastSeq }));
    },
    async digest(sink, answer) {
      const text = await answer();
      takeDigest(sink, text);
      return text;
    },
    queries,
    async teardown(sink, handle) {
      await handle();
      sink.take({ kind: 'end' });
      sink.flush();
      sink.close();
    },
  });
}

/** Where the history of one incarnation goes. */
export interface HistorySink {
  take(record: HistoryRecord): void;
  /** Makes what was taken outlive the thread. */
  flush(): void;
  close(): void;
}

function takeEvents(sink: HistorySink, batch: EventBatch): void {
  for (const event of batch) sink.take(seenEvent(event));
  sink.flush();
}

/** A long digest as a hash of it; what is no text is no digest. */
function takeDigest(sink: HistorySink, text: unknown): void {
  if (typeof text !== 'string') return;
  sink.take({ kind: 'digest', digest: text.length > 128 ? hash('sha256', text) : text });
  sink.flush();
}

/** Takes what an observer is shown of a snapshot. */
export function recordSnapshot(sink: Pick<HistorySink, 'take'>, peers: PeerSnapshot): void {
  sink.take({ kind: 'snapshot', seq: peers.seq, size: peers.size });
  for (const entry of peers) {
    sink.take({ kind: 'peer', nodeId: entry.peerId.nodeId, now: markOf(entry) });
  }
  sink.take({ kind: 'snapshot-end' });
}
