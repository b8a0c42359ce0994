import { beforeEach, describe, expect, it, vi } from 'vitest';
import { RegistryFailedError } from '../errors.js';
import { settleTurns } from '../registry/manual-clock.fixture.js';
import type * as restartPolicy from './policies/restart-policy.js';
import { Stage } from './scripted-host.fixture.js';

/** Set: what the policy decides cannot be read, and the machine that reads it throws. */
const policy = vi.hoisted(() => ({ isBroken: false }));

vi.mock('./policies/restart-policy.js', async (original) => {
  const real = await original<typeof restartPolicy>();
  const afterEnd = (...args: Parameters<typeof real.afterEnd>) => ({
    ...real.afterEnd(...args),
    get delayMs() {
      if (policy.isBroken) throw new Error('a machine with a bug');
      return 100;
    },
  });
  return { ...real, afterEnd };
});

const failure = { code: 'REGISTRY_FAILED' };

let stage: Stage;

beforeEach(() => {
  policy.isBroken = false;
  stage = new Stage();
});

/** Ways to have the supervisor come upon a bug of its own when an observer crashes. */
const bugs: Readonly<Record<string, () => void>> = {
  'a policy cannot decide': () => {
    stage.chance = () => {
      throw new Error('no chance');
    };
  },
  'the machine of an observer throws': () => {
    policy.isBroken = true;
  },
  'whoever logs throws': () => {
    stage.logged.push = () => {
      throw new Error('the disk is full');
    };
  },
};

describe.each(Object.entries(bugs))('a fatal error of the supervisor: %s', (_, plant) => {
  it('S16 is told, and everything that waits is rejected with it', async () => {
    const [sick, well] = [stage.spec('sick'), stage.spec('well')];
    const handle = await stage.supervisor.register(sick);
    const other = await stage.supervisor.register(well);
    const victim = stage.hosts[0]!;
    stage.script = { start: 'hangs' };
    const waiting = [
      stage.supervisor.register(stage.spec('late')),
      stage.supervisor.settled(stage.write() + 1, { timeoutMs: 60_000 }),
      other.ask('size', []),
      other.ask('size', [], { timeoutMs: 2 ** 40 }),
    ];
    const outcomes = Promise.allSettled(waiting);
    await settleTurns();

    plant();
    victim.die(new Error('crash'));
    await stage.pass(10_000);

    expect(stage.failures.length).toBeGreaterThan(0);
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: failure });
    }
    await handle.ended;
    expect(await other.ended).toMatchObject({ code: 'failed', exit: 'exit-0' });
    expect([handle.state, other.state]).toEqual(['stopped', 'stopped']);
    expect(stage.hosts.map(({ hasEnded }) => hasEnded)).toEqual([true, true, true]);
  });

  it('S16 leaves a supervisor that refuses, and that can be closed', async () => {
    const handle = await stage.supervisor.register(stage.spec('sick'));
    plant();
    stage.host.die(new Error('crash'));
    await stage.pass(10_000);

    const { supervisor } = stage;
    await expect(supervisor.register(stage.spec('next'))).rejects.toMatchObject(failure);
    await expect(supervisor.settled(0, { timeoutMs: 1_000 })).rejects.toMatchObject(failure);
    await expect(handle.ask('size', [])).rejects.toMatchObject(failure);
    expect(() => supervisor.revive('sick')).toThrow(RegistryFailedError);
    await supervisor.close();
    expect(supervisor.stats().observers).toEqual([]);
    expect(stage.clock.timers).toBe(0);
  });
});

it('S16 a bug where a voter takes its session is told, and is no fault of the observer', async () => {
  stage.electorate.join = () => {
    throw new Error('no session');
  };
  const registration = stage.supervisor.register(stage.spec('a', { role: 'critical' }));
  await expect(registration).rejects.toMatchObject(failure);
  expect(stage.failures).toEqual([new Error('no session')]);
});

it('S16 a bug that comes as a thread ends is told, and is no unhandled rejection', async () => {
  const handle = await stage.supervisor.register(stage.spec('a'));
  stage.log.lines.free = () => {
    throw new Error('whose line?');
  };
  stage.host.die(new Error('crash'));
  await handle.ended;
  expect(stage.failures).toEqual([new Error('whose line?')]);
});
