import { ConfigError, ObserverNotFoundError, QueryError } from '@panoptes/core';
import { type PeerRegistry, createRegistry } from '@panoptes/workers';
import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import { BlackBox } from '../fixtures/black-box.mjs';
import { RandomTraffic, peerNamed } from '../fixtures/random-traffic.js';
import type recorder from '../fixtures/recorder.observer.mjs';
import { until } from '../fixtures/until.js';

const module = new URL('../fixtures/recorder.observer.mjs', import.meta.url);
const slowReader = new URL('../fixtures/slow-reader.observer.mjs', import.meta.url);

let registry: PeerRegistry;
beforeEach(async () => {
  registry = await createRegistry({ log: { logBytes: 1024 * 1024 } });
});
afterEach(() => registry.close());

describe('a query', () => {
  it('takes typed arguments and gives a typed answer', async () => {
    const { query } = await registry.registerObserver<typeof recorder>({ module });
    const sum = query.add(2, 3);
    expectTypeOf(sum).toEqualTypeOf<Promise<number>>();
    expectTypeOf(query.add).parameters.toEqualTypeOf<[number, number]>();
    expectTypeOf(query.identity).returns.resolves.toEqualTypeOf<{
      name: string;
      incarnation: number;
    }>();
    expect(await sum).toBe(5);
    expect(await query.identity()).toEqual({ name: 'recorder', incarnation: 1 });
  });

  it('carries whatever can be cloned there and back', async () => {
    const hostile = new URL('../fixtures/hostile.observer.mjs', import.meta.url);
    const options = { hold: BlackBox.empty(1).memory };
    const observer = await registry.registerObserver({ module: hostile, options });
    const values = [undefined, null, 0, -0, '', [1, [2]], new Map([['a', { b: 1n }]]), new Date(0)];
    for (const value of values) expect(await observer.ask('echo', [value])).toEqual(value);
  });

  it('sees every transaction that was settled before it', async () => {
    const { query } = await registry.registerObserver<typeof recorder>({ module });
    for (let peer = 1; peer <= 50; peer++) {
      await registry.upsert(peerNamed(`peer-${peer}`));
      await registry.settled();
      expect(await query.size()).toBe(peer);
    }
  });

  it('may be asked many times at once, and each gets its own answer', async () => {
    const { query } = await registry.registerObserver<typeof recorder>({ module });
    const sums = Array.from({ length: 500 }, (_, index) => query.add(index, 1));
    expect(await Promise.all(sums)).toEqual(Array.from({ length: 500 }, (_, index) => index + 1));
  });

  it.each(['nothing', 'constructor', '__proto__', 'toString', 'hasOwnProperty'])(
    'named %s, which the observer does not have, is refused at once',
    async (name) => {
      const observer = await registry.registerObserver<typeof recorder>({ module });
      await expect(observer.ask(name, [])).rejects.toBeInstanceOf(QueryError);
      await expect(observer.ask(name, [])).rejects.toThrow(
        /it has: seen, first, size, identity, add/,
      );
      const calls = observer.query as unknown as Record<string, () => Promise<unknown>>;
      await expect(calls[name]!()).rejects.toBeInstanceOf(QueryError);
    },
  );

  it.each([0, -1, Number.NaN])('H4 with a timeout of %d is refused', async (timeoutMs) => {
    const observer = await registry.registerObserver<typeof recorder>({ module });
    await expect(observer.ask('size', [], { timeoutMs })).rejects.toBeInstanceOf(ConfigError);
    await expect(observer.digest({ timeoutMs })).rejects.toBeInstanceOf(ConfigError);
    expect(await observer.query.size()).toBe(0);
  });

  it('H3 to an observer that was unregistered is a typed error at once', async () => {
    const observer = await registry.registerObserver<typeof recorder>({ module });
    await registry.unregisterObserver('recorder');
    const unavailable = { code: 'OBSERVER_UNAVAILABLE' };
    await expect(observer.query.size()).rejects.toMatchObject(unavailable);
    await expect(observer.digest()).rejects.toMatchObject(unavailable);
    await expect(registry.unregisterObserver('recorder')).rejects.toBeInstanceOf(
      ObserverNotFoundError,
    );
  });

  it('during a resync waits for the snapshot, and answers from it', async () => {
    const [events, snapshots] = [BlackBox.empty(), BlackBox.empty(1)];
    const traffic = new RandomTraffic({ seed: 'resync' });
    const options = { box: events.memory, hold: snapshots.memory };
    const observer = await registry.registerObserver({ module: slowReader, options });
    await traffic.send(registry, 10);
    await registry.settled();
    const sizeBefore = await observer.ask('size', []);

    events.hold();
    await traffic.send(registry, 2_500);
    snapshots.hold();
    events.release();
    await until('it was lapped and reads a snapshot', () => observer.state === 'syncing');
    const asked = observer.ask('size', [], { timeoutMs: 60_000 });
    await expect(observer.ask('size', [], { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'QUERY_TIMEOUT',
    });
    snapshots.release();
    expect(await asked).toBe(traffic.model.size);
    expect(traffic.model.size).not.toBe(sizeBefore);
    expect(observer.stats()).toMatchObject({ resyncs: 1, restarts: 0 });
  });
});

describe('one module under several names', () => {
  it('H2 serves several observers, each with its own state, options and incarnations', async () => {
    const boxes = [BlackBox.empty(), BlackBox.empty(), BlackBox.empty()];
    const traffic = new RandomTraffic({ seed: 'H2' });
    const observers = [];
    for (const [index, box] of boxes.entries()) {
      await traffic.send(registry, 100);
      const name = `recorder-${index}`;
      const options = { box: box.memory };
      const onLag = 'block';
      observers.push(
        await registry.registerObserver<typeof recorder>({ module, name, options, onLag }),
      );
    }
    await traffic.send(registry, 300);
    await registry.settled();
    for (const [index, observer] of observers.entries()) {
      expect(await observer.query.identity()).toEqual({
        name: `recorder-${index}`,
        incarnation: 1,
      });
      expect(await observer.digest()).toBe(traffic.model.digest());
      // Each began where it came in, and wrote its own box alone.
      const [first] = boxes[index]!.notes();
      expect(boxes[index]!.length).toBe(traffic.model.lastSeq - first!.seq + 1);
    }
    const starts = boxes.map((box) => box.notes()[0]!.seq);
    expect(new Set(starts).size).toBe(3);

    await registry.unregisterObserver('recorder-1');
    await traffic.send(registry, 100);
    await registry.settled();
    expect(await observers[0]!.digest()).toBe(traffic.model.digest());
    expect(await observers[2]!.digest()).toBe(traffic.model.digest());
  });

  it('is refused under a name that is taken, also while the first is starting', async () => {
    const first = registry.registerObserver({ module, name: 'it' });
    const duplicate = { code: 'OBSERVER_DUPLICATE' };
    await expect(registry.registerObserver({ module, name: 'it' })).rejects.toMatchObject(
      duplicate,
    );
    await first;
    await expect(registry.registerObserver({ module, name: 'it' })).rejects.toMatchObject(
      duplicate,
    );
    expect(registry.getObserverStats().registeredObserverNames).toEqual(['it']);
  });

  it('is refused at the cap of observers, with the count and the maximum', async () => {
    const small = await createRegistry({ observers: { maxObservers: 2 } });
    await small.registerObserver({ module, name: 'a' });
    await small.registerObserver({ module, name: 'b' });
    await expect(small.registerObserver({ module, name: 'c' })).rejects.toMatchObject({
      code: 'OBSERVER_LIMIT',
      message: 'Observer limit reached: 2 (max: 2)',
    });
    await small.unregisterObserver('a');
    await small.registerObserver({ module, name: 'c' });
    await small.close();
  });
});
