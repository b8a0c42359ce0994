// What lies in a store's folder in place of the files that a store has there.
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SyncFigures, fieldsHash } from '@panoptes/core/follower';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backupStore, restoreStore } from './store-backup.js';
import { dumpStore } from './store-dump.js';
import { inspectStore, verifyStore } from './store-report.js';
import { StoreThread } from './store-thread.js';

const folder = mkdtempSync(join(tmpdir(), 'panoptes-odd-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

let stores = 0;
const newPath = (): string => join(folder, `store-${++stores}`);

/** What a registry asks of a store's thread, on this one. */
async function opening(path: string): Promise<StoreThread> {
  const store = new StoreThread({ failed: () => undefined, brokenSpace: () => undefined });
  await store.open({
    ...{ path, id: 'b3c1e9a0-0000-4000-8000-000000000000', fields: fieldsHash },
    ...{ mapSizeBytes: 2 ** 24, historyBytes: 0, figures: new SyncFigures().buffer },
  });
  return store;
}

const first = newPath();
beforeAll(async () => (await opening(first)).close());

/** A store that was closed. */
function madeStore(): string {
  const path = newPath();
  cpSync(first, path, { recursive: true });
  return path;
}

type Put = (file: string) => void;

/** What is no file, and how it is called. */
const odd: readonly (readonly [string, Put])[] = [
  ['a folder', (file) => mkdirSync(file)],
  ['a pipe', (file) => void execFileSync('mkfifo', [file])],
  ['a device', (file) => symlinkSync('/dev/zero', file)],
  ['a link to what is not there', (file) => symlinkSync(join(folder, 'nowhere'), file)],
];

const refusal = (path: string, file: string, got: string): unknown =>
  expect.objectContaining({
    code: 'STORE_UNAVAILABLE',
    message: expect.stringContaining(
      `store ${path}: expected ${file} to be a file, got ${got}`,
    ) as string,
  });

describe.each(odd)('in place of a file, %s', (what, put) => {
  it.each(['peers.mdb', 'peers.mdb-lock', 'writer.lock'])(
    'is refused when a store is opened, as %s',
    async (name) => {
      const path = madeStore();
      rmSync(join(path, name), { force: true });
      put(join(path, name));
      await expect(opening(path)).rejects.toEqual(refusal(path, name, what));
      rmSync(join(path, name), { recursive: true });
      // A store as before, or a new one.
      await (await opening(path)).close();
    },
  );

  it.each(['unfinished.mdb', 'unfinished.mdb-lock'])(
    'is refused when a store is made, as %s',
    async (name) => {
      const path = newPath();
      mkdirSync(path);
      put(join(path, name));
      await expect(opening(path)).rejects.toEqual(refusal(path, name, what));
      expect(readdirSync(path)).toEqual([name]);
    },
  );

  it('is refused by each tool', async () => {
    const path = newPath();
    mkdirSync(path);
    put(join(path, 'peers.mdb'));
    const to = newPath();
    const isRefused = refusal(path, 'peers.mdb', what);
    await expect(inspectStore(path)).rejects.toEqual(isRefused);
    await expect(verifyStore(path)).rejects.toEqual(isRefused);
    await expect(dumpStore(path, () => undefined)).rejects.toEqual(isRefused);
    await expect(backupStore(path, to)).rejects.toEqual(isRefused);
    await expect(restoreStore(path, to)).rejects.toEqual(isRefused);
    const store = madeStore();
    await expect(restoreStore(store, path, true)).rejects.toEqual(isRefused);
    expect(readdirSync(path)).toEqual(['peers.mdb']);
    put(join(store, 'writer.lock'));
    await expect(verifyStore(store)).rejects.toEqual(refusal(store, 'writer.lock', what));
    rmSync(join(store, 'peers.mdb-lock'));
    put(join(store, 'peers.mdb-lock'));
    rmSync(join(store, 'writer.lock'), { recursive: true });
    await expect(backupStore(store, to)).rejects.toEqual(refusal(store, 'peers.mdb-lock', what));
  });
});

describe('a lock', () => {
  it.each([
    ['a few words', (file: string) => writeFileSync(file, 'my letter')],
    // Neither is read to its end.
    ['3 GB', (file: string) => (writeFileSync(file, ''), truncateSync(file, 3e9))],
  ])('that no store has written is left alone, however old it is: %s', async (_, put) => {
    const path = madeStore();
    const file = join(path, 'writer.lock');
    put(file);
    utimesSync(file, 0, 0);
    await expect(opening(path)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('none of a store; remove it if nobody needs it') as string,
    });
    expect(readdirSync(path)).toContain('writer.lock');
  });

  it.each(['', '\0\0\0\0', '{"pid":'])('that was cut off is taken: %j', async (text) => {
    const path = madeStore();
    const file = join(path, 'writer.lock');
    writeFileSync(file, text);
    utimesSync(file, 0, 0);
    const store = await opening(path);
    expect(readFileSync(file, 'utf8')).toContain(`"pid":${process.pid}`);
    await store.close();
  });

  it('is given back when its folder was moved meanwhile', async () => {
    const path = newPath();
    const store = await opening(path);
    const moved = newPath();
    renameSync(path, moved);
    await expect(opening(moved)).rejects.toMatchObject({ code: 'STORE_LOCKED' });
    await store.close();
    await (await opening(moved)).close();
    expect(await verifyStore(moved)).toMatchObject({ epoch: 2, writer: undefined });
    expect(readdirSync(moved)).not.toContain('writer.lock');
  });
});
