import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type LmdbStoreOptions, lmdbStore } from '@panoptes/store';
import { afterAll, describe, expect, it } from 'vitest';
import { StoredLog, commitNext, peerInput } from '../fixtures/stored-log.mjs';

const folder = mkdtempSync(join(tmpdir(), 'panoptes-refused-stores-'));
chmodSync(folder, 0o777);
afterAll(() => rmSync(folder, { recursive: true }));

let stores = 0;
const newPath = (): string => join(folder, `store-${++stores}`);
const opening = (path: string): Promise<StoredLog> => StoredLog.open(lmdbStore({ path }));
const containing = (text: string): string => expect.stringContaining(text) as string;

/** A store with some peers, closed. */
async function madeStore(options?: Partial<LmdbStoreOptions>): Promise<string> {
  const path = newPath();
  const log = await StoredLog.open(lmdbStore({ path, ...options }));
  for (let count = 0; count < 20; count++) await commitNext(log);
  await log.close();
  return path;
}

describe('a store that another one has', () => {
  it('E6 is refused, and the other process is named', async () => {
    const path = newPath();
    const writer = fileURLToPath(new URL('../fixtures/stored-writer.mjs', import.meta.url));
    const child = spawn(process.execPath, [writer, path, '0']);
    try {
      await new Promise((resolve) => child.stdout.once('data', resolve));
      await expect(opening(path)).rejects.toMatchObject({
        code: 'STORE_LOCKED',
        message: containing(`process ${child.pid}, since 20`),
      });
    } finally {
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('close', resolve));
    }
    // The lock of a dead process is taken.
    const log = await opening(path);
    expect(log.opened.kept.epoch).toBe(2);
    await log.close();
  });

  it('is refused within one process, too', async () => {
    const path = newPath();
    const log = await opening(path);
    await expect(opening(path)).rejects.toMatchObject({ code: 'STORE_LOCKED' });
    await log.close();
  });

  it('is refused as long as a writer on another machine shows that it runs', async () => {
    const path = await madeStore();
    const owner = { pid: 1, host: `not-${hostname()}`, started: null, since: '2026-01-01' };
    writeFileSync(join(path, 'writer.lock'), JSON.stringify(owner));
    await expect(opening(path)).rejects.toMatchObject({
      code: 'STORE_LOCKED',
      message: containing(`process 1 on not-${hostname()}`),
    });
  });

  it('is lost to it: whoever finds a later epoch there writes nothing', async () => {
    const path = newPath();
    const first = await opening(path);
    await first.commit(peerInput(1));
    await first.durable();
    // As when its machine had slept, and another took the lock for a dead one's.
    rmSync(join(path, 'writer.lock'));
    const second = await opening(path);
    await first.commit(peerInput(2));
    await expect(first.durable()).rejects.toMatchObject({
      code: 'STORE_LOCKED',
      message: containing('another registry has become its writer'),
    });
    await second.commit(peerInput(3));
    await second.durable();
    await first.close().catch(() => undefined);
    await second.close();
    const third = await opening(path);
    expect(third.table.size).toBe(2);
    await third.close();
  });
});

