import { hash } from 'node:crypto';
import type { PeerSnapshot } from '@panoptes/core/observer';
import type { AnyObserver, ObserverContext } from '@panoptes/workers/observer';
import type { HistoryRecord } from '../checkers/history.js';
import { markOf, seenEvent } from './seen-event.js';

/** Where the history of one incarnation goes. */
export interface Tape {
  take(record: HistoryRecord): void;
  /** Makes what was taken outlive the thread. */
  flush(): void;
  close(): void;
}

/** The state of a witnessed observer. */
export interface Witnessed<T extends Tape = Tape> {
  readonly tape: T;
  /** The observer's own. */
  readonly inner: unknown;
}

/**
 * An observer that does what another does, and puts down what that one is shown before it is shown
 * it, on the same thread: so the history holds what the observer saw, also of a batch in which it
 * died, and nothing that the registry says it sent.
 *
 * @param tapeOf - opens the tape of an incarnation
 */
export function witnessed(
  definition: AnyObserver,
  tapeOf: (ctx: ObserverContext) => Tape,
): AnyObserver {
  const { queries = {}, subscribe } = definition;
  return {
    name: definition.name,
    ...(subscribe !== undefined && { subscribe }),
    async setup(ctx: ObserverContext): Promise<Witnessed> {
      const tape = tapeOf(ctx);
      tape.take({ kind: 'start' });
      tape.flush();
      return { tape, inner: await definition.setup(ctx) };
    },
    onSnapshot(peers, { tape, inner }: Witnessed, ctx) {
      takeSnapshot(tape, peers);
      tape.flush();
      return definition.onSnapshot?.(peers, inner, ctx);
    },
    onEvents(batch, { tape, inner }: Witnessed, ctx) {
      const { lastSeq } = batch;
      for (const event of batch) tape.take(seenEvent(event));
      tape.flush();
      const finish = (): void => tape.take({ kind: 'progress', seq: lastSeq });
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
      digest({ tape, inner }: Witnessed) {
        const text = definition.digest!(inner);
        takeDigest(tape, text);
        return text;
      },
    }),
    async teardown({ tape, inner }: Witnessed) {
      await definition.teardown?.(inner);
      tape.take({ kind: 'end' });
      tape.flush();
      tape.close();
    },
  };
}

/** A long digest as a hash of it; what is no text is no digest. */
function takeDigest(tape: Tape, text: unknown): void {
  if (typeof text !== 'string') return;
  tape.take({ kind: 'digest', digest: text.length > 128 ? hash('sha256', text) : text });
  tape.flush();
}

function takeSnapshot(tape: Tape, peers: PeerSnapshot): void {
  tape.take({ kind: 'snapshot', seq: peers.seq, size: peers.size });
  for (const entry of peers) {
    tape.take({ kind: 'peer', nodeId: entry.peerId.nodeId, now: markOf(entry) });
  }
  tape.take({ kind: 'snapshot-end' });
}
