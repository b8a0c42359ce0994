import type { ObserverHandle } from '@panoptes/core';
import { type PeerRegistry, createRegistry } from '@panoptes/workers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hosts } from '../conformance/hosts.js';
import { type Words, newWords } from '../fixtures/box-words.mjs';
import { Mark } from '../fixtures/half-way.observer.mjs';
import { peerNamed } from '../fixtures/random-traffic.js';
import { until } from '../fixtures/until.js';

const module = new URL('../fixtures/half-way.observer.mjs', import.meta.url);

const failureOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    (answer) => ({ answer }),
    (error: unknown) => error,
  );

interface Halves {
  readonly left: number;
  readonly right: number;
}

describe.each(hosts)('P1 an observer whose handlers pause (%s)', (host) => {
  /** A process takes longer to come back. */
  const rounds = host === 'process' ? 5 : 20;
  let registry: PeerRegistry;
  let marks: Words;
  /** @param backoffMs - how long an observer that crashed is left alone */
  const open = (backoffMs: number): Promise<PeerRegistry> => {
    const restart = { minBackoffMs: backoffMs, maxBackoffMs: 2 * backoffMs, maxRestarts: 1_000 };
    return createRegistry({
      observers: { restart, queryTimeoutMs: 60_000, hangTimeoutMs: 60_000, stopTimeoutMs: 60_000 },
    });
  };
  beforeEach(async () => {
    marks = newWords(4, host);
    registry = await open(1);
  });
  afterEach(() => registry.close());

  const register = (options: object = {}): Promise<ObserverHandle> =>
    registry.registerObserver({ module, host, options: { marks: marks.place, ...options } });
  const isHalfWay = () => marks.load(Mark.halves) > 0;
  const goOn = () => marks.store(Mark.go, 1);

  it.each(['both', 'all', 'bothLater'])(
    'answers %s between two handlers, never in the middle of one',
    async (query) => {
      const handle = await register();
      for (let round = 0; round < 20; round++) {
        const asked = Array.from({ length: 5 }, () => handle.ask(query, [2]));
        const digests = [handle.digest(), handle.digest()];
        await registry.upsert(peerNamed(`peer-${round}`));
        for (const { left, right } of (await Promise.all(asked)) as Halves[]) {
          expect(left).toBe(right);
        }
        expect(await Promise.all(digests)).toEqual(['whole', 'whole']);
        await registry.settled();
      }
      expect(handle.stats().restarts).toBe(0);
    },
  );

  it('is held back by a query that does not end for a moment only, and goes on', async () => {
    const handle = await register();
    const never = handle.ask('never', []);
    await handle.ask('both', []);
    await registry.upsert(peerNamed('a'));
    await expect(never).rejects.toMatchObject({
      code: 'QUERY_FAILED',
      cause: { remoteCode: 'QUERY_TIMEOUT' },
    });
    await registry.settled();
    expect(await handle.ask('both', [])).toEqual({ left: 1, right: 1 });
    await expect(handle.ask('fails', [])).rejects.toMatchObject({
      code: 'QUERY_FAILED',
      cause: { remoteName: 'RangeError' },
    });
    expect(handle.stats()).toMatchObject({ restarts: 0, failed: 0 });
  });

  it.each(['sync', 'async'])('answers nothing once a handler has thrown (%s)', async (mode) => {
    const handle = await register({ mode });
    const codes: string[] = [];
    for (let round = 1; round <= rounds; round++) {
      const asked: Promise<unknown>[] = [];
      void registry.upsert(peerNamed(`poison-${round}`));
      while (handle.stats().restarts < round) {
        for (const call of [
          handle.ask('both', []),
          handle.ask('bothLater', [1]),
          handle.digest(),
        ]) {
          asked.push(
            call.catch((error: unknown) => void codes.push((error as { code: string }).code)),
          );
        }
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      for (const answer of await Promise.all(asked)) {
        if (typeof answer === 'string') expect(answer).toBe('whole');
        else if (answer !== undefined)
          expect((answer as Halves).left).toBe((answer as Halves).right);
      }
      await registry.settled();
    }
    // On the registry's own thread it is over before anybody can ask.
    if (host !== 'inline' || mode === 'async') expect(codes.length).toBeGreaterThan(0);
    expect(new Set([...codes, 'OBSERVER_CRASHED', 'OBSERVER_UNAVAILABLE'])).toHaveLength(2);
  });

  it.each(['onEvents', 'onSnapshot'])(
    'fails what waits for a handler that throws, with what it threw (%s)',
    async (failsIn) => {
      await registry.upsert(peerNamed('a'));
      if (failsIn === 'onSnapshot') await registry.upsert(peerNamed('poison'));
      const registering = register({ mode: 'waits', failsIn });
      if (failsIn === 'onEvents') {
        const handle = await registering;
        void registry.upsert(peerNamed('poison'));
        await until('it is half way', isHalfWay);
        const asked = [handle.ask('both', []), handle.ask('bothLater', [1]), handle.digest()];
        const failures = Promise.all(asked.map(failureOf));
        goOn();
        const crashed = { code: 'OBSERVER_CRASHED', cause: { message: 'half way' } };
        expect(await failures).toMatchObject([crashed, crashed, crashed]);
      } else {
        goOn();
        await expect(registering).rejects.toMatchObject({
          code: 'OBSERVER_START_FAILED',
          cause: { message: 'half way' },
        });
      }
      expect(marks.load(Mark.teardowns)).toBe(0);
    },
  );

  it.each(['unregister', 'close'])(
    'has a bad end, and no teardown, when a handler throws during %s',
    async (how) => {
      await registry.close();
      // While the registry closes, a new incarnation would come to a good end.
      registry = await open(60_000);
      const handle = await register({ mode: 'waits' });
      const { seq } = await registry.upsert(peerNamed('poison'));
      await until('it is half way', isHalfWay);
      const query = failureOf(handle.ask('both', []));
      const ended = how === 'close' ? registry.close() : registry.unregisterObserver('half-way');
      await until('it stops', () => handle.state === 'stopping' || how === 'close');
      goOn();
      await ended;
      expect(await query).toMatchObject({
        code: 'OBSERVER_CRASHED',
        cause: { message: 'half way' },
      });
      const code = how === 'close' ? 'closed' : 'unregistered';
      expect(await handle.ended).toMatchObject({
        code,
        exit: 'error',
        error: { message: 'half way' },
      });
      expect(handle.stats().failed).toBe(1);
      expect(registry.deadLetters()).toMatchObject([{ seq, error: { message: 'half way' } }]);
      expect(marks.load(Mark.teardowns)).toBe(0);
    },
  );

  it('is torn down after the handler that it is at, and answers who asked before that', async () => {
    const handle = await register({ mode: 'waits' });
    await registry.upsert(peerNamed('a'));
    await until('it is half way', isHalfWay);
    const query = handle.ask('both', []);
    const gone = registry.unregisterObserver('half-way');
    await until('it stops', () => handle.state === 'stopping');
    expect(marks.load(Mark.teardowns)).toBe(0);
    goOn();
    await gone;
    expect(await query).toEqual({ left: 1, right: 1 });
    expect(await handle.ended).toMatchObject({ exit: 'stopped', error: undefined });
    expect(marks.load(Mark.teardowns)).toBe(1);
  });

  it('is torn down with its state when it is stopped while it sets up', async () => {
    const registering = register({ failsIn: 'setup' }).catch((error: unknown) => error);
    await until('it sets up', () => marks.load(Mark.setups) === 1);
    await registry.unregisterObserver('half-way');
    expect(await registering).toMatchObject({ code: 'OBSERVER_START_FAILED' });
    expect(marks.load(Mark.teardowns)).toBe(1);
  });
});
