import { describe, expect, it } from 'vitest';
import { settleTurns } from '../registry/manual-clock.fixture.js';
import { Stage } from './scripted-host.fixture.js';

describe('a thread that does not end', () => {
  it('is given up, counted and told of until it has ended; its successor is another', async () => {
    const stage = new Stage({ restart: { minBackoffMs: 100 } });
    stage.script = { kill: 'hangs', probe: 'hangs' };
    const handle = await stage.supervisor.register(stage.spec('a'));
    const [zombie] = stage.hosts;
    stage.script = {};
    stage.write();
    await stage.pass(5_500);
    expect(handle.state).toBe('stuck');
    await stage.pass(5_200);
    expect(handle.state).toBe('live');
    expect(handle.stats()).toMatchObject({ incarnation: 2, restarts: 1 });
    expect(stage.supervisor.stats().supervisor.zombies).toBe(1);
    expect(stage.logged.filter(({ code }) => code === 'zombie')).toMatchObject([
      { level: 50, observer: 'a', incarnation: 1 },
    ]);
    // Fenced off: what it still says goes nowhere.
    const line = zombie!.line!;
    expect(stage.log.lines.incarnation(line)).toBe(1);
    stage.log.memory.line(line)[1] = 77;
    zombie!.followed.settle('ended');
    await settleTurns();
    expect(handle.state).toBe('live');
    expect(handle.stats().cursor).not.toBe(77);
    await stage.supervisor.close();
    expect(stage.supervisor.zombies).toBe(1);
    zombie!.die(undefined);
    await settleTurns();
    expect(stage.supervisor.zombies).toBe(0);
  });
});

describe('what an observer was asked', () => {
  const crashed = { code: 'OBSERVER_CRASHED' };

  it.each([
    ['unregistered', crashed],
    ['closed', { code: 'REGISTRY_CLOSED', cause: crashed }],
  ] as const)(
    'fails when it is %s and its thread does not end, before that is known',
    async (how, error) => {
      const stage = new Stage({ stopTimeoutMs: 300 });
      stage.script = { stop: 'hangs', kill: 'hangs' };
      const handle = await stage.supervisor.register(stage.spec('a'));
      const query = handle.ask('size', [], { timeoutMs: 600_000 });
      const gone = how === 'closed' ? stage.supervisor.close() : stage.supervisor.unregister('a');
      stage.clock.advance(300);
      await expect(query).rejects.toMatchObject(error);
      expect(stage.supervisor.zombies).toBe(0);
      await stage.pass(5_000);
      await gone;
      expect(stage.supervisor.zombies).toBe(1);
    },
  );

  it('fails with the reason as soon as it is condemned, and so does the load of a snapshot', async () => {
    const stage = new Stage({ restart: { maxRestarts: 0 } });
    stage.script = { kill: 'hangs', probe: 'hangs' };
    const handle = await stage.supervisor.register(stage.spec('a'));
    const query = handle.ask('size', [], { timeoutMs: 600_000 });
    const settled = stage.supervisor.settled(stage.write(), { timeoutMs: 600_000 });
    query.catch(() => undefined);
    await stage.pass(5_500);
    expect(handle.state).toBe('stuck');
    await expect(query).rejects.toMatchObject({ ...crashed, cause: { reason: 'hung' } });
    await stage.pass(5_000);
    expect(handle.state).toBe('quarantined');
    await settled;
  });

  it('fails with what a handler threw, while its thread takes its time to die', async () => {
    const stage = new Stage();
    stage.script = { kill: 'hangs' };
    const handle = await stage.supervisor.register(stage.spec('a'));
    const query = handle.ask('size', [], { timeoutMs: 600_000 });
    stage.host.followed.fail(new Error('half way'));
    await expect(query).rejects.toMatchObject({ ...crashed, cause: { message: 'half way' } });
    await stage.pass(5_000);
    await stage.supervisor.close();
  });

  it('no transaction waits for one that is being killed', async () => {
    const stage = new Stage();
    stage.script = { kill: 'hangs' };
    await stage.supervisor.register(stage.spec('a', { onLag: 'block' }));
    const line = stage.host.line!;
    expect(stage.log.lines.isGating(line)).toBe(true);
    stage.host.followed.fail(new Error('half way'));
    await settleTurns();
    expect(stage.log.lines.isGating(line)).toBe(false);
    await stage.pass(5_000);
    await stage.supervisor.close();
  });
});
