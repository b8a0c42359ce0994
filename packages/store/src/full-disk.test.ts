// A store on a disk without room: it says so, and leaves nothing behind.
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  truncateSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SyncFigures, fieldsHash } from '@panoptes/core/follower';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeStore } from './new-store.js';
import { backupStore, restoreStore } from './store-backup.js';
import { StoreDatabase } from './store-database.js';
import { firstState } from './store-layout.js';
import { verifyStore } from './store-report.js';
import { StoreThread } from './store-thread.js';
import { StoredFile } from './stored-file.js';

const folder = mkdtempSync(join(tmpdir(), 'panoptes-full-disk-'));
const disk = join(folder, 'disk');
mkdirSync(disk);
const id = 'b3c1e9a0-0000-4000-8000-000000000000';

/** Not everybody may do that; nor has every system such disks. */
const isMounted =
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', disk]).status === 0;
afterAll(() => {
  if (isMounted) spawnSync('umount', [disk]);
  rmSync(folder, { recursive: true });
});

/** Leaves so many bytes of the disk. */
function fill(left: number): void {
  const file = join(disk, 'fill');
  let bytes = 0;
  rmSync(file, { force: true });
  try {
    for (; ; bytes += 4_096) appendFileSync(file, Buffer.alloc(4_096));
  } catch {
    truncateSync(file, bytes - left);
  }
}

async function open(path: string): Promise<void> {
  const store = new StoreThread({ failed: () => undefined, brokenSpace: () => undefined });
  await store.open({
    ...{ path, id, fields: fieldsHash },
    ...{ mapSizeBytes: 2 ** 24, historyBytes: 0, figures: new SyncFigures().buffer },
  });
  await store.close();
}

const nothingBegun = expect.objectContaining({
  code: 'STORE_FULL',
  message: expect.stringContaining('make room there, then try again: nothing was begun') as string,
}) as Error;

describe.skipIf(!isMounted)('on a full disk', () => {
  it('a new store leaves nothing, wherever its room ends', async () => {
    const path = join(disk, 'new');
    let left = 4_096;
    for (; !existsSync(join(path, 'peers.mdb')); left += 4_096) {
      fill(left);
      await open(path).catch((error: unknown) => {
        expect(error).toEqual(nothingBegun);
        expect(readdirSync(path)).toEqual([]);
      });
    }
    // Its lock, lmdb's and some pages: as many ways to end.
    expect(left).toBeGreaterThan(131_072);
    rmSync(path, { recursive: true });
  });

  describe('a copy', () => {
    const large = join(folder, 'large');
    beforeAll(async () => {
      mkdirSync(large);
      await makeStore(large, firstState(id, fieldsHash));
      const file = new StoredFile(large);
      const limits = { mapSizeBytes: 2 ** 24, historyBytes: 2 ** 20 };
      const database = new StoreDatabase(large, file.check(), limits);
      file.close();
      await database.close();
    });

    it.each([
      ['backed up', backupStore],
      ['restored', restoreStore],
    ])('that is %s leaves nothing, wherever its room ends', async (_, copy) => {
      const path = join(disk, 'copy');
      let left = 4_096;
      for (; !existsSync(join(path, 'peers.mdb')); left += 4_096) {
        fill(left);
        await copy(large, path).catch((error: unknown) => {
          expect(error).toEqual(nothingBegun);
          expect(readdirSync(path)).toEqual([]);
        });
      }
      expect(left).toBeGreaterThan(131_072);
      await verifyStore(path);
      rmSync(path, { recursive: true });
    });
  });

  it('a store is there when there is room again', async () => {
    const path = join(disk, 'old');
    fill(262_144);
    await open(path);
    // As a backup is brought back: without lmdb's own.
    rmSync(join(path, 'peers.mdb-lock'));
    fill(0);
    await expect(open(path)).rejects.toMatchObject({
      code: 'STORE_FULL',
      message: expect.stringContaining('all that was durable is there') as string,
    });
    rmSync(join(disk, 'fill'));
    await open(path);
    expect(await verifyStore(path)).toMatchObject({ epoch: 2, writer: undefined });
  });
});