describe('a store that cannot be read', () => {
  it('is refused when its peers have other fields', async () => {
    const path = await madeStore();
    const other = StoredLog.open(lmdbStore({ path }), { fields: '0'.repeat(32) });
    await expect(other).rejects.toMatchObject({ code: 'STORE_FIELDS', message: containing(path) });
  });

  it('is refused when its path is a file', async () => {
    const path = newPath();
    writeFileSync(path, '');
    await expect(opening(path)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await expect(opening(join(path, 'in-it'))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  it('is refused where this process may not write', async () => {
    const path = await madeStore();
    chmodSync(path, 0o555);
    const opener = fileURLToPath(new URL('../fixtures/stored-writer.mjs', import.meta.url));
    // Whom nothing is forbidden is somebody else for a moment.
    const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const { stderr } = spawnSync(process.execPath, [opener, path, '0'], {
      encoding: 'utf8',
      ...user,
    });
    expect(stderr).toContain("code: 'STORE_UNAVAILABLE'");
    expect(stderr).toContain('give it a folder that this process may read and write');
    chmodSync(path, 0o755);
    const log = await opening(path);
    await log.close();
  });
});

describe('a store that cannot be written any more', () => {
  it('E7 fails when its folder was removed, and moves its cursor no further', async () => {
    const path = newPath();
    const log = await opening(path);
    await log.commit(peerInput(1));
    await log.durable();
    rmSync(path, { recursive: true });
    await log.commit(peerInput(2));
    await expect(log.durable()).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: containing('removed or replaced'),
    });
    expect(log.durableSeq).toBe(1);
    expect(existsSync(path)).toBe(false);
    await expect(log.close()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  it('fails when it is as large as it may be, keeps what was durable, and opens with more', async () => {
    const path = newPath();
    const log = await StoredLog.open(
      lmdbStore({ path, mapSizeBytes: 1024 * 1024, historyBytes: 0 }),
    );
    let failure: unknown;
    for (let peer = 0; failure === undefined && peer < 50_000; peer++) {
      await log.commit(peerInput(peer)).catch((error: unknown) => (failure = error));
    }
    expect(failure).toMatchObject({ code: 'STORE_FULL', message: containing('mapSizeBytes') });
    const { durableSeq } = log;
    await expect(log.close()).rejects.toMatchObject({ code: 'STORE_FULL' });
    const again = await opening(path);
    expect(again.opened.kept).toMatchObject({ lastSeq: durableSeq, peers: durableSeq });
    await again.close();
  });

  const writer = fileURLToPath(new URL('../fixtures/stored-writer.mjs', import.meta.url));

  it.each([
    // No file may be larger than so many blocks: to a process that is a full disk.
    ['of a process', 'ulimit -f 400; exec "$0" "$1" "$2" 0'],
    // A write that finds no room at all is another error than one that finds some.
    ['of a process, to a page', 'ulimit -f 256; exec "$0" "$1" "$2" 0'],
  ])('fails when the disk is full (%s), and goes on when there is room', async (_, script) => {
    const path = newPath();
    const command = ['-c', script, process.execPath, writer, path];
    await expectFull(path, spawnSync('sh', command, { encoding: 'utf8' }));
  });

  it('E7 fails when the disk is full, and goes on when there is room', async ({ skip }) => {
    const disk = join(folder, 'small-disk');
    mkdirSync(disk);
    // Not everybody may do that; nor has every system such disks.
    const mount = ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk];
    skip(spawnSync('mount', mount).status !== 0, 'no disk can be mounted here');
    try {
      const path = join(disk, 'store');
      const command = [writer, path, '0'];
      const ended = spawnSync(process.execPath, command, { encoding: 'utf8' });
      const larger = ['-o', 'remount,size=64m', disk];
      expect(spawnSync('mount', larger).status).toBe(0);
      await expectFull(path, ended);
    } finally {
      spawnSync('umount', [disk]);
    }
  });

  /** The writer said that its disk was full, and all that it had said was durable is there. */
  async function expectFull(
    path: string,
    ended: { stdout: string; stderr: string },
  ): Promise<void> {
    expect(ended.stderr).toContain("code: 'STORE_FULL'");
    expect(ended.stderr).toContain('make room there');
    const last = JSON.parse(ended.stdout.trim().split('\n').at(-1)!) as { durable?: number };
    const log = await opening(path);
    expect(log.lastSeq).toBeGreaterThanOrEqual(last.durable ?? 0);
    for (let count = 0; count < 100; count++) await commitNext(log);
    await log.close();
  }
});

describe('lmdbStore', () => {
  it.each([
    [{}, "option 'path': expected text"],
    [{ path: '' }, "option 'path': expected the path of a folder"],
    [{ path: 'a\0b' }, "option 'path': expected the path of a folder"],
    [{ path: 'x', mapSizeBytes: 1 }, "option 'mapSizeBytes': expected a number from 1048576"],
    [{ path: 'x', historyBytes: -1 }, "option 'historyBytes': expected a number from 0"],
    [{ path: 'x', historySize: 1 }, "'historySize'"],
  ])('refuses %j at once', (options, message) => {
    expect(() => lmdbStore(options as LmdbStoreOptions)).toThrow(message);
  });
});
