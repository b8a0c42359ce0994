import {
  ObserverCrashedError,
  type ObserverHandle,
  QueryError,
  QueryTimeoutError,
} from '@panoptes/core';
import { type PeerRegistry, createRegistry } from '@panoptes/workers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { BlackBox } from '../fixtures/black-box.mjs';
import { RandomTraffic } from '../fixtures/random-traffic.js';
import { until } from '../fixtures/until.js';

const module = new URL('../fixtures/hostile.observer.mjs', import.meta.url);

let registry: PeerRegistry;
let observer: ObserverHandle;
let hold: BlackBox;
let traffic: RandomTraffic;

beforeEach(async () => {
  hold = BlackBox.empty(1);
  traffic = new RandomTraffic({ seed: 'control' });
  registry = await createRegistry({
    observers: { restart: { minBackoffMs: 1, maxBackoffMs: 2 } },
  });
  observer = await registry.registerObserver({ module, options: { hold: hold.memory } });
});
afterEach(() => registry.close());

/** The observer answers, and has lived through all of it if `restarts` is 0. */
async function expectAtWork(restarts: number): Promise<void> {
  await traffic.send(registry, 200);
  await registry.settled();
  expect(observer.stats()).toMatchObject({ restarts, state: 'live' });
  expect(await observer.digest()).toBe(traffic.model.digest());
}

it.each(['unclonable', 'unclonableLater'])(
  'an answer that cannot be sent (%s) is an error of that query alone',
  async (query) => {
    await expect(observer.ask(query, [])).rejects.toBeInstanceOf(QueryError);
    await expect(observer.ask(query, [])).rejects.toThrow(/could not be cloned/);
    await expectAtWork(0);
  },
);

it('an argument that cannot be sent, or not be read, is an error of that query alone', async () => {
  await expect(observer.ask('echo', [() => undefined])).rejects.toBeInstanceOf(QueryError);
  // Nested more deeply than the stack for reading it is high.
  const deep = Array.from({ length: 10_000 }).reduce<unknown[]>((inner) => [inner], []);
  await expect(observer.ask('echo', [deep])).rejects.toBeInstanceOf(QueryError);
  await expectAtWork(0);
});

it.each([2_000, 5_000, 100_000])(
  'an answer that is nested %d deep arrives, or is an error of that query alone',
  async (depth) => {
    const answer = observer.ask('nested', [depth], { timeoutMs: 600_000 });
    const end = await answer.then(
      () => 'arrived',
      (error: unknown) => error,
    );
    if (end !== 'arrived') expect(end).toMatchObject({ code: 'QUERY_FAILED' });
    if (depth === 100_000) expect(end).not.toBe('arrived');
    await expectAtWork(0);
  },
);

it('what a query throws arrives with its name, code and cause, and ends nothing', async () => {
  const error: unknown = await observer.ask('fails', []).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(QueryError);
  expect(error).toMatchObject({
    message: expect.stringMatching(/no such thing/) as string,
    cause: { remoteName: 'RangeError', remoteCode: 'ENOTHING', cause: { message: 'the root' } },
  });
  await expect(observer.ask('failsOddly', [])).rejects.toBeInstanceOf(QueryError);
  await expect(observer.ask('overflows', [])).rejects.toMatchObject({
    cause: { remoteName: 'RangeError' },
  });
  await expectAtWork(0);
});

it('a query while the thread dies rejects, and so do all that wait beside it', async () => {
  const waiting = [observer.ask('never', []), observer.ask('exits', [3]), observer.ask('size', [])];
  for (const settled of await Promise.allSettled(waiting)) {
    expect(settled).toMatchObject({
      status: 'rejected',
      reason: { message: expect.stringMatching(/exit-3/) as string },
    });
    expect((settled as PromiseRejectedResult).reason).toBeInstanceOf(ObserverCrashedError);
  }
  await until('it was back', () => observer.state === 'live');
  await expectAtWork(1);
});

it('a query to an observer that is being restarted, given up or unregistered rejects at once', async () => {
  const patient = await createRegistry({
    observers: { restart: { minBackoffMs: 60_000, maxBackoffMs: 60_000, maxRestarts: 1 } },
  });
  const options = { hold: hold.memory };
  const gone = await patient.registerObserver({ module, options });
  await expect(gone.ask('exits', [3])).rejects.toThrow(/exit-3/);
  await until('it waits for its restart', () => gone.state === 'backoff');
  const unavailable = { code: 'OBSERVER_UNAVAILABLE' };
  await expect(gone.ask('size', [])).rejects.toMatchObject(unavailable);
  await expect(gone.digest()).rejects.toMatchObject(unavailable);
  await patient.unregisterObserver('hostile');
  await expect(gone.ask('size', [])).rejects.toMatchObject(unavailable);
  await patient.close();
});

it('a query that hangs is given up in time, and its late answer goes nowhere', async () => {
  hold.hold();
  const late = observer.ask('spins', [], { timeoutMs: 50 });
  await expect(late).rejects.toBeInstanceOf(QueryTimeoutError);
  hold.release();
  expect(await observer.ask('echo', ['next'])).toBe('next');
  await expectAtWork(0);
});

it('an answer or an error cannot reach the prototypes of this thread', async () => {
  const answer = await observer.ask('pollutes', []);
  expect(Object.keys(answer as object).sort()).toEqual(['__proto__', 'constructor']);
  await expect(observer.ask('pollutesByError', [])).rejects.toBeInstanceOf(QueryError);
  await observer.ask('floods', [10]);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  expect((Object as { polluted?: unknown }).polluted).toBeUndefined();
  await expectAtWork(0);
});

it('a flood of messages that are no answers is dropped', async () => {
  const before = traffic.send(registry, 200);
  expect(await observer.ask('floods', [2_000], { timeoutMs: 60_000 })).toBe('flooded');
  await before;
  await expectAtWork(0);
});
