import { describe, expect, it } from 'vitest';
import { settleTurns } from '../registry/manual-clock.fixture.js';
import { Stage } from './scripted-host.fixture.js';

const limit = {
  code: 'QUERY_LIMIT',
  message: expect.stringContaining('maxPendingQueries: 3') as string,
};

async function live() {
  const stage = new Stage({ maxPendingQueries: 3, restart: { minBackoffMs: 1, jitter: 0 } });
  const handle = await stage.supervisor.register(stage.spec('a'));
  const ask = (timeoutMs = 1_000_000) =>
    handle.ask('size', [], { timeoutMs }).catch((error: unknown) => error);
  return { stage, handle, ask };
}

describe('queries that wait for their answer', () => {
  it('are so many at most; more are refused, and go nowhere', async () => {
    const { stage, handle, ask } = await live();
    const waiting = [ask(), ask(), ask()];
    const before = stage.clock.timers;
    const refused = ask();
    // Not even a timer: somebody might ask without end, and never wait.
    expect(stage.clock.timers).toBe(before);
    expect(await refused).toMatchObject(limit);
    await settleTurns();
    expect(stage.host.calls.filter((call) => call === 'query size()')).toHaveLength(3);
    // One that the supervisor asks by itself is none of them.
    expect(handle.state).toBe('live');
    stage.host.answer.settle(7);
    expect(await Promise.all(waiting)).toEqual([7, 7, 7]);
    expect(await ask()).toBe(7);
  });

  it('are counted until they are answered, also when nobody waits for that any more', async () => {
    const { stage, ask } = await live();
    const waiting = [ask(50), ask(50), ask(50)];
    await settleTurns();
    stage.clock.advance(50);
    for (const outcome of await Promise.all(waiting)) {
      expect(outcome).toMatchObject({ code: 'QUERY_TIMEOUT' });
    }
    expect(await ask()).toMatchObject(limit);
  });

  it('are counted anew in the next incarnation', async () => {
    const { stage, handle, ask } = await live();
    const waiting = [ask(), ask(), ask()];
    await settleTurns();
    stage.host.die(new Error('crash'));
    await Promise.all(waiting);
    await settleTurns();
    stage.clock.advance(10);
    await settleTurns();
    expect(handle.state).toBe('live');
    const asked = ask();
    stage.host.answer.settle(1);
    expect(await asked).toBe(1);
  });
});
