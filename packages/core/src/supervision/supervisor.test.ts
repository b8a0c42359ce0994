import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { ObserverLimitError, ObserverStartError } from '../errors.js';
import { settleTurns } from '../registry/manual-clock.fixture.js';
import { plain, Stage } from './scripted-host.fixture.js';

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'resolved',
    (error: unknown) => (error as { code: string }).code,
  );

describe('the cap of observers', () => {
  it('is enforced with exact words, and frees a place when one goes', async () => {
    const stage = new Stage({ maxObservers: 2 });
    await stage.supervisor.register(stage.spec('a'));
    await stage.supervisor.register(stage.spec('b'));
    const refused = stage.supervisor.register(stage.spec('c'));
    await expect(refused).rejects.toThrow(new ObserverLimitError(2, 2));
    await expect(refused).rejects.toThrow(/^Observer limit reached: 2 \(max: 2\)$/);
    await expect(refused).rejects.toMatchObject({ code: 'OBSERVER_LIMIT', count: 2, max: 2 });
    expect(stage.hosts).toHaveLength(2);
    await stage.supervisor.unregister('a');
    await stage.supervisor.register(stage.spec('c'));
    expect(stage.supervisor.stats().registeredObserverNames).toEqual(['b', 'c']);
  });

  it('counts one in backoff and one that starts, and none in quarantine', async () => {
    const stage = new Stage({ maxObservers: 2, restart: { maxRestarts: 1 } });
    await stage.supervisor.register(stage.spec('a'));
    stage.script = { start: 'hangs' };
    const starting = codeOf(stage.supervisor.register(stage.spec('b')));
    stage.hosts[0]!.die(new Error('crash'));
    await settleTurns();
    expect(stage.supervisor.stats().observers.map(({ state }) => state)).toEqual([
      'backoff',
      'starting',
    ]);
    expect(await codeOf(stage.supervisor.register(stage.spec('c')))).toBe('OBSERVER_LIMIT');
    stage.script = { start: 'fails' };
    stage.clock.advance(100);
    await settleTurns();
    expect(stage.supervisor.stats().observers.map(({ state }) => state)).toEqual([
      'quarantined',
      'starting',
    ]);
    expect(stage.supervisor.stats().observerCount).toBe(1);
    stage.script = {};
    await stage.supervisor.register(stage.spec('c'));
    await stage.supervisor.unregister('b');
    expect(await starting).toBe('OBSERVER_START_FAILED');
  });

  it('holds for a revived observer too', async () => {
    const stage = new Stage({ maxObservers: 1, restart: { maxRestarts: 0 } });
    await stage.supervisor.register(stage.spec('a'));
    stage.host.die(new Error('crash'));
    await settleTurns();
    await stage.supervisor.register(stage.spec('b'));
    expect(() => stage.supervisor.revive('a')).toThrow('Observer limit reached: 1 (max: 1)');
    await stage.supervisor.unregister('b');
    stage.supervisor.revive('a');
    await settleTurns();
    expect(stage.supervisor.stats().observers).toMatchObject([{ name: 'a', state: 'live' }]);
  });
});

describe('the handle of an observer', () => {
  it('is there for whoever knows its name, for as long as it is registered', async () => {
    const stage = new Stage();
    await stage.supervisor.register(stage.spec('a'));
    const handle = stage.supervisor.observer('a');
    expect(handle).toMatchObject({ name: 'a', state: 'live' });
    await handle.pause();
    expect(stage.supervisor.stats().observers).toMatchObject([{ name: 'a', state: 'paused' }]);
    await stage.supervisor.unregister('a');
    expect(() => stage.supervisor.observer('a')).toThrow(/^there is no observer 'a'$/);
  });
});

describe('a name', () => {
  it('S11 is refused as a duplicate while its first observer starts, runs, or waits to restart', async () => {
    const stage = new Stage();
    stage.script = { start: 'hangs' };
    const first = stage.supervisor.register(stage.spec('a'));
    const duplicate = () => codeOf(stage.supervisor.register(stage.spec('a')));
    expect(await duplicate()).toBe('OBSERVER_DUPLICATE');
    await settleTurns();
    stage.host.started.settle(plain);
    await first;
    expect(await duplicate()).toBe('OBSERVER_DUPLICATE');
    stage.host.die(new Error('crash'));
    await settleTurns();
    expect(stage.supervisor.stats().observers[0]!.state).toBe('backoff');
    expect(await duplicate()).toBe('OBSERVER_DUPLICATE');
    expect(stage.hosts).toHaveLength(1);
    await stage.supervisor.unregister('a');
    stage.script = {};
    expect(await duplicate()).toBe('resolved');
  });

  it('S9 may be unregistered twice, and revived while it runs; an unknown one is false or an error', async () => {
    const stage = new Stage();
    await stage.supervisor.register(stage.spec('a'));
    stage.supervisor.revive('a');
    const both = [stage.supervisor.unregister('a'), stage.supervisor.unregister('a')];
    expect(await Promise.all(both)).toEqual([true, true]);
    expect(await stage.supervisor.unregister('a')).toBe(false);
    expect(() => stage.supervisor.revive('a')).toThrow("no observer 'a'");
    expect(stage.hosts).toHaveLength(1);
  });
});

