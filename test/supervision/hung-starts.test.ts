import { availableParallelism } from 'node:os';
import { createRegistry } from '@panoptes/workers';
import { describe, expect, it } from 'vitest';
import { until } from '../fixtures/until.js';

const module = new URL('../fixtures/hung-start.observer.mjs', import.meta.url);

describe('observers that hang in setup, more than there are processors', () => {
  it('keep nobody from starting, nor from starting again', async () => {
    const count = availableParallelism() + 1;
    const registry = await createRegistry({
      observers: { startTimeoutMs: 600_000, restart: { minBackoffMs: 1 } },
    });
    const register = (name: string, from: number) =>
      registry.registerObserver({ module, name, options: { from } });
    const healthy = await register('healthy', Infinity);
    const again = await Promise.all(
      Array.from({ length: count }, (_, n) => register(`hangs again ${n}`, 2)),
    );
    for (const handle of again) void handle.ask('die', []).catch(() => undefined);
    const first = Array.from({ length: count }, (_, n) =>
      register(`hangs first ${n}`, 1).catch((error: unknown) => (error as { code: string }).code),
    );
    await until('they hang', () => again.every(({ state }) => state === 'starting'));

    expect(await (await register('new', Infinity)).ask('isThere', [])).toBe(true);
    await healthy.ask('die', []).catch(() => undefined);
    await until('it is back', () => healthy.stats().restarts === 1 && healthy.state === 'live');
    expect(await healthy.ask('isThere', [])).toBe(true);
    await registry.close();
    expect(new Set(await Promise.all(first))).toEqual(new Set(['OBSERVER_START_FAILED']));
  });
});
