import { availableParallelism } from 'node:os';
import { describe, expect, it, vi } from 'vitest';
import { RegistryFailedError } from '../errors.js';
import { settleTurns } from '../registry/manual-clock.fixture.js';
import { live } from './live-observer.fixture.js';
import type { Stage } from './scripted-host.fixture.js';

/** How a call ends: with 'done', or with the code of its error and what its message says. */
const outcome = (call: Promise<void>): Promise<string> =>
  call.then(
    () => 'done',
    (error: unknown) => `${(error as { code: string }).code}: ${(error as Error).message}`,
  );

describe('a restart that was asked for', () => {
  it('stops the incarnation and begins the next at once, as often as one likes: it is no failure', async () => {
    const { stage, handle } = await live({ restart: { maxRestarts: 1 } });
    for (let incarnation = 2; incarnation < 12; incarnation++) {
      const before = stage.host;
      await handle.restart();
      expect(before.calls).toEqual(['start', 'load', 'follow', 'stop', 'kill']);
      expect(stage.host.calls).toEqual(['start', 'load', 'follow']);
      expect(handle.stats()).toMatchObject({ incarnation, state: 'live' });
    }
    expect(handle.stats()).toMatchObject({ restarts: 0, failed: 0, reasons: [], resyncs: 0 });
    // Nothing of it counts when it fails: it is not given up, and waits no longer than at first.
    stage.host.die(new Error('crash'));
    await settleTurns();
    expect(handle.state).toBe('backoff');
    stage.clock.advance(100);
    await settleTurns();
    expect(handle.state).toBe('live');
  });

  it('kills what does not stop in time, and does not wait for a thread that does not end', async () => {
    const script = { stop: 'hangs', kill: 'hangs' } as const;
    const { stage, handle } = await live({ stopTimeoutMs: 300 }, {}, script);
    const restarted = handle.restart();
    await stage.pass(250);
    expect(handle.state).toBe('restarting');
    expect(stage.hosts[0]!.calls).not.toContain('kill');
    await stage.pass(50);
    expect(stage.hosts[0]!.calls).toContain('kill');
    await stage.pass(5_000);
    await restarted;
    expect(stage.supervisor.zombies).toBe(1);
    expect(handle.stats()).toMatchObject({ incarnation: 2, state: 'live', restarts: 0 });
  });

  it('records what a handler throws while it stops, and begins the next all the same', async () => {
    const { handle } = await live({}, {}, { stop: 'fails' });
    await handle.restart();
    expect(handle.stats()).toMatchObject({
      state: 'live',
      failed: 1,
      reasons: [{ code: 'error', message: 'thrown as it stopped' }],
    });
  });

  it('waits no longer when it comes in a backoff', async () => {
    const { stage, handle } = await live({
      restart: { minBackoffMs: 60_000, maxBackoffMs: 60_000 },
    });
    stage.host.die(new Error('crash'));
    await settleTurns();
    expect(handle.state).toBe('backoff');
    await handle.restart();
    expect(handle.stats()).toMatchObject({ state: 'live', incarnation: 2, restarts: 1 });
    expect(stage.clock.timers).toBe(0);
  });

  it('waits no longer when it comes while a crash is cleared away', async () => {
    const { stage, handle } = await live(
      { restart: { minBackoffMs: 60_000, maxBackoffMs: 60_000 } },
      {},
      { kill: 'hangs' },
    );
    stage.host.followed.fail(new Error('crash'));
    await settleTurns();
    expect(handle.state).toBe('crashed');
    const restarted = handle.restart();
    stage.host.exit('killed');
    await restarted;
    expect(handle.stats()).toMatchObject({ state: 'live', incarnation: 2, restarts: 1, failed: 1 });
  });

  it.each([
    ['while the incarnation before is being stopped', 2, (stage: Stage) => stage.pass(100)],
    ['while the next one starts', 3, (stage: Stage) => stage.pass(1_000)],
  ])('may be asked for again %s: both have their new one', async (_, incarnation, meanwhile) => {
    const { stage, handle } = await live({ stopTimeoutMs: 300 }, {}, { stop: 'hangs' });
    stage.script = { start: 'hangs' };
    const calls = [handle.restart()];
    await meanwhile(stage);
    stage.script = {};
    calls.push(handle.restart());
    await stage.pass(1_000);
    expect(await Promise.all(calls.map(outcome))).toEqual(['done', 'done']);
    expect(handle.stats()).toMatchObject({ incarnation, failed: 0, restarts: 0 });
    expect(stage.hosts.filter(({ hasEnded }) => !hasEnded)).toHaveLength(1);
  });

  it('never has two incarnations, also when it comes while one waits for its turn to start', async () => {
    const { stage, handle } = await live({}, { role: 'critical' });
    const session = vi.spyOn(stage.electorate, 'session');
    stage.script = { start: 'hangs' };
    const others = Array.from({ length: availableParallelism() }, (_, n) =>
      stage.supervisor.register(stage.spec(`other ${n}`)).catch(() => undefined),
    );
    await settleTurns();
    stage.script = {};
    const calls = [handle.restart()];
    await settleTurns();
    expect(handle.state).toBe('starting');
    const made = stage.hosts.length;
    calls.push(handle.restart());
    await settleTurns();
    expect(stage.hosts).toHaveLength(made);
    await stage.pass(250);
    await Promise.all(calls);
    const own = stage.hosts.filter(({ spec }) => spec.name === 'a');
    expect(own.map(({ hasEnded }) => hasEnded)).toEqual([true, false]);
    // A session that is made later than that would take the votes of the one that lives.
    expect(session).toHaveBeenCalledOnce();
    await stage.supervisor.close();
    await Promise.all(others);
  });

  it('is told when the new one cannot start, which is started again like any other', async () => {
    const { stage, handle } = await live();
    stage.script = { start: 'fails' };
    expect(await outcome(handle.restart())).toBe(
      "OBSERVER_START_FAILED: observer 'a' could not start: setup threw",
    );
    await settleTurns();
    expect(handle.stats()).toMatchObject({ state: 'backoff', restarts: 1, failed: 1 });
    stage.script = {};
    await stage.pass(100);
    expect(handle.state).toBe('live');
  });

  it.each<[string, RegExp, (stage: Stage) => unknown]>([
    [
      'quarantined',
      /^OBSERVER_UNAVAILABLE: observer 'a' is quarantined; reviveObserver/,
      async (stage) => {
        stage.host.followed.fail(new Error('crash'));
        await settleTurns();
      },
    ],
    [
      'evicted',
      /^OBSERVER_EVICTED: .*register it again/,
      async (stage) => {
        stage.clock.advance(2);
        await stage.supervisor.evictStale(1);
      },
    ],
    [
      'unregistered',
      /^OBSERVER_UNAVAILABLE: observer 'a' is stopped; register it again/,
      (stage) => stage.supervisor.unregister('a'),
    ],
    [
      'being unregistered',
      /^OBSERVER_UNAVAILABLE: observer 'a' is stopping; register it again/,
      (stage) => void stage.supervisor.unregister('a'),
    ],
    ['closed', /^REGISTRY_CLOSED: /, (stage) => stage.supervisor.close()],
    [
      'failed',
      /^REGISTRY_FAILED: /,
      (stage) => stage.failing.abort(new RegistryFailedError('a bug')),
    ],
  ])('is refused when it is %s', async (_, expected, end) => {
    const { stage, handle } = await live({ restart: { maxRestarts: 0 } });
    await end(stage);
    expect(await outcome(handle.restart())).toMatch(expected);
  });

  it.each<[string, string, (stage: Stage) => unknown]>([
    ['it is unregistered', 'OBSERVER_UNAVAILABLE', (stage) => stage.supervisor.unregister('a')],
    ['it is evicted', 'OBSERVER_EVICTED', (stage) => stage.supervisor.unregister('a', 'evicted')],
    ['the registry closes', 'REGISTRY_CLOSED', (stage) => stage.supervisor.close()],
    ['the time is over', 'OBSERVER_TIMEOUT', (stage) => stage.pass(1_000)],
  ])('is told when, meanwhile, %s', async (_, code, meanwhile) => {
    const { stage, handle } = await live();
    stage.script = { start: 'hangs' };
    const restarted = outcome(handle.restart({ timeoutMs: 1_000 }));
    await settleTurns();
    await meanwhile(stage);
    expect(await restarted).toMatch(`${code}: `);
    await stage.supervisor.close();
    expect(stage.clock.timers).toBe(0);
    expect(stage.failures).toEqual([]);
  });

  it('refuses a time that is none', async () => {
    const { handle } = await live();
    expect(await outcome(handle.restart({ timeoutMs: 0 }))).toMatch('CONFIG_INVALID: ');
    expect(handle.stats().incarnation).toBe(1);
  });
});
