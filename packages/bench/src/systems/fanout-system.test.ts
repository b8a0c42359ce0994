import { describe, expect, it } from 'vitest';
import { BenchMismatchError } from '../bench-error.js';
import { PeerStream } from '../workload/peer-stream.js';
import { checkTallies } from './fanout-system.js';
import { openAwaitedClone, openEventEmitter } from './in-process-systems.js';

const sent = { count: 3, sum: 12 };

describe('what observers handled', () => {
  it('is right when each has every event', () => {
    expect(() => checkTallies('x', [sent, { ...sent }], sent)).not.toThrow();
  });

  it.each([
    ['one event too few', { count: 2, sum: 12 }],
    ['one too many', { count: 4, sum: 12 }],
    ['one twice and another not at all', { count: 3, sum: 13 }],
  ])('is an error with %s, which names the observer', (_, wrong) => {
    const check = () => checkTallies('comlink', [sent, wrong], sent);
    expect(check).toThrow(BenchMismatchError);
    expect(check).toThrow('comlink: observer 2 of 2');
  });
});

describe.each([
  ['EventEmitter', openEventEmitter],
  ['awaited-clone', openAwaitedClone],
])('%s', (name, open) => {
  it('brings every change to every observer', async () => {
    const system = open(3, new PeerStream(10, '1'));
    expect(system.name).toBe(name);
    for (const changes of [10, 25]) {
      await system.run(changes);
      const expected = system.takeExpected();
      expect(expected.count).toBe(changes);
      expect(await system.takeTallies()).toEqual([expected, expected, expected]);
    }
    await system.close();
  });
});
