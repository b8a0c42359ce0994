import { type MetricReading, MetricError, type ObserverHandle } from '@panoptes/core';
import { type PeerRegistry, builtIn, builtInMetrics, createRegistry } from '@panoptes/workers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hosts } from '../conformance/hosts.js';
import { RandomTraffic, peerNamed } from '../fixtures/random-traffic.js';

const module = new URL('../fixtures/measured.observer.mjs', import.meta.url);

let registry: PeerRegistry;
beforeEach(async () => {
  registry = await createRegistry({ logger: false });
});
afterEach(() => registry.close());

const all = async (observer: ObserverHandle): Promise<Map<string, MetricReading>> => {
  const { seq, readings } = await observer.metrics({ after: registry.lastSeq });
  expect(seq).toBe(registry.lastSeq);
  return new Map(readings.map((reading) => [reading.id, reading]));
};

describe.each(hosts)('the figures of an observer’s own (%s)', (host) => {
  const register = (options: object = {}) => registry.registerObserver({ module, host, options });

  it('are described, and read between two handlers at the transaction that they say', async () => {
    const observer = await register();
    expect(observer.metricFigures.map(({ id, kind }) => `${id} ${kind}`)).toEqual([
      ...['peers gauge', 'events counter', 'nameLengths histogram', 'wayward gauge'],
      'falling counter',
    ]);
    for (const name of ['a', 'bb', 'ccc', 'ddddd']) await registry.upsert(peerNamed(name));
    const { observer: name, incarnation, readings, seq } = await observer.metrics({ after: 4 });
    expect({ name, incarnation, seq }).toEqual({ name: 'measured', incarnation: 1, seq: 4 });
    expect(readings[0]).toEqual({
      ...{ id: 'peers', kind: 'gauge', unit: 'count', says: 'Peers that it knows.' },
      ...{ value: 4, error: undefined },
    });
    expect(readings[2]).toMatchObject({
      bounds: [2, 4],
      value: { count: 4, sum: 11, mean: 2.75, p50: 2, p99: null, counts: [2, 1, 1] },
    });
    expect(await registry.observer('measured').metrics()).toMatchObject({ seq: 4 });
  });

  it('are those of the transaction that was waited for, however far the observer was behind', async () => {
    const observer = await register();
    const traffic = new RandomTraffic({ seed: 'metrics' });
    for (let round = 0; round < 20; round++) {
      await traffic.send(registry, 200);
      const metrics = observer.metrics({ after: registry.lastSeq });
      const { seq, readings } = await metrics;
      expect(seq).toBe(registry.lastSeq);
      expect(readings[0]!.value).toBe(registry.peers.size);
      expect(await observer.ask('size', [])).toBe(registry.peers.size);
    }
    // One that nobody commits is waited for until it is too late.
    const never = observer.metrics({ after: registry.lastSeq + 1, timeoutMs: 20 });
    await expect(never).rejects.toMatchObject({ code: 'QUERY_TIMEOUT' });
  });

  it.each([
    ['throws', /out of luck/],
    ['is NaN', /expected a finite number, got NaN/],
    ['is infinite', /expected a finite number, got Infinity/],
    ['is a text', /expected a number at once, got '7'/],
    ['is nothing', /expected a number at once, got undefined/],
    ['is a promise', /expected a number at once, got an object/],
    ['is a function', /expected a number at once, got a value of type function/],
    ['is a bigint', /expected a number at once, got 7n/],
    ['throws nothing', /a value that is no error was thrown/],
  ])('are read without one that %s, which is named', async (gauge, message) => {
    const observer = await register({ gauge });
    const { wayward, peers, events } = Object.fromEntries(await all(observer));
    expect([peers!.error, events!.error]).toEqual([undefined, undefined]);
    expect(wayward!.value).toBeUndefined();
    expect(wayward!.error).toBeInstanceOf(MetricError);
    expect(wayward!.error).toMatchObject({
      ...{ code: 'METRIC_FAILED', observer: 'measured', metric: 'wayward' },
      message: expect.stringMatching(
        new RegExp(`^metric 'wayward' of observer 'measured': .*${message.source}`),
      ) as unknown,
    });
    expect(observer.stats()).toMatchObject({ state: 'live', incarnation: 1 });
  });

  it.each([
    ['negative counts', /expected whole numbers from 0 on for counts, got -1 at 0/],
    ['half counts', /expected whole numbers from 0 on for counts, got 0\.5 at 0/],
    ['too few counts', /expected 3 counts, got a list of 1/],
    ['too many counts', /expected 3 counts, got a list of/],
    ['no sum', /got undefined among them/],
    ['too large a sum', /expected a finite sum, got Infinity/],
    ['an endless sum', /expected a finite sum, got Infinity/],
    ['texts among numbers', /got '2' among them/],
    ['no numbers', /expected numbers, .* got 7/],
    ['endless numbers', /expected at most/],
    ['numbers that throw', /half way/],
  ])('are read without a histogram of %s', async (counted, problem) => {
    const observer = await register({ counted });
    const readings = await all(observer);
    const error = readings.get('nameLengths')!.error!;
    expect(error).toMatchObject({ code: 'METRIC_FAILED', metric: 'nameLengths' });
    expect(error.message).toMatch(/^metric 'nameLengths' of observer 'measured': /);
    expect(error.message).toMatch(problem);
    expect(error.message.length).toBeLessThan(300);
    expect(readings.get('peers')!.error).toBeUndefined();
  });

  it('refuse a counter that falls, until it is above what it was', async () => {
    const observer = await register();
    for (const [counter, message] of [
      [5, undefined],
      [5, undefined],
      [4, /'falling' of observer 'measured': expected a counter from 5 on, .* got 4/],
      [6, undefined],
      [-1, /from 6 on/],
    ] as const) {
      await observer.ask('become', [{ counter }]);
      const falling = (await all(observer)).get('falling')!;
      if (message === undefined) expect(falling).toMatchObject({ value: counter });
      else expect(falling.error!.message).toMatch(message);
    }
  });
});

