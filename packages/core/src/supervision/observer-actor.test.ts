import { describe, expect, it } from 'vitest';
import { settleTurns } from '../registry/manual-clock.fixture.js';
import { live } from './live-observer.fixture.js';
import { plain, Stage } from './scripted-host.fixture.js';

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'resolved',
    (error: unknown) => (error as { code: string }).code,
  );

describe('an observer that crashes', () => {
  it('S1 S5 is started again after its backoff, each time later, until it is given up', async () => {
    const { stage, handle } = await live();
    for (const delay of [100, 200, 400, 800, 1_600]) {
      stage.host.die(new Error(`crash ${delay}`));
      await settleTurns();
      expect(handle.state).toBe('backoff');
      const before = stage.hosts.length;
      stage.clock.advance(delay - 1);
      await settleTurns();
      expect(stage.hosts).toHaveLength(before);
      stage.clock.advance(1);
      await settleTurns();
      expect(stage.hosts).toHaveLength(before + 1);
      expect(handle.state).toBe('live');
    }
    stage.host.die(new Error('once too often'));
    await settleTurns();
    expect(handle.state).toBe('quarantined');
    expect(stage.clock.timers).toBe(0);
    expect(handle.stats()).toMatchObject({ restarts: 5, incarnation: 6, state: 'quarantined' });
    expect(handle.stats().lastError!.message).toBe('once too often');
    expect(handle.stats().reasons.map(({ message }) => message)).toEqual([
      'crash 100',
      'crash 200',
      'crash 400',
      'crash 800',
      'crash 1600',
      'once too often',
    ]);
    stage.supervisor.revive('a');
    await settleTurns();
    expect(handle.state).toBe('live');
    expect(handle.stats().incarnation).toBe(7);
  });

  it.each([
    ['permanent', true, 'backoff'],
    ['permanent', false, 'backoff'],
    ['transient', true, 'stopped'],
    ['transient', false, 'backoff'],
    ['temporary', true, 'stopped'],
    ['temporary', false, 'stopped'],
  ] as const)('S2 %s, ended normally: %s → %s', async (restart, normal, state) => {
    const { stage, handle } = await live({}, { restart });
    stage.host.die(normal ? undefined : new Error('crash'), normal);
    await settleTurns();
    expect(handle.state).toBe(state);
    const names = state === 'stopped' ? [] : ['a'];
    expect(stage.supervisor.stats().registeredObserverNames).toEqual(names);
  });

  it('S5 while it restarts counts that as well, and is retried', async () => {
    const { stage, handle } = await live();
    stage.host.die(new Error('crash'));
    await settleTurns();
    stage.script = { start: 'fails' };
    stage.clock.advance(100);
    await settleTurns();
    expect(handle.state).toBe('backoff');
    stage.script = {};
    stage.clock.advance(200);
    await settleTurns();
    expect(handle.state).toBe('live');
    expect(handle.stats()).toMatchObject({ incarnation: 3, restarts: 2 });
  });

  it('S5 or hangs while it restarts is killed after startTimeoutMs, and retried', async () => {
    const { stage, handle } = await live({ startTimeoutMs: 700 });
    stage.host.die(new Error('crash'));
    await settleTurns();
    stage.script = { start: 'hangs' };
    stage.clock.advance(100);
    await settleTurns();
    stage.clock.advance(700);
    await settleTurns();
    expect(stage.host.calls).toEqual(['start', 'kill']);
    expect(handle.state).toBe('backoff');
  });

  it('frees its line in the log once its thread has ended, and is not waited for meanwhile', async () => {
    const { stage } = await live({}, { onLag: 'block' });
    const { lines } = stage.log;
    const line = stage.host.line!;
    expect(lines.isGating(line)).toBe(true);
    stage.host.die(new Error('crash'));
    await settleTurns();
    expect(lines.isGating(line)).toBe(false);
    expect(lines.incarnation(line)).toBe(0);
  });

  it('tells nobody anything afterwards: late results of an earlier incarnation change nothing', async () => {
    const { stage, handle } = await live();
    const first = stage.host;
    const late = first.followed;
    first.follow = () => Promise.resolve('ended');
    first.die(new Error('crash'));
    await settleTurns();
    stage.clock.advance(100);
    await settleTurns();
    late.settle('lapped');
    first.started.settle({ ...plain, queries: ['other'], hasDigest: true });
    first.die(new Error('again'));
    await settleTurns();
    expect(handle.state).toBe('live');
    expect(handle.stats()).toMatchObject({ incarnation: 2, restarts: 1, resyncs: 0 });
    expect(await codeOf(handle.ask('other', []))).toBe('QUERY_FAILED');
  });
});

