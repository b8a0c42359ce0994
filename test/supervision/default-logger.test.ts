import { createRegistry } from '@panoptes/workers';
import { afterEach, expect, it, vi } from 'vitest';
import { until } from '../fixtures/until.js';

const module = new URL('../fixtures/fat.observer.mjs', import.meta.url);

const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
afterEach(() => said.mockClear());
const lines = () => said.mock.calls.map(([, text]) => String(text));

const observers = { restart: { minBackoffMs: 1, maxBackoffMs: 2 } };

it('a registry without a logger tells on stderr what goes wrong, and nothing else', async () => {
  const registry = await createRegistry({ observers });
  const observer = await registry.registerObserver({ module });
  expect(lines()).toEqual([]);
  await observer.ask('prints', []);
  await until('it was told', () => lines().length === 1);
  expect(lines()[0]).toBe(
    "panoptes warn  observer 'fat', incarnation 1: a warning (stream=stderr)",
  );
  await observer.ask('throws', ['an error with its context'], { timeoutMs: 60_000 });
  await until('its crash was told', () => lines().length === 2);
  expect(lines()[1]).toMatch(
    /^panoptes warn {2}observer 'fat', incarnation 1: crashed: too much \(code=error\)\n {4}Error: too much\n {8}at /,
  );
  await registry.close();
  expect(lines()).toHaveLength(2);
});

it('a registry with logger: false says nothing', async () => {
  const registry = await createRegistry({ observers, logger: false });
  const observer = await registry.registerObserver({ module });
  await observer.ask('prints', []);
  await observer.ask('throws', ['an error with its context'], { timeoutMs: 60_000 });
  await until('it was started again', () => observer.stats().restarts === 1);
  await registry.close();
  expect(lines()).toEqual([]);
});

it('refuses what is no logger', async () => {
  for (const logger of [true, {}, null]) {
    await expect(createRegistry({ logger: logger as never })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
  }
});