it('counters begin again with a new incarnation, and figures of a snapshot are those of its peers', async () => {
  const observer = await registry.registerObserver({ module });
  for (const name of ['a', 'b', 'c']) await registry.upsert(peerNamed(name));
  expect((await all(observer)).get('events')).toMatchObject({ value: 3 });
  await observer.ask('exit', []).catch(() => undefined);
  await registry.settled();
  const { incarnation, readings, seq } = await observer.metrics({ after: registry.lastSeq });
  expect({ incarnation, seq, values: readings.slice(0, 2).map(({ value }) => value) }).toEqual({
    ...{ incarnation: 2, seq: 3, values: [3, 0] },
  });
});

it('one that never ends is found as a query’s is, and so is one that the observer does not have', async () => {
  await registry.close();
  registry = await createRegistry({ logger: false, observers: { hangTimeoutMs: 1_000 } });
  const options = { gauge: 'never ends' };
  const observer = await registry.registerObserver({ module, options, restart: 'temporary' });
  const reading = observer.metrics({ timeoutMs: 200 });
  await expect(reading).rejects.toMatchObject({ code: 'QUERY_TIMEOUT' });
  const patient = observer.metrics({ timeoutMs: Infinity });
  await expect(patient).rejects.toMatchObject({ code: 'OBSERVER_CRASHED' });
  expect((await observer.ended).error?.message).toMatch(/busy|hung|sign of life/);
  await expect(observer.metrics()).rejects.toMatchObject({ code: 'OBSERVER_UNAVAILABLE' });

  const recorder = new URL('../fixtures/recorder.observer.mjs', import.meta.url);
  const without = await registry.registerObserver({ module: recorder });
  expect(without.metricFigures).toEqual([]);
  await expect(without.metrics()).rejects.toThrow(/'recorder' has no figures of its own/);
});

it.each(hosts)(
  'of a transaction that never comes end with the registry, as its commands do (%s)',
  async (host) => {
    const observer = await registry.registerObserver({ module, host });
    const waiting = observer.metrics({ after: registry.lastSeq + 1, timeoutMs: Infinity });
    const closing = registry.close();
    await expect(waiting).rejects.toMatchObject({
      code: 'REGISTRY_CLOSED',
      message: expect.stringMatching(
        /observer 'measured' did not answer a reading of its metrics/,
      ) as unknown,
      cause: { code: 'OBSERVER_CRASHED' },
    });
    await closing;
    // One that was unregistered has left a registry that goes on.
    registry = await createRegistry({ logger: false });
    const other = await registry.registerObserver({ module, host });
    const left = other.metrics({ after: 1, timeoutMs: Infinity });
    const leaving = registry.unregisterObserver('measured');
    await expect(left).rejects.toMatchObject({ code: 'OBSERVER_CRASHED' });
    await leaving;
  },
);

it.each([-1, 0.5, '1', null])('may not be asked for after %s', async (after) => {
  const observer = await registry.registerObserver({ module });
  const asked = observer.metrics({ after } as never);
  await expect(asked).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});

describe('the built-in observers', () => {
  const valuesOf = async (observer: ObserverHandle) =>
    Object.fromEntries([...(await all(observer))].map(([id, { value }]) => [id, value]));

  it('tell of what their queries say, as they are described without being loaded', async () => {
    const kademlia = await registry.registerObserver({ module: builtIn('kademlia') });
    const mesh = await registry.registerObserver({ module: builtIn('mesh') });
    const validators = await registry.registerObserver({ module: builtIn('validators') });
    for (const observer of [kademlia, mesh, validators] as const) {
      const described = builtInMetrics[observer.name as 'mesh'];
      expect(observer.metricFigures).toEqual(described);
      expect(described.length).toBeGreaterThan(2);
    }
    const traffic = new RandomTraffic({ seed: 'built-in' });
    for (let round = 0; round < 5; round++) {
      await traffic.send(registry, 300);
      const buckets = await settledQuery(() => kademlia.query.bucketOccupancy());
      const occupancy = (await all(kademlia)).get('bucketOccupancy')!;
      expect(await valuesOf(kademlia as ObserverHandle)).toMatchObject({
        contacts: await kademlia.query.size(),
        waiting: buckets.reduce((sum, { waiting }) => sum + waiting, 0),
      });
      expect(occupancy.value).toMatchObject({
        count: buckets.length,
        sum: buckets.reduce((sum, { members }) => sum + members, 0),
      });
      const parts = await settledQuery(() => mesh.query.components());
      const { links, isolated } = await mesh.query.counts();
      expect(await valuesOf(mesh as ObserverHandle)).toEqual({
        ...{ links, isolated, components: parts.length },
        largestShare: (parts[0] ?? 0) / registry.peers.size,
        articulationPoints: (await mesh.query.articulationPoints()).length,
      });
      const { size, quorumSize, weight } = await settledQuery(() => validators.query.quorum());
      expect(await valuesOf(validators as ObserverHandle)).toEqual({
        ...{ active: size, quorum: quorumSize, weight },
      });
    }
  });

  const settledQuery = async <T>(query: () => Promise<T>): Promise<T> => {
    await registry.settled();
    return query();
  };
});
