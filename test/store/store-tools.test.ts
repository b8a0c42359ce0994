import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PeerEntry } from '@panoptes/core';
import {
  backupStore,
  dumpStore,
  inspectStore,
  lmdbStore,
  restoreStore,
  verifyStore,
} from '@panoptes/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HistoryModel, StoredLog, commitNext } from '../fixtures/stored-log.mjs';

const folder = mkdtempSync(join(tmpdir(), 'panoptes-store-tools-'));
afterAll(() => rmSync(folder, { recursive: true }));

let stores = 0;
const newPath = (): string => join(folder, `store-${++stores}`);
const opening = (path: string): Promise<StoredLog> => StoredLog.open(lmdbStore({ path }));

let model: HistoryModel;
beforeAll(async () => {
  model = await HistoryModel.make();
});

async function madeStore(transactions: number): Promise<string> {
  const path = newPath();
  const log = await opening(path);
  while (log.lastSeq < transactions) await commitNext(log);
  await log.close();
  return path;
}

/** Uses a store while its registry commits all the time. */
async function whileRunning<Result>(path: string, use: () => Promise<Result>): Promise<Result> {
  const log = await opening(path);
  let isOver = false;
  const commits = (async () => {
    while (!isOver) {
      for (let count = 0; count < 20; count++) await commitNext(log);
      await log.durable();
    }
  })();
  try {
    return await use();
  } finally {
    isOver = true;
    await commits;
    await log.close();
  }
}

describe('inspecting and verifying', () => {
  it('tell the same of a whole store', async () => {
    const path = await madeStore(200);
    const report = await inspectStore(path);
    expect(report).toMatchObject({
      ...{ path, version: 2, isReadable: true, epoch: 1, lastSeq: 200, lastTime: 1_200 },
      ...{ observers: 0, fileBytes: statSync(join(path, 'peers.mdb')).size, writer: undefined },
    });
    expect(report.history.from).toBe(1);
    expect(report.peers).toBeGreaterThan(50);
    expect(await verifyStore(path)).toEqual(report);
  });

  it('say who writes there, and work meanwhile', async () => {
    const path = await madeStore(200);
    await whileRunning(path, async () => {
      for (let times = 0; times < 10; times++) {
        const report = await verifyStore(path);
        expect(report).toMatchObject({ epoch: 2, writer: { pid: process.pid } });
        expect(report.lastSeq).toBeGreaterThanOrEqual(200);
        expect((await inspectStore(path)).lastSeq).toBeGreaterThanOrEqual(report.lastSeq);
      }
    });
  });

  it('leave nothing behind where there is no store', async () => {
    const path = newPath();
    await expect(inspectStore(path)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(existsSync(path)).toBe(false);
  });
});

describe('a backup', () => {
  it('holds one transaction whole, also when it is taken while the registry writes', async () => {
    const path = await madeStore(200);
    const copies = await whileRunning(path, async () => {
      const reports = [];
      for (let times = 0; times < 4; times++) reports.push(await backupStore(path, newPath()));
      return reports;
    });
    for (const { path: copy, lastSeq } of copies) {
      expect(lastSeq).toBeGreaterThanOrEqual(200);
      expect(readdirSync(copy)).toEqual(['peers.mdb']);
      const log = await opening(copy);
      expect(log.lastSeq).toBe(lastSeq);
      expect(log.digest).toBe(await model.digestAt(lastSeq));
      await log.close();
    }
  });

  it('is restored into an empty place, and the registry goes on from there', async () => {
    const path = await madeStore(100);
    const copy = newPath();
    await backupStore(path, copy);
    const again = newPath();
    expect(await restoreStore(copy, again)).toMatchObject({ lastSeq: 100, epoch: 1 });
    const log = await opening(again);
    expect(log.opened.kept).toMatchObject({ epoch: 2, lastSeq: 100 });
    for (let count = 0; count < 50; count++) await commitNext(log);
    expect(log.digest).toBe(await model.digestAt(150));
    await log.close();
  });

  it('replaces a store only when it is to, and its epochs stay used', async () => {
    const path = await madeStore(100);
    const copy = newPath();
    await backupStore(path, copy);
    for (let life = 0; life < 3; life++) await (await opening(path)).close();
    await expect(restoreStore(copy, path)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await restoreStore(copy, path, true)).toMatchObject({ epoch: 4, lastSeq: 100 });
    const log = await opening(path);
    expect(log.opened.kept.epoch).toBe(5);
    await log.close();
  });

  it('is not taken of a damaged store, nor restored from a damaged one', async () => {
    const path = await madeStore(100);
    const damaged = newPath();
    mkdirSync(damaged);
    const file = join(damaged, 'peers.mdb');
    copyFileSync(join(path, 'peers.mdb'), file);
    truncateSync(file, statSync(file).size - 8_192);
    const to = newPath();
    await expect(backupStore(damaged, to)).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
    await expect(restoreStore(damaged, to)).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
    expect(existsSync(to)).toBe(false);
  });

  it('is not restored over a registry that runs', async () => {
    const path = await madeStore(100);
    const copy = newPath();
    await backupStore(path, copy);
    await whileRunning(path, async () => {
      await expect(restoreStore(copy, path, true)).rejects.toMatchObject({ code: 'STORE_LOCKED' });
    });
  });
});

describe('a dump', () => {
  it('has every peer, in the order of their node ids', async () => {
    const path = await madeStore(100);
    const peers: PeerEntry[] = [];
    await dumpStore(path, (peer) => void peers.push(peer));
    const log = await opening(path);
    expect(peers).toHaveLength(log.table.size);
    const ids = peers.map(({ peerId }) => peerId.nodeId);
    expect(ids).toEqual(ids.toSorted());
    for (const peer of peers) {
      const slot = log.table.identities.withNodeId(peer.peerId.nodeId)!;
      expect(peer).toEqual(log.table.entryAt(slot));
    }
    await log.close();
  });
});

describe('each tool', () => {
  const tools = { backupStore, dumpStore, inspectStore, restoreStore, verifyStore };
  it.each(Object.entries(tools))('refuses what is no path: %s', async (_, tool) => {
    const thrower = new Proxy(
      {},
      {
        get: () => {
          throw new Error('no');
        },
      },
    );
    const call = tool as (...given: unknown[]) => Promise<unknown>;
    for (const value of [undefined, null, 1, {}, [], Symbol('x'), '', 'a\0b', thrower]) {
      await expect(call(value, value)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    }
  });
});
