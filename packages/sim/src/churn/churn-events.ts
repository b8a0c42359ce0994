import type { ChurnEvent } from '@panoptes/testkit/model';
import type { ChurnSource } from './churn-source.js';

/** Events that are made when they are asked for, so that none has to be waited for. Read once. */
export class ReadyEvents implements AsyncIterable<ChurnEvent>, Iterable<ChurnEvent> {
  /** @param events - makes them */
  constructor(private readonly events: Iterable<ChurnEvent>) {}

  [Symbol.iterator](): Iterator<ChurnEvent> {
    return this.events[Symbol.iterator]();
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- for those who wait for each anyway
  async *[Symbol.asyncIterator](): AsyncGenerator<ChurnEvent, void, undefined> {
    yield* this.events;
  }
}

/** Walks events, of which the next is waited for only where it has to be. */
export const churnIterator = (
  events: ChurnSource['events'],
): Iterator<ChurnEvent, void> | AsyncIterator<ChurnEvent, void> =>
  isReady(events) ? events[Symbol.iterator]() : events[Symbol.asyncIterator]();

/** Whether events can be walked without waiting. */
export const isReady = (
  events: ChurnSource['events'],
): events is ChurnSource['events'] & Iterable<ChurnEvent> =>
  typeof events[Symbol.iterator] === 'function';