describe('an observer that was overtaken', () => {
  it('gets a new snapshot in the same incarnation, and is counted as resynced', async () => {
    const { stage, handle } = await live();
    stage.host.lap();
    await settleTurns();
    expect(handle.state).toBe('live');
    expect(stage.host.calls).toEqual(['start', 'load', 'follow', 'load', 'follow']);
    expect(handle.stats()).toMatchObject({ incarnation: 1, resyncs: 1, restarts: 0 });
  });

  it('ends with the log', async () => {
    const { stage, handle } = await live();
    stage.log.writer.close();
    stage.host.followed.settle('ended');
    await settleTurns();
    expect(handle.state).toBe('stopped');
    expect(stage.host.calls.slice(-2)).toEqual(['stop', 'kill']);
  });

  it('is started again when it takes the log for closed, which it is not', async () => {
    const { stage, handle } = await live();
    stage.host.followed.settle('ended');
    await settleTurns();
    expect(handle.state).toBe('backoff');
    expect(handle.stats().reasons).toMatchObject([{ code: 'error' }]);
  });
});

describe('stopping an observer', () => {
  it.each(['starting', 'syncing', 'live', 'backoff', 'quarantined'] as const)(
    'S6 works while it is %s, and no incarnation appears afterwards',
    async (state) => {
      const stage = new Stage({ restart: { maxRestarts: state === 'quarantined' ? 0 : 5 } });
      stage.script =
        state === 'starting' ? { start: 'hangs' } : state === 'syncing' ? { load: 'hangs' } : {};
      const registered = codeOf(stage.supervisor.register(stage.spec('a')));
      await settleTurns();
      if (state === 'backoff' || state === 'quarantined') stage.host.die(new Error('crash'));
      await settleTurns();
      expect(stage.supervisor.stats().observers[0]!.state).toBe(state);
      expect(await stage.supervisor.unregister('a')).toBe(true);
      expect(await registered).toBe(
        state === 'starting' || state === 'syncing' ? 'OBSERVER_START_FAILED' : 'resolved',
      );
      stage.clock.advance(1_000_000);
      await settleTurns(10);
      expect(stage.hosts).toHaveLength(1);
      expect(stage.supervisor.stats().observers).toEqual([]);
      expect(stage.clock.timers).toBe(0);
    },
  );

  it('S7 that misses its deadline becomes a kill', async () => {
    const { stage } = await live({ stopTimeoutMs: 9_000 });
    Object.assign(stage.host.script, { stop: 'hangs' });
    let isDone = false;
    const done = stage.supervisor.unregister('a').then(() => (isDone = true));
    stage.clock.advance(8_999);
    await settleTurns();
    expect([isDone, stage.host.calls.at(-1)]).toEqual([false, 'stop']);
    stage.clock.advance(1);
    await done;
    expect(stage.host.calls.at(-1)).toBe('kill');
  });

  it('does not hang on a thread that never dies; its line stays taken until it does', async () => {
    const { stage } = await live({ stopTimeoutMs: 100 }, { onLag: 'block' });
    const { host } = stage;
    Object.assign(host.script, { stop: 'hangs', kill: 'hangs' });
    const { lines } = stage.log;
    const done = stage.supervisor.unregister('a');
    await settleTurns();
    stage.clock.advance(100);
    await settleTurns();
    stage.clock.advance(5_000);
    expect(await done).toBe(true);
    expect(lines.isGating(host.line!)).toBe(false);
    expect(lines.incarnation(host.line!)).toBe(1);
    await stage.supervisor.register(stage.spec('a'));
    expect(stage.host.line).not.toBe(host.line);
    host.die(undefined);
    await settleTurns();
    expect(lines.incarnation(host.line!)).toBe(0);
  });
});

