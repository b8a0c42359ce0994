import { describe, expect, it } from 'vitest';
import { settleTurns } from '../registry/manual-clock.fixture.js';
import { Stage } from './scripted-host.fixture.js';

const key = 'a1'.repeat(40);

async function live() {
  const stage = new Stage({ restart: { minBackoffMs: 1, maxBackoffMs: 1, maxRestarts: 2 } });
  await stage.supervisor.register(stage.spec('a'));
  const crash = async (error: Error) => {
    stage.host.die(error);
    await settleTurns();
    stage.clock.advance(2);
    await settleTurns();
  };
  const warnings = () => stage.logged.filter(({ level }) => Number(level) >= 40);
  return { stage, crash, warnings };
}

describe('the log, when an observer crashes', () => {
  it('says once what, where and how, and of the same only that it came again', async () => {
    const { stage, crash, warnings } = await live();
    const error = new Error(`of ${key}`, { cause: new RangeError('the root') });
    stage.host.health.begin(17, 19);
    await crash(error);
    await crash(error);
    await crash(new Error('another'));
    const base = { level: 40, observer: 'a', code: 'error' };
    expect(warnings()).toMatchObject([
      { ...base, incarnation: 1, seq: 17, lastSeq: 19, msg: 'crashed: of a1a1a1a1…' },
      { ...base, incarnation: 2, msg: 'crashed: of a1a1a1a1…' },
      { ...base, incarnation: 3, msg: 'crashed: another' },
      { msg: expect.stringMatching(/^given up after 2 restarts/) as string },
    ]);
    const stacks = warnings().map(({ stack }) => stack as string | undefined);
    expect(stacks[0]).toMatch(/^Error: of a1a1a1a1…\n[^]*\ncaused by RangeError: the root\n/);
    expect(stacks[1]).toBeUndefined();
    expect(stacks[2]).toMatch(/^Error: another\n/);
  });

  it('leaves it to the caller to hear of a start that fails', async () => {
    const stage = new Stage();
    stage.script = { start: 'fails' };
    await expect(stage.supervisor.register(stage.spec('a'))).rejects.toThrow();
    expect(stage.logged.filter(({ level }) => Number(level) >= 40)).toEqual([]);
  });
});
