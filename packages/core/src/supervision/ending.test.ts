import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { settleTurns } from '../registry/manual-clock.fixture.js';
import type { RestartType } from './policies/restart-policy.js';
import { type Script, type ScriptedHost, Stage } from './scripted-host.fixture.js';

/** Ways in which an incarnation ends without being asked to. */
const ends = {
  'ends normally': (_: Stage, host: ScriptedHost) => host.die(undefined, true),
  'exits 3': (_: Stage, host: ScriptedHost) => host.exit('exit-3'),
  throws: (_: Stage, host: ScriptedHost) => host.followed.fail(new Error('thrown')),
  'dies of an error': (_: Stage, host: ScriptedHost) => host.die(new Error('a late throw')),
  'is killed as hung': async (stage: Stage, host: ScriptedHost) => {
    Object.assign(host.script, { probe: 'hangs' });
    stage.write();
    await stage.pass(5_500);
  },
  'is killed as stalled': async (stage: Stage) => {
    stage.write();
    await stage.pass(5_500);
  },
  'is killed for memory': async (stage: Stage, host: ScriptedHost) => {
    host.health.noteMemory(65 * 1024 * 1024, 0);
    host.worked.active += 1_000;
    await stage.pass(500);
  },
} as const;
type End = keyof typeof ends;

const codes: Record<End, string> = {
  'ends normally': 'exit-0',
  'exits 3': 'exit-3',
  throws: 'error',
  'dies of an error': 'error',
  'is killed as hung': 'hung',
  'is killed as stalled': 'stalled',
  'is killed for memory': 'memory',
};

const expected = (type: RestartType, end: End): 'backoff' | 'stopped' =>
  type === 'permanent' || (type === 'transient' && end !== 'ends normally') ? 'backoff' : 'stopped';

const matrix = (['permanent', 'transient', 'temporary'] as const).flatMap((type) =>
  (Object.keys(ends) as End[]).map((end) => [type, end, expected(type, end)] as const),
);

describe('restart type × way to end', () => {
  it.each(matrix)('S2 a %s observer that %s → %s', async (restart, end, state) => {
    const stage = new Stage({ restart: { minBackoffMs: 60_000, maxBackoffMs: 60_000 } });
    const handle = await stage.supervisor.register(stage.spec('a', { restart }));
    await ends[end](stage, stage.host);
    await settleTurns();
    expect(handle.state).toBe(state);
    expect(handle.stats().reasons.map(({ code }) => code)).toEqual([codes[end]]);
    expect(handle.stats().failed).toBe(end === 'ends normally' ? 0 : 1);
    expect(handle.stats().restarts).toBe(state === 'backoff' ? 1 : 0);
    // Later it is the same: how it was told to go does not hide how its last incarnation has ended.
    await stage.supervisor.unregister('a');
    const code = state === 'stopped' ? 'ended' : 'unregistered';
    expect(await handle.ended).toMatchObject({ code, exit: codes[end] });
  });
});

describe('how the last incarnation ended', () => {
  const exitOf = async (script: Script, act: (stage: Stage) => void | Promise<void>) => {
    const stage = new Stage({ restart: { maxRestarts: 0 }, stopTimeoutMs: 300 });
    stage.script = script;
    const handle = await stage.supervisor.register(stage.spec('a'));
    await act(stage);
    const gone = stage.supervisor.unregister('a');
    await stage.pass(6_000);
    await gone;
    const { exit, error } = await handle.ended;
    return { exit, message: error?.message, failed: handle.stats().failed };
  };
  const none = { message: undefined, failed: 0 };

  it.each<[string, Script, (stage: Stage) => void | Promise<void>, object]>([
    [
      'it was quarantined',
      {},
      async ({ host }) => {
        host.exit('exit-3');
        await settleTurns();
      },
      { exit: 'exit-3', failed: 1 },
    ],
    [
      'its thread has ended by itself just before',
      {},
      ({ host }) => host.exit('exit-3'),
      { exit: 'exit-3', message: 'ended', failed: 1 },
    ],
    [
      'its handler threw, and it is being killed',
      { kill: 'hangs' },
      async ({ host }) => {
        host.followed.fail(new Error('half way'));
        await settleTurns();
      },
      { exit: 'zombie', message: 'half way', failed: 1 },
    ],
    ['it stops', {}, () => undefined, { exit: 'exit-0', ...none }],
    ['it does not stop in time', { stop: 'hangs' }, () => undefined, { exit: 'killed', ...none }],
    [
      'a handler throws while it stops',
      { stop: 'fails' },
      () => undefined,
      { exit: 'error', message: 'thrown as it stopped', failed: 1 },
    ],
    [
      'its thread ends by itself while it stops',
      { stop: 'exits' },
      () => undefined,
      { exit: 'exit-3', message: 'ended', failed: 1 },
    ],
    [
      'its thread does not end',
      { stop: 'hangs', kill: 'hangs' },
      () => undefined,
      { exit: 'zombie', ...none },
    ],
  ])('is told when %s', async (_, script, act, expected) => {
    expect(await exitOf(script, act)).toMatchObject(expected);
  });

  it('is none only where there was none', async () => {
    const stage = new Stage();
    stage.script = { start: 'hangs' };
    const starts = Array.from({ length: availableParallelism() + 1 }, (_, n) =>
      stage.supervisor.register(stage.spec(`a${n}`)).catch((error: unknown) => error),
    );
    await settleTurns();
    expect(stage.hosts.length).toBe(starts.length - 1);
    await stage.supervisor.close();
    for (const start of starts)
      expect(await start).toMatchObject({ code: 'OBSERVER_START_FAILED' });
  });

  it('has its dead letter, when a handler threw while it stopped', async () => {
    const stage = new Stage();
    stage.script = { stop: 'fails' };
    await stage.supervisor.register(stage.spec('a'));
    const seq = stage.write();
    stage.host.health.begin(seq, seq);
    await stage.supervisor.unregister('a');
    expect(stage.supervisor.deadLetters()).toMatchObject([
      { observer: 'a', seq, code: 'error', error: { message: 'thrown as it stopped' } },
    ]);
  });
});

