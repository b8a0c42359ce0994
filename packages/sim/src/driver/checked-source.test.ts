import { describe, expect, it } from 'vitest';
import type { ChurnSource } from '../churn/churn-source.js';
import { checkedSource } from './checked-source.js';

const iterating = (begin: () => unknown): ChurnSource['events'] =>
  ({ [Symbol.asyncIterator]: begin }) as ChurnSource['events'];

const good = {
  name: 'my churn',
  kind: 'mine',
  epochMs: 0,
  events: iterating(() => ({ next: () => ({ done: true }) })),
  spanMs: () => 10,
  fractionRead: () => 1,
};

const sourceWith = (more: object): ChurnSource => checkedSource({ ...good, ...more }, more);

const eventsOf = async (source: ChurnSource): Promise<void> => {
  for await (const event of source.events) expect(event).toBeDefined();
};

const thrown = new Error('as a getter may');
const thrower = (): never => {
  throw thrown;
};

describe('a source that does wrong while it is played', () => {
  it.each<[string, object]>([
    ['it begins with what is no iteration', iterating(() => 5)],
    ['it gives what is no result', iterating(() => ({ next: () => 5 }))],
    ['it throws', iterating(thrower)],
  ])('is told by its name: %s', async (_, events) => {
    const playing = eventsOf(sourceWith({ events }));
    await expect(playing).rejects.toMatchObject({ code: 'TRACE_INVALID', file: 'my churn' });
  });

  it.each<[string, object, (source: ChurnSource) => unknown]>([
    ['spanMs', { spanMs: thrower }, (source) => source.spanMs()],
    ['fractionRead', { fractionRead: thrower }, (source) => source.fractionRead()],
    [
      'skipped',
      Object.defineProperty({}, 'skipped', { get: thrower, enumerable: false }),
      (source) => source.skipped,
    ],
  ])('is told by its name, with what it threw: %s', (_, more, ask) => {
    const failure = expect.objectContaining({ code: 'TRACE_INVALID', cause: thrown }) as Error;
    expect(() => ask(sourceWith(more))).toThrow(failure);
  });
});
