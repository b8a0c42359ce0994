import { readFileSync } from 'node:fs';
import { figures } from '@panoptes/core';
import { builtInMetrics, createRegistry } from '@panoptes/workers';
import { expect, it } from 'vitest';
import { peerNamed } from '../fixtures/random-traffic.js';

const recorder = new URL('../fixtures/recorder.observer.mjs', import.meta.url);

it('the documents describe every figure as the code does, and no other', () => {
  const page = readFileSync(new URL('../../docs/FIGURES.md', import.meta.url), 'utf8');
  const rows = page
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  const described = [...Object.values(figures), ...Object.values(builtInMetrics)].flat();
  expect(described.length).toBeGreaterThan(40);
  expect(rows).toEqual(
    described.map(({ id, kind, unit, says }) => ['', `\`${id}\``, kind, unit, says, '']),
  );
});

it('every figure is there, and moves as it says', async () => {
  const registry = await createRegistry();
  const handle = await registry.registerObserver({ module: recorder });
  for (let n = 0; n < 20; n++) await registry.upsert(peerNamed(`peer-${n}`));
  await registry.settled();
  const stats = handle.stats();
  const described = (of: readonly { readonly id: string }[]) => of.map(({ id }) => id).sort();
  const numbers = (of: object) =>
    Object.entries(of).flatMap(([name, value]) => (typeof value === 'number' ? [name] : []));
  expect(numbers(stats).sort()).toEqual(described(figures.observers));
  expect(numbers(stats.commands).sort()).toEqual(described(figures.commands));
  const { commitMs, ...counters } = registry.counters;
  expect([...numbers(counters), 'commitMs'].sort()).toEqual(described(figures.registry));
  expect(commitMs).toMatchObject({ count: 20, mean: commitMs.sum / 20 });
  expect(commitMs.sum).toBeGreaterThan(0);
  const log = registry.logStats();
  expect(numbers(log).sort()).toEqual(described(figures.log));
  expect(log).toMatchObject({ lastSeq: 20, waits: 0, waitedMs: 0, passed: 0 });
  expect(log.writtenBytes).toBeGreaterThan(0);
  expect(log.writtenBytes).toBeLessThan(log.capacityBytes);
  expect(stats).toMatchObject({ cursor: 20, lag: 0, delivered: 20, failed: 0, incarnation: 1 });
  expect(stats.handlerP50Ms).toBeGreaterThan(0);
  expect(stats.handlerP99Ms).toBeGreaterThanOrEqual(stats.handlerP50Ms);
  const { supervisor } = registry.getObserverStats();
  for (const { id } of figures.supervisor) expect(supervisor[id]).toBe(0);
  expect(numbers(supervisor).sort()).toEqual(described(figures.supervisor));
  await registry.close();
});
