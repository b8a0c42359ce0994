import type { AnyObserver } from '@panoptes/workers';
import mesh from '@panoptes/workers/observers/mesh';
import { expect, it } from 'vitest';
import { inProcessModel } from '../../driver/in-process-model.fixture.js';
import { openRegistry } from '../../driver/open-registry.js';
import type { OpenRegistry } from '../../driver/registry-port.js';
import logDigest from '../../observers/log-digest.js';
import { VirtualClock } from '../../time/virtual-clock.js';
import { prepareScenario, runScenario } from './scenario-run.js';

/** What a registry is opened with for a scenario. */
async function openedWith(registry: string): Promise<Parameters<OpenRegistry>[0]> {
  const text = `version: 1
population: { peers: 10 }
phases: [{ kind: steady, duration: 5m }]
observers: [mesh]
registry: ${registry}
`;
  const seen: Parameters<OpenRegistry>[0][] = [];
  const prepared = await prepareScenario({ file: 'scenario.yaml', text, overrides: [] });
  const running = runScenario(prepared, {
    clock: new VirtualClock(0),
    speed: Number.POSITIVE_INFINITY,
    startModel: inProcessModel(
      new Map<string, AnyObserver>([logDigest, mesh].map((one) => [one.name, one])),
    ),
    openRegistry: (options) => {
      seen.push(options);
      return Promise.reject(new Error('that is enough'));
    },
  });
  await expect(running).rejects.toThrow('that is enough');
  return seen[0]!;
}

it('a scenario says what its registry is opened with', async () => {
  expect(await openedWith('{ log: 1MiB, hangTimeout: 1m }')).toMatchObject({
    logBytes: 2 ** 20,
    hangTimeoutMs: 60_000,
  });
  expect((await openedWith('{}')).hangTimeoutMs).toBeUndefined();
});

it('the registry is opened with what was said', async () => {
  const options = { clock: new VirtualClock(0), observers: 3, hangTimeoutMs: 5 };
  await expect(openRegistry(options)).rejects.toThrow(/hangTimeoutMs/);
});
