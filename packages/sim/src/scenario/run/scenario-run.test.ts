import type { AnyObserver } from '@panoptes/workers';
import mesh from '@panoptes/workers/observers/mesh';
import { expect, it } from 'vitest';
import { openWithCompiled } from '../../driver/compiled-observers.fixture.js';
import { inProcessModel } from '../../driver/in-process-model.fixture.js';
import { openRegistry } from '../../driver/open-registry.js';
import type { OpenRegistry } from '../../driver/registry-port.js';
import logObserver from '../../observers/log-observer.js';
import { VirtualClock } from '../../time/virtual-clock.js';
import { prepareScenario, runScenario } from './scenario-run.js';

/** What a registry is opened with for a scenario. */
async function openedWith(registry: string): Promise<Parameters<OpenRegistry>[0]> {
  const seen: Parameters<OpenRegistry>[0][] = [];
  await runBefore(`observers: [mesh]\nregistry: ${registry}`, (options) => {
    seen.push(options);
    return Promise.reject(enough);
  });
  return seen[0]!;
}

const enough = new Error('that is enough');

/** Runs a scenario before a registry that ends it. */
async function runBefore(keys: string, open: OpenRegistry): Promise<void> {
  const text = `version: 1
population: { peers: 10 }
phases: [{ kind: steady, duration: 5m }]
${keys}
`;
  const prepared = await prepareScenario({ file: 'scenario.yaml', text, overrides: [] });
  const running = runScenario(prepared, {
    clock: new VirtualClock(0),
    speed: Number.POSITIVE_INFINITY,
    startModel: inProcessModel(
      new Map<string, AnyObserver>([logObserver, mesh].map((one) => [one.name, one])),
    ),
    openRegistry: open,
  });
  await expect(running).rejects.toThrow(enough.message);
}

/** How a scenario's observer is registered. */
async function registeredWith(entry: string): Promise<unknown> {
  const seen: unknown[] = [];
  await runBefore(`observers: [${entry}]`, async (options) => {
    const registry = await openWithCompiled(options);
    const register = registry.registerObserver.bind(registry);
    registry.registerObserver = (registration) => {
      if (registration.name === logObserver.name) return register(registration);
      seen.push(registration);
      return Promise.reject(enough);
    };
    return registry;
  });
  return seen[0];
}

it.each([
  ['{ use: mesh }', { onLag: 'block', role: 'best-effort', restart: 'permanent', host: 'thread' }],
  ['{ use: mesh, onLag: lap, host: inline }', { onLag: 'lap', host: 'inline' }],
  ['{ use: mesh, keepAlive: true, ownThreads: true }', { keepAlive: true, ownThreads: true }],
  ['{ use: mesh, memory: 64MiB, restart: temporary }', { memoryLimitMb: 64, restart: 'temporary' }],
  [
    '{ use: mesh, role: critical, onVoteFailure: proceed, onUnavailable: wait }',
    { role: 'critical', onVoteFailure: 'proceed', onUnavailable: 'wait' },
  ],
])('%s is registered with what it says', async (entry, registration) => {
  expect(await registeredWith(entry)).toMatchObject(registration);
});

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
