import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lmdbStore } from '@panoptes/store';
import { type CreateRegistryOptions, createRegistry } from '@panoptes/workers';
import { afterAll, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'panoptes-refused-options-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('a clock that tells no time leaves the store’s epoch as it was', async () => {
  const open = (more: CreateRegistryOptions = {}) =>
    createRegistry({ logger: false, store: lmdbStore({ path: join(folder, 'store') }), ...more });
  const first = await open();
  await first.close();
  const clock = { now: () => NaN, monotonic: () => 0, after: () => () => undefined };
  await expect(open({ clock })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  const second = await open();
  expect([first.epoch, second.epoch]).toEqual([1, 2]);
  await second.close();
});
