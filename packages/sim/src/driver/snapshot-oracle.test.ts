import { plainIndexes } from '@panoptes/testkit';
import { expect, it } from 'vitest';
import type { PlayedObserver } from '../observers/observer-module.js';
import { VirtualClock } from '../time/virtual-clock.js';
import { DigestDesk } from './digest-desk.js';
import { fakeRegistry } from './fake-registry.fixture.js';
import type { ObserverPort } from './registry-port.js';
import { SnapshotOracle } from './snapshot-oracle.js';

const port = (name: string): ObserverPort => ({
  name,
  digest: () => Promise.resolve('same'),
  ask: () => Promise.resolve(undefined),
  metricFigures: [],
  metrics: () => Promise.reject(new Error('it has none')),
});

/** How many observers are started afresh to compare those with, and how many agree. */
async function compared(
  ...options: readonly unknown[]
): Promise<{ started: number; agree: number }> {
  const registry = await fakeRegistry(new Map()).open({
    clock: { now: () => 0, monotonic: () => 0, after: () => () => undefined },
    observers: options.length,
  });
  let started = 0;
  const observers = options.map((own, at) => {
    const played: PlayedObserver = {
      name: `o${at}`,
      module: new URL('file:///o.js'),
      options: own,
    };
    return { played, port: port(played.name) };
  });
  const oracle = new SnapshotOracle(
    {
      ...registry,
      peers: plainIndexes(() => []),
      registerObserver: ({ name }) => {
        started++;
        return Promise.resolve(port(name));
      },
    },
    new DigestDesk(new VirtualClock(0), 1),
    observers,
    port('log'),
    { online: 0 },
  );
  await oracle.check(true);
  return {
    started,
    agree: observers.filter(({ port: { name } }) => oracle.of(name).agrees).length,
  };
}

it('starts one afresh for all observers that are alike, and not for those that only look so', async () => {
  expect(await compared({ k: 1 }, { k: 1 }, { k: 2 })).toEqual({ started: 2, agree: 3 });
  expect(await compared(new Map([[1, 2]]), new Map([[1, 3]]))).toEqual({ started: 2, agree: 2 });
  expect(await compared({ limit: 1n }, { limit: 1n })).toEqual({ started: 1, agree: 2 });
});

it('compares those whose options contain themselves', async () => {
  const circle: { self?: unknown } = {};
  circle.self = circle;
  expect(await compared(circle, { self: 1 })).toEqual({ started: 2, agree: 2 });
});
