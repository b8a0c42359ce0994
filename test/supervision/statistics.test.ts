import { readFileSync } from 'node:fs';
import { observerCounters, supervisorCounters } from '@panoptes/core';
import { createRegistry } from '@panoptes/workers';
import { expect, it } from 'vitest';
import { peerNamed } from '../fixtures/random-traffic.js';

const recorder = new URL('../fixtures/recorder.observer.mjs', import.meta.url);

it('the documents describe every figure as the code does', () => {
  const page = readFileSync(new URL('../../docs/SEMANTICS.md', import.meta.url), 'utf8');
  const cells = page
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  for (const { id, unit, says } of [...observerCounters, ...supervisorCounters]) {
    expect(cells).toContainEqual(['', `\`${id}\``, unit, says, '']);
  }
});

it('every figure is there, and moves as it says', async () => {
  const registry = await createRegistry();
  const handle = await registry.registerObserver({ module: recorder });
  for (let n = 0; n < 20; n++) await registry.upsert(peerNamed(`peer-${n}`));
  await registry.settled();
  const figures = handle.stats();
  for (const { id } of observerCounters) expect(figures[id]).toBeTypeOf('number');
  expect(figures).toMatchObject({ cursor: 20, lag: 0, delivered: 20, failed: 0, incarnation: 1 });
  expect(figures.handlerP50Ms).toBeGreaterThan(0);
  expect(figures.handlerP99Ms).toBeGreaterThanOrEqual(figures.handlerP50Ms);
  const { supervisor } = registry.getObserverStats();
  for (const { id } of supervisorCounters) expect(supervisor[id]).toBe(0);
  await registry.close();
});
