import { expect, it } from 'vitest';
import { settleTurns } from '../registry/manual-clock.fixture.js';
import type { ObserverHandle } from './observer-handle.js';
import { Stage } from './scripted-host.fixture.js';

/** A number that follows from another, as if by chance. */
const mixed = (seed: number): number =>
  (Math.imul(seed ^ (seed >>> 15), 0x2c1b3c6d) >>> 8) & 0xffff;

it('S15 starting, restarting and stopping one name 1,000 times at once leaves at most one incarnation at any time', async () => {
  const stage = new Stage({ restart: { maxRestarts: 1_000_000 } });
  const calls: Promise<unknown>[] = [];
  let handle: ObserverHandle | undefined;
  const told = (error: unknown) => error;
  const alive = () => stage.hosts.filter(({ hasEnded, calls }) => calls.length > 0 && !hasEnded);
  for (let race = 0; race < 1_000; race++) {
    switch (mixed(race) % 6) {
      case 0:
      case 1:
        calls.push(
          stage.supervisor.register(stage.spec('it')).then((made) => (handle = made), told),
        );
        break;
      case 2:
        calls.push(stage.supervisor.unregister('it'));
        break;
      case 3:
      case 4:
        if (handle !== undefined) calls.push(handle.restart().catch(told));
        break;
      default:
        if (alive().length > 0) alive()[0]!.die(new Error('a crash amid it all'));
        stage.clock.advance(mixed(race + 7) % 300);
    }
    if (mixed(race + 3) % 3 === 0) await settleTurns(1);
    expect(alive().length).toBeLessThanOrEqual(1);
  }
  await stage.supervisor.close();
  await Promise.all(calls);
  expect(alive()).toEqual([]);
  expect(stage.hosts.length).toBeGreaterThan(50);
  expect(stage.clock.timers).toBe(0);
  expect(stage.failures).toEqual([]);
});

it('S14 the cost of starting and stopping grows about linearly to 200 observers', async () => {
  const costOf = async (count: number): Promise<number> => {
    const stage = new Stage({ maxObservers: count });
    const before = process.cpuUsage();
    await Promise.all(
      Array.from({ length: count }, (_, at) => stage.supervisor.register(stage.spec(`${at}`))),
    );
    stage.supervisor.stats();
    await stage.supervisor.close();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / count;
  };
  await costOf(200);
  const small = Math.min(await costOf(25), await costOf(25), await costOf(25));
  const large = Math.min(await costOf(200), await costOf(200), await costOf(200));
  // Were it quadratic, each would cost eight times as much.
  expect(large / small).toBeLessThan(4);
});