describe('an observer that has ended', () => {
  it('S13 by itself leaves its figures for a minute, and nothing else', async () => {
    const stage = new Stage();
    const ended = () => stage.supervisor.stats().supervisor.ended.map(({ name }) => name);
    const handle = await stage.supervisor.register(stage.spec('a', { restart: 'temporary' }));
    stage.host.die(new Error('its work is done'));
    await settleTurns();
    expect(stage.supervisor.stats().observers).toEqual([]);
    expect(ended()).toEqual(['a']);
    expect(await handle.ended).toMatchObject({
      code: 'ended',
      error: { message: 'its work is done' },
    });
    stage.clock.advance(59_999);
    expect(ended()).toEqual(['a']);
    stage.clock.advance(1);
    expect(ended()).toEqual([]);
    for (let n = 0; n < 70; n++) {
      await stage.supervisor.register(stage.spec(`temp-${n}`, { restart: 'temporary' }));
      stage.host.die(undefined, true);
      await settleTurns();
    }
    expect(ended()).toHaveLength(64);
    expect(ended().at(-1)).toBe('temp-69');
  });

  it('H5 tells its owner why and how: unregistered, killed or closed', async () => {
    const stage = new Stage({ stopTimeoutMs: 300 });
    const good = await stage.supervisor.register(stage.spec('good'));
    stage.script = { stop: 'hangs' };
    const bad = await stage.supervisor.register(stage.spec('bad'));
    stage.script = {};
    const last = await stage.supervisor.register(stage.spec('last'));
    await stage.supervisor.unregister('good');
    expect(await good.ended).toMatchObject({ code: 'unregistered', exit: 'exit-0' });
    const killed = stage.supervisor.unregister('bad');
    await stage.pass(300);
    await killed;
    expect(await bad.ended).toMatchObject({ code: 'unregistered', exit: 'killed' });
    await stage.supervisor.close();
    expect(await last.ended).toMatchObject({ code: 'closed', exit: 'exit-0' });
    expect(stage.supervisor.stats().supervisor.ended).toEqual([]);
  });
});

describe('when the registry closes', () => {
  it('one that waits for its restart is not waited for', async () => {
    const stage = new Stage({ restart: { minBackoffMs: 60_000, maxBackoffMs: 60_000 } });
    await stage.supervisor.register(stage.spec('a'));
    const seq = stage.write();
    const drained = stage.supervisor.drained(seq, 5_000);
    stage.host.die(new Error('crash'));
    await drained;
    expect(stage.supervisor.stats().observers[0]!.state).toBe('backoff');
  });
});

describe('the figures of an observer', () => {
  it('do not take a snapshot for seen before it has been read', async () => {
    const stage = new Stage();
    for (let n = 0; n < 5; n++) stage.write();
    stage.script = { load: 'hangs' };
    void stage.supervisor.register(stage.spec('a')).catch(() => undefined);
    await settleTurns();
    const figures = () => stage.supervisor.stats().observers[0]!;
    expect(figures()).toMatchObject({ state: 'syncing', cursor: 0, lag: 5 });
    stage.host.loaded.settle();
    await settleTurns();
    expect(figures()).toMatchObject({ state: 'live', cursor: 5, lag: 0 });
    stage.write();
    const first = stage.host.loaded;
    stage.host.loaded = new (first.constructor as new () => typeof first)();
    stage.host.lap();
    await settleTurns();
    expect(figures()).toMatchObject({ state: 'syncing', cursor: 5, lag: 1 });
    await stage.supervisor.close();
  });
});
