import { whenHandled, wrapObserver } from '@panoptes/testkit/observer';
import type { AnyObserver } from '@panoptes/workers/observer';
import { HandledTimes } from './handled-times.js';

/**
 * An observer that does what another does, and notes when each batch has been handled.
 *
 * @param micros - microseconds, by a clock that all threads share
 */
export function timed(definition: AnyObserver, micros: () => number): AnyObserver {
  return wrapObserver<HandledTimes>(definition, {
    setup: () => new HandledTimes(),
    onEvents(times, handle, batch) {
      // A batch is a view: once it has been handled, it may already be the next.
      const { firstSeq, lastSeq } = batch;
      return whenHandled(handle(), () => times.note(firstSeq, lastSeq, micros()));
    },
    queries: { [handledQuery]: (times) => times.take() },
  });
}

/** The query by which the main thread takes what was noted: `ask(handledQuery, [])`. */
export const handledQuery = 'panoptes:handled';
