import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lmdbStore } from '@panoptes/store';
import { afterAll, expect, it } from 'vitest';
import { until } from '../fixtures/until.js';
import { ProcessScene, ask } from './process-scene.js';

const folder = mkdtempSync(join(tmpdir(), 'panoptes-process-'));
afterAll(() => rmSync(folder, { recursive: true }));
const module = new URL('../fixtures/ledger.observer.mjs', import.meta.url);

interface Ledger {
  readonly count: number;
  readonly last: number;
  readonly snapshots: number;
  readonly before: number | undefined;
}

const open = () =>
  ProcessScene.begin({
    store: lmdbStore({ path: join(folder, 'store'), historyBytes: 2 ** 26 }),
    maxUnsyncedMs: 5,
  });

it('an observer in a process goes on from what it has stored, after its own end and its registry’s', async () => {
  const first = await open();
  const ledger = await first.register({ module, resume: true });
  await first.commit(500);
  await first.registry.settled();
  expect(await ask<Ledger>(ledger, 'told')).toMatchObject({ count: 500, last: 500, snapshots: 1 });
  // One frame may be under way at its end: what it says is older then, and nothing is lost.
  await until('it has stored something', async () => {
    await first.commit(1);
    return ledger.stats().cursor > 520;
  });
  await ask(ledger, 'die').catch(() => undefined);
  await first.restarted(ledger);
  await first.registry.settled();
  const { lastSeq } = first.registry;
  const again = { count: lastSeq, last: lastSeq, snapshots: 0 };
  expect(await ask<Ledger>(ledger, 'told')).toMatchObject(again);
  expect(ledger.stats()).toMatchObject({ resumes: 1, restarts: 1 });
  await first.registry.close();

  const second = await open();
  await second.commit(100);
  const next = await second.register({ module, resume: true });
  await second.registry.settled();
  expect(await ask<Ledger>(next, 'told')).toMatchObject({
    count: second.registry.lastSeq,
    before: lastSeq,
    snapshots: 0,
  });
  await second.registry.close();
});
