import { ConfigError, type ObserverHandle, ObserverStartError, QueryError } from '@panoptes/core';
import { type FaultModuleOptions, faultModule } from '@panoptes/testkit';
import { type PeerRegistry, createRegistry } from '@panoptes/workers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RandomTraffic } from '../fixtures/random-traffic.js';
import { until } from '../fixtures/until.js';

const recorder = new URL('../fixtures/recorder.observer.mjs', import.meta.url);

let registry: PeerRegistry;
let traffic: RandomTraffic;

beforeEach(async () => {
  registry = await createRegistry({ observers: { restart: { minBackoffMs: 1, maxBackoffMs: 2 } } });
  traffic = new RandomTraffic({ seed: 'faults', peers: 50 });
});
afterEach(() => registry.close());

/** Registers a recorder that is going to misbehave. */
const victim = (fault: string, options: FaultModuleOptions = {}): Promise<ObserverHandle> =>
  registry.registerObserver({
    module: faultModule(fault, { observer: recorder, ...options }),
    name: fault,
  });

/** It does what a recorder does, now. */
async function expectAtWork(observer: ObserverHandle): Promise<void> {
  await traffic.send(registry, 50);
  await registry.settled();
  expect(observer.state).toBe('live');
  expect(await observer.digest()).toBe(traffic.model.digest());
}

describe('a fault in the handler of events', () => {
  it.each([
    ['throws-in-events', 'error', 'an injected fault'],
    ['rejects', 'error', 'an injected fault'],
    ['rejects-unhandled', 'error', 'an injected fault'],
    ['throws-later', 'error', 'an injected fault'],
    ['exit', 'exit-3', ''],
    ['exit-clean', 'exit-0', ''],
  ])(
    '%s ends one incarnation (%s), and the next is the observer it was',
    async (fault, code, words) => {
      const observer = await victim(fault);
      await traffic.send(registry, 50);
      await until('it was started again', () => observer.stats().restarts === 1);
      await expectAtWork(observer);
      expect(observer.stats()).toMatchObject({ restarts: 1, incarnation: 2, reasons: [{ code }] });
      expect(observer.stats().reasons[0]!.message).toContain(words);
    },
  );

  it('waits for its transaction: until then the observer does all that it should', async () => {
    const observer = await victim('exit', { at: 101 });
    while (traffic.model.lastSeq < 100) await traffic.send(registry, 1);
    await registry.settled();
    expect(observer.stats()).toMatchObject({ restarts: 0, cursor: 100 });
    expect(await observer.digest()).toBe(traffic.model.digest());
    while (traffic.model.lastSeq < 101) await traffic.send(registry, 1);
    await until('it was started again', () => observer.stats().restarts === 1);
    await expectAtWork(observer);
  });

  it('waits for its time', async () => {
    const early = await victim('exit', { afterMs: 3_600_000 });
    const late = await victim('throws-in-events', { afterMs: 1 });
    await until('one of them was started again', async () => {
      await traffic.send(registry, 1);
      return late.stats().restarts === 1;
    });
    await expectAtWork(early);
    expect(early.stats().restarts).toBe(0);
  });

  it('strikes in as many incarnations as it was told', async () => {
    const observer = await victim('exit', { firstIncarnation: 1, lastIncarnation: 3 });
    await until('it was started three times more', async () => {
      await traffic.send(registry, 1);
      return observer.stats().restarts === 3;
    });
    await expectAtWork(observer);
    expect(observer.stats()).toMatchObject({ restarts: 3, incarnation: 4 });
  });

  it('slow takes its time at every batch, and the observer still does its work', async () => {
    const observer = await victim('slow', { ms: 50 });
    const started = performance.now();
    for (let batch = 0; batch < 4; batch++) {
      await traffic.send(registry, 5);
      await registry.settled();
    }
    expect(performance.now() - started).toBeGreaterThanOrEqual(4 * 50);
    await expectAtWork(observer);
    expect(observer.stats().restarts).toBe(0);
  });
});

describe('a fault in a start', () => {
  it.each(['throws-in-setup', 'throws-in-snapshot'])(
    '%s fails a registration with what it threw',
    async (fault) => {
      const registration = victim(fault);
      await expect(registration).rejects.toBeInstanceOf(ObserverStartError);
      await expect(registration).rejects.toThrow('an injected fault');
      expect(registry.getObserverStats().observers).toEqual([]);
    },
  );

  it.each(['throws-in-setup', 'throws-in-snapshot'])(
    '%s in a later incarnation lets the first begin',
    async (fault) => {
      await expectAtWork(await victim(fault, { firstIncarnation: 2 }));
    },
  );
});

describe('a fault in a query', () => {
  it.each([
    ['throws-in-query', 'an injected fault'],
    ['unclonable-result', 'could not be cloned'],
  ])('%s is an error of one query, which says so', async (fault, words) => {
    const observer = await victim(fault);
    await traffic.send(registry, 50);
    await expect(observer.ask('size', [])).rejects.toBeInstanceOf(QueryError);
    expect(await observer.ask('size', [])).toBe(registry.peers.size);
    const other = await registry.registerObserver({
      module: faultModule(fault, { observer: recorder }),
      name: 'other',
    });
    await expect(other.ask('add', [1, 2])).rejects.toThrow(words);
    await expectAtWork(observer);
  });

  it('prototype-pollution reaches no prototype of this thread', async () => {
    const observer = await victim('prototype-pollution');
    const answer = await observer.ask('size', []);
    expect(Object.keys(answer as object).sort()).toEqual(['__proto__', 'constructor']);
    expect('pollutedByAnObserver' in {}).toBe(false);
    await expectAtWork(observer);
  });
});

it('throws-in-teardown keeps nobody from unregistering the observer', async () => {
  const observer = await victim('throws-in-teardown');
  await expectAtWork(observer);
  await registry.unregisterObserver('throws-in-teardown');
  expect(registry.getObserverStats().observers).toEqual([]);
  expect(await observer.ended).toMatchObject({ code: 'unregistered', exit: 'error' });
});

it('without an observer of the caller’s, one that counts what it sees misbehaves', async () => {
  const counting = await registry.registerObserver({ module: faultModule('exit', { at: 1_000 }) });
  await traffic.send(registry, 20);
  await registry.settled();
  expect(await counting.ask('seen', [])).toBe(registry.lastSeq);
});

it.each([
  ['an unknown fault', 'lop', {}, "did you mean 'loop'?"],
  ['a time that is none', 'loop', { afterMs: -1 }, "option 'afterMs'"],
  ['a transaction that is none', 'loop', { at: 0.5 }, "option 'at'"],
  ['an option that does not exist', 'loop', { sometimes: true }, 'sometimes'],
])('%s is refused at once', (_, fault, options, words) => {
  const make = () => faultModule(fault, options as FaultModuleOptions);
  expect(make).toThrow(ConfigError);
  expect(make).toThrow(words);
});
