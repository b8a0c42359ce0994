import type { AnyObserver } from '@panoptes/workers/observer';
import { HandledTimes } from './handled-times.js';

/** The query by which the main thread takes what was noted: `ask(handledQuery, [])`. */
export const handledQuery = 'panoptes:handled';

/**
 * An observer that does what another does, and notes when each batch has been handled.
 *
 * @param micros - microseconds, by a clock that all threads share
 */
export function timed(definition: AnyObserver, micros: () => number): AnyObserver {
  const { name, subscribe, queries } = definition;
  const times = new HandledTimes();
  return {
    name,
    ...(subscribe !== undefined && { subscribe }),
    setup: (ctx) => definition.setup(ctx) as unknown,
    onSnapshot: (peers, state, ctx) => definition.onSnapshot?.(peers, state, ctx),
    onEvents(batch, state, ctx) {
      // A batch is a view: once it has been handled, it may already be the next.
      const { firstSeq, lastSeq } = batch;
      const note = (): void => times.note(firstSeq, lastSeq, micros());
      const handled = definition.onEvents(batch, state, ctx);
      // What a handler written in JavaScript returns need not be a promise.
      if (handled !== undefined) return Promise.resolve(handled).then(note);
      note();
      return undefined;
    },
    ...(definition.onProposal !== undefined && {
      onProposal: (proposal, state, ctx) => definition.onProposal!(proposal, state, ctx),
    }),
    ...(definition.onAborted !== undefined && {
      onAborted: (ids, state, ctx) => definition.onAborted!(ids, state, ctx),
    }),
    queries: { ...queries, [handledQuery]: () => times.take() },
    ...(definition.digest !== undefined && {
      digest: (state) => definition.digest!(state),
    }),
    teardown: (state) => definition.teardown?.(state),
  };
}