describe('a first start that fails', () => {
  it('S12 rejects with the cause and leaves nothing behind', async () => {
    const stage = new Stage({ maxObservers: 1 });
    stage.script = { start: 'fails' };
    const error: unknown = await stage.supervisor
      .register(stage.spec('a'))
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ObserverStartError);
    expect((error as Error).message).toBe("observer 'a' could not start: setup threw");
    expect(((error as Error).cause as Error).message).toBe('setup threw');
    expect(stage.supervisor.stats().observers).toEqual([]);
    expect(stage.clock.timers).toBe(0);
    expect(stage.hosts).toHaveLength(1);
    stage.script = {};
    await stage.supervisor.register(stage.spec('a'));
  });

  it('because it takes longer than startTimeoutMs is killed', async () => {
    const stage = new Stage({ startTimeoutMs: 700 });
    for (const script of [{ start: 'hangs' }, { load: 'hangs' }] as const) {
      stage.script = script;
      const error = stage.supervisor.register(stage.spec('a')).then(
        () => new Error('it started'),
        (e: unknown) => e as Error,
      );
      await settleTurns();
      stage.clock.advance(700);
      expect((await error).message).toContain('within 700 ms (startTimeoutMs)');
      expect(stage.host.calls).toContain('kill');
      expect(stage.supervisor.stats().observers).toEqual([]);
    }
  });

  it('because it was stopped says so', async () => {
    const stage = new Stage();
    stage.script = { start: 'hangs' };
    const error = stage.supervisor.register(stage.spec('a')).then(
      () => new Error('it started'),
      (e: unknown) => e as Error,
    );
    await settleTurns();
    await stage.supervisor.close();
    expect((await error).message).toContain("observer 'a' could not start: it was stopped");
  });
});

describe('stopping', () => {
  it('S6 an observer that waits for its turn to start makes no incarnation of it afterwards', async () => {
    const stage = new Stage();
    stage.script = { start: 'hangs' };
    const places = Math.max(1, availableParallelism());
    const names = Array.from({ length: places }, (_, at) => `busy-${at}`);
    const busy = names.map((name) => codeOf(stage.supervisor.register(stage.spec(name))));
    const queued = codeOf(stage.supervisor.register(stage.spec('queued')));
    await settleTurns();
    expect(stage.hosts).toHaveLength(places);
    expect(await stage.supervisor.unregister('queued')).toBe(true);
    expect(await queued).toBe('OBSERVER_START_FAILED');
    for (const host of stage.hosts) host.started.settle(plain);
    await Promise.all(busy);
    await settleTurns(10);
    expect(stage.hosts).toHaveLength(places);
    expect(stage.supervisor.stats().registeredObserverNames).toEqual(names);
  });

  it('S8 goes through the observers in reverse order of registration, past one that hangs', async () => {
    const stage = new Stage({ stopTimeoutMs: 300 });
    const order: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      stage.script = name === 'b' ? { stop: 'hangs' } : {};
      await stage.supervisor.register(stage.spec(name));
      void stage.host.exited.then(() => order.push(name));
    }
    const closed = stage.supervisor.close();
    await settleTurns();
    expect(order).toEqual(['c']);
    stage.clock.advance(300);
    await closed;
    expect(order).toEqual(['c', 'b', 'a']);
    expect(stage.hosts.map(({ calls }) => calls.filter((call) => call === 'kill').length)).toEqual([
      1, 1, 1,
    ]);
    expect(await codeOf(stage.supervisor.register(stage.spec('d')))).toBe('REGISTRY_CLOSED');
    expect(stage.clock.timers).toBe(0);
  });
});

describe('waiting for observers to settle', () => {
  it('waits for a live one’s cursor and for one that restarts, not for one given up', async () => {
    const stage = new Stage({ restart: { maxRestarts: 1 } });
    const { supervisor, log } = stage;
    await supervisor.register(stage.spec('a'));
    let isSettled = false;
    const seq = stage.write();
    const settled = supervisor.settled(seq, { timeoutMs: 10_000 }).then(() => (isSettled = true));
    await settleTurns();
    expect(isSettled).toBe(false);
    stage.host.die(new Error('crash'));
    await settleTurns();
    expect(isSettled).toBe(false);
    stage.clock.advance(100);
    // The new incarnation starts from a snapshot that holds the transaction.
    await settled;
    expect(stage.hosts).toHaveLength(2);
    const next = stage.write();
    const more = supervisor.settled(next, { timeoutMs: 10_000 });
    await settleTurns();
    log.lines.place(stage.host.line!, log.writer.checkpoint());
    await more;
    const last = stage.write();
    const given = supervisor.settled(last, { timeoutMs: 10_000 });
    stage.host.die(new Error('crash'));
    await given;
    expect(supervisor.stats().observers[0]!.state).toBe('quarantined');
    expect(stage.clock.timers).toBe(0);
  });

  it('gives up after its time, naming who is behind and in which state', async () => {
    const stage = new Stage();
    for (const name of ['slow', 'down', 'done']) await stage.supervisor.register(stage.spec(name));
    const seq = stage.write();
    stage.log.lines.place(stage.hosts[2]!.line!, stage.log.writer.checkpoint());
    stage.hosts[1]!.die(new Error('crash'));
    stage.script = { start: 'hangs' };
    await settleTurns();
    const error = stage.supervisor.settled(seq, { timeoutMs: 500 }).then(
      () => new Error('it started'),
      (e: unknown) => e as Error,
    );
    stage.clock.advance(500);
    expect(await error).toMatchObject({
      code: 'SETTLE_TIMEOUT',
      message: `after 500 ms not every observer has reached seq ${seq}: slow (live), down (starting)`,
    });
  });

  it('resolves at once without observers', async () => {
    const stage = new Stage();
    await stage.supervisor.settled(stage.write(), { timeoutMs: 1 });
    expect(stage.clock.timers).toBe(0);
  });
});
