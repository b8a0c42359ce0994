import { describe, expect, it } from 'vitest';
import { LineWord } from '../log/log-layout.js';
import { settleTurns } from '../registry/manual-clock.fixture.js';
import { plain, Stage } from './scripted-host.fixture.js';

const minute = 60_000;

/** A registry's supervisor with one observer, cleaned up after ten minutes. */
async function idle(more: Parameters<Stage['spec']>[1] = {}, options: object = {}) {
  const stage = new Stage({ observerTimeoutSecs: 600, ...options });
  const handle = await stage.supervisor.register(stage.spec('a', more));
  return { stage, handle };
}

const names = (stage: Stage) => stage.supervisor.stats().registeredObserverNames;

describe('an inactive observer', () => {
  it('is evicted by itself once it was inactive for longer than it may be', async () => {
    const { stage, handle } = await idle();
    await stage.pass(10 * minute - 500, 250);
    expect(handle.state).toBe('live');
    await stage.pass(1_000, 250);
    expect(handle.state).toBe('evicted');
    expect(names(stage)).toEqual([]);
    expect(stage.host.calls.slice(-2)).toEqual(['stop', 'kill']);
    expect(await handle.ended).toEqual({ code: 'evicted', exit: 'exit-0', error: undefined });
    await expect(handle.ask('size', [])).rejects.toMatchObject({ code: 'OBSERVER_EVICTED' });
    await expect(handle.digest()).rejects.toMatchObject({ code: 'QUERY_FAILED' });
    expect(stage.supervisor.stats().supervisor.evicted).toBe(1);
    await stage.supervisor.register(stage.spec('a'));
    expect(handle.state).toBe('evicted');
  });

  it('is not when cleaning up is off', async () => {
    const { stage, handle } = await idle({}, { enableCleanup: false });
    await stage.pass(20 * minute, 1_000);
    expect(handle.state).toBe('live');
    expect(await stage.supervisor.evictStale(19 * minute)).toBe(1);
  });

  it.each(['touch', 'query', 'transaction'] as const)('counts a %s as activity', async (what) => {
    const { stage, handle } = await idle();
    await stage.pass(9 * minute, 1_000);
    if (what === 'touch') handle.touch();
    if (what === 'query') {
      const asked = handle.ask('size', []);
      stage.host.answer.settle(1);
      await asked;
    }
    if (what === 'transaction') {
      const line = stage.log.memory.line(stage.host.line!);
      line[LineWord.seq] = stage.write();
      line[LineWord.deliveredLow] = 1;
    }
    await stage.pass(1_000);
    expect(Math.abs(handle.stats().lastActivityAt - stage.clock.now())).toBeLessThanOrEqual(1_000);
    await stage.pass(9 * minute, 1_000);
    expect(handle.state).toBe('live');
    await stage.pass(minute, 1_000);
    expect(handle.state).toBe('evicted');
  });

  it('counts no reading of its metrics as activity', async () => {
    const { stage, handle } = await idle();
    await stage.pass(9 * minute, 1_000);
    const before = handle.stats().lastActivityAt;
    const read = handle.metrics();
    stage.host.answer.settle({ seq: 0, values: [7] });
    expect((await read).readings).toMatchObject([{ id: 'size', value: 7 }]);
    expect(handle.stats().lastActivityAt).toBe(before);
    await stage.pass(2 * minute, 1_000);
    expect(handle.state).toBe('evicted');
  });

  it('is kept with keepAlive while it is caught up and answers, asked once in a while', async () => {
    const { stage, handle } = await idle({ keepAlive: true });
    await stage.pass(25 * minute, 1_000);
    expect(handle.state).toBe('live');
    Object.assign(stage.host.script, { probe: 'hangs' });
    await stage.pass(11 * minute, 1_000);
    expect(handle.state).toBe('evicted');
  });

  it('is evicted in spite of keepAlive when it is behind', async () => {
    const { stage, handle } = await idle({ keepAlive: true });
    stage.write();
    expect(await stage.supervisor.evictStale(0)).toBe(0);
    stage.clock.advance(1);
    expect(await stage.supervisor.evictStale(0)).toBe(1);
    expect(handle.state).toBe('evicted');
  });

  it('is evicted in quarantine too, and while it waits for its restart', async () => {
    const stage = new Stage({
      restart: { maxRestarts: 1, minBackoffMs: minute, maxBackoffMs: minute },
    });
    const handle = await stage.supervisor.register(stage.spec('a'));
    stage.host.die(new Error('crash'));
    await settleTurns();
    stage.clock.advance(1);
    expect(await stage.supervisor.evictStale(0)).toBe(1);
    expect(await handle.ended).toMatchObject({ code: 'evicted', exit: 'error' });
    const next = new Stage({ restart: { maxRestarts: 0 } });
    await next.supervisor.register(next.spec('a'));
    next.host.die(new Error('crash'));
    await settleTurns();
    next.clock.advance(1);
    expect([await next.supervisor.evictStale(0), names(next)]).toEqual([1, []]);
  });
});

it('cleaning up resolves with how many, and leaves those that are active', async () => {
  const stage = new Stage();
  const handles = [];
  for (const name of ['a', 'b', 'c'])
    handles.push(await stage.supervisor.register(stage.spec(name)));
  stage.clock.advance(1_000);
  handles[1]!.touch();
  stage.clock.advance(500);
  const [first, second] = [stage.supervisor.evictStale(1_000), stage.supervisor.evictStale(1_000)];
  expect((await first) + (await second)).toBe(2);
  expect(names(stage)).toEqual(['b']);
  expect(await stage.supervisor.evictStale(1_000)).toBe(0);
});

it('one that still starts is not evicted, however long it takes', async () => {
  const stage = new Stage({ observerTimeoutSecs: 1 });
  stage.script = { start: 'hangs' };
  const registered = stage.supervisor.register(stage.spec('a'));
  await stage.pass(5_000);
  stage.host.started.settle(plain);
  const handle = await registered;
  await stage.pass(900);
  expect(handle.state).toBe('live');
  await stage.pass(500);
  expect(handle.state).toBe('evicted');
});
