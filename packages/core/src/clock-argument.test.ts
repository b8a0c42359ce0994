import { describe, expect, it } from 'vitest';
import { checkClock } from './clock-argument.js';
import { type Clock, systemClock } from './clock.js';
import { createPeer } from './peers/peer-entry.js';
import { fullPeer } from './peers/peer-entry.fixture.js';
import { Registry } from './registry/registry.js';

const throwing = (): never => {
  throw new Error('as a clock may');
};
const bad: Readonly<Record<string, () => unknown>> = {
  'a promise of the time': () => Promise.resolve(1),
  'a promise that is broken': () => Promise.reject(new Error('no time')),
  'a text': () => '12:00',
  'no number': () => Number.NaN,
  'no time': () => undefined,
  'an error': throwing,
};

describe('a clock that is handed in', () => {
  it('is one that tells the time', () => {
    expect(() => checkClock(systemClock)).not.toThrow();
  });

  it.each(Object.entries(bad))('is refused when it gives %s, by whoever takes it', (_, told) => {
    for (const method of ['now', 'monotonic'] as const) {
      const clock = { ...systemClock, [method]: told };
      const refusal = expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringMatching(new RegExp(`expected ${method}\\(\\) to return`)) as string,
      }) as Error;
      expect(() => checkClock(clock)).toThrow(refusal);
      expect(() => new Registry({}, { clock })).toThrow(refusal);
    }
    const { peerId } = fullPeer();
    const clock = { ...systemClock, now: told } as Clock;
    expect(() => createPeer({ peerId }, clock)).toThrow(/expected now\(\) to return a number/);
  });
});