describe('a query', () => {
  it('is passed on, and its answer passed back', async () => {
    const { stage, handle } = await live();
    const answer = (handle.query as unknown as { size(of: number): Promise<number> }).size(4);
    await settleTurns();
    stage.host.answer.settle(44);
    expect(await answer).toBe(44);
    expect(stage.host.calls.at(-1)).toBe('query size(4)');
  });

  it('H3 that the observer does not have is refused at once, with the names of those it has', async () => {
    const { stage, handle } = await live();
    await expect(handle.ask('weight', [])).rejects.toThrow("no query 'weight' (it has: size)");
    await expect(handle.digest()).rejects.toMatchObject({ code: 'QUERY_FAILED' });
    expect(stage.host.calls).not.toContain('query weight()');
  });

  it('H3 to an observer that is down, given up or gone is refused at once, with the cause', async () => {
    const { stage, handle } = await live({ restart: { maxRestarts: 1 } });
    stage.host.die(new Error('crash'));
    await settleTurns();
    await expect(handle.ask('size', [])).rejects.toMatchObject({
      code: 'OBSERVER_UNAVAILABLE',
      message: "observer 'a' is backoff and cannot answer a query 'size'",
      cause: { message: 'crash' },
    });
    stage.clock.advance(100);
    await settleTurns();
    stage.host.die(new Error('crash'));
    await settleTurns();
    expect(handle.state).toBe('quarantined');
    expect(await codeOf(handle.ask('size', []))).toBe('OBSERVER_UNAVAILABLE');
    await stage.supervisor.unregister('a');
    expect(await codeOf(handle.ask('size', []))).toBe('OBSERVER_UNAVAILABLE');
  });

  it('H4 with a timeout of 0, a negative one or one that is no number is refused', async () => {
    const { stage, handle } = await live();
    for (const timeoutMs of [0, -1, NaN]) {
      await expect(handle.ask('size', [], { timeoutMs })).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
        message: `option 'timeoutMs': expected milliseconds above 0, or Infinity for no limit, got ${timeoutMs}`,
      });
      expect(await codeOf(handle.digest({ timeoutMs }))).toBe('CONFIG_INVALID');
    }
    expect(stage.host.calls).not.toContain('query size()');
  });

  it('H4 that takes too long is given up, and its late answer dropped', async () => {
    const { stage, handle } = await live({ queryTimeoutMs: 800 });
    const byDefault = codeOf(handle.ask('size', []));
    const own = codeOf(handle.ask('size', [], { timeoutMs: 50 }));
    await settleTurns();
    stage.clock.advance(50);
    expect(await own).toBe('QUERY_TIMEOUT');
    stage.clock.advance(750);
    expect(await byDefault).toBe('QUERY_TIMEOUT');
    stage.host.answer.settle(1);
    await settleTurns();
    expect(stage.clock.timers).toBe(0);
    expect(handle.state).toBe('live');
  });

  it('under way when its observer dies is rejected', async () => {
    const { stage, handle } = await live();
    const asked = handle.ask('size', []).catch((error: unknown) => error as Error);
    await settleTurns();
    stage.host.die(new Error('crash'));
    expect(String(await asked)).toContain('crash');
    await settleTurns();
    // Only the backoff's timer is left.
    expect(stage.clock.timers).toBe(1);
  });
});
