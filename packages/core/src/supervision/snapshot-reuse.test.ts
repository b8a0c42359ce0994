import { describe, expect, it } from 'vitest';
import { settleTurns } from '../registry/manual-clock.fixture.js';
import { Stage } from './scripted-host.fixture.js';

/** Has the observer crash and start again. */
async function crashed(stage: Stage): Promise<void> {
  stage.host.die(new Error('crash'));
  await settleTurns();
  stage.clock.advance(100);
  await settleTurns();
}

describe('the memory of a snapshot', () => {
  it('serves the next incarnation when the thread that read it has ended, and not before', async () => {
    const stage = new Stage();
    await stage.supervisor.register(stage.spec('a'));
    const first = stage.host;
    first.lap();
    await settleTurns();
    const [started, resynced] = first.snapshots;
    expect(resynced).not.toBe(started);
    await crashed(stage);
    expect([started, resynced]).toContain(stage.host.snapshots[0]);
  });

  it('serves nobody else where an observer on the thread of the registry was shown it', async () => {
    const stage = new Stage();
    await stage.supervisor.register(stage.spec('a', { host: 'inline' }));
    const first = stage.host;
    await crashed(stage);
    expect(stage.host).not.toBe(first);
    expect(stage.host.snapshots).toHaveLength(1);
    expect(stage.host.snapshots[0]).not.toBe(first.snapshots[0]);
  });
});
