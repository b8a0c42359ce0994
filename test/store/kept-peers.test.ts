import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lmdbStore } from '@panoptes/store';
import { afterAll, describe, expect, it } from 'vitest';
import { HistoryModel, StoredLog, commitNext, peerInput } from '../fixtures/stored-log.mjs';

const folder = mkdtempSync(join(tmpdir(), 'panoptes-kept-peers-'));
afterAll(() => rmSync(folder, { recursive: true }));

let stores = 0;
const newPath = (): string => join(folder, `store-${++stores}`);

async function runsFrom(log: StoredLog, from: number): Promise<{ first: number; last: number }[]> {
  const runs: { first: number; last: number }[] = [];
  for await (const bytes of log.opened.history(from)) {
    const run = Buffer.from(bytes);
    runs.push({ first: run.readDoubleLE(40), last: run.readDoubleLE(48) });
  }
  return runs;
}

describe('a store', () => {
  it('begins empty, in epoch 1 of the registry that opened it first', async () => {
    const path = newPath();
    const log = await StoredLog.open(lmdbStore({ path }), { id: 'first' });
    expect(log.opened.kept).toEqual({ id: 'first', epoch: 1, lastSeq: 0, lastTime: 0, peers: 0 });
    await log.close();
    const again = await StoredLog.open(lmdbStore({ path }), { id: 'second' });
    expect(again.opened.kept).toMatchObject({ id: 'first', epoch: 2, lastSeq: 0 });
    await again.close();
  });

  it('gives back the peers of its last transaction, life after life', async () => {
    const path = newPath();
    const model = await HistoryModel.make();
    for (let life = 1; life <= 4; life++) {
      const log = await StoredLog.open(lmdbStore({ path }));
      expect(log.opened.kept).toMatchObject({ epoch: life, lastSeq: (life - 1) * 500 });
      expect(log.digest).toBe(await model.digestAt(log.lastSeq));
      expect(log.table.size).toBe(log.opened.kept.peers);
      for (let count = 0; count < 500; count++) await commitNext(log);
      // All that is published is written by its end.
      await log.close();
    }
  });

  it('moves its cursor only when all of a transaction is kept', async () => {
    const log = await StoredLog.open(lmdbStore({ path: newPath() }), { maxUnsyncedMs: 600_000 });
    await log.commit(peerInput(1), peerInput(2));
    expect(log.durableSeq).toBe(0);
    await log.close();
    expect(log.durableSeq).toBe(1);
  });

  it('gathers changes for so long as it is told, and no longer', async () => {
    const log = await StoredLog.open(lmdbStore({ path: newPath() }), { maxUnsyncedMs: 30 });
    await log.commit(peerInput(1));
    await log.durable();
    expect(log.durableSeq).toBe(1);
    expect(log.opened.figures().syncP50Ms).toBeGreaterThan(0);
    await log.close();
  });

  it('gathers no more than half of what the registry lets get ahead', async () => {
    const waits = { maxUnsyncedMs: 600_000, maxUnsyncedChanges: 20 };
    const log = await StoredLog.open(lmdbStore({ path: newPath() }), waits);
    for (let peer = 0; peer < 10; peer++) await log.commit(peerInput(peer));
    await log.durable();
    expect(log.durableSeq).toBe(10);
    await log.close();
  });

  it('keeps peers with texts and keys of any length', async () => {
    const path = newPath();
    const log = await StoredLog.open(lmdbStore({ path }));
    const peerId = { nodeId: 'ä'.repeat(128), publicKey: 'ab'.repeat(4_096), did: 'did:zhtp:ab' };
    await log.commit({ peerId }, peerInput(1));
    await log.commit({ peerId, trustScore: 0.5 });
    const { digest } = log;
    await log.close();
    const again = await StoredLog.open(lmdbStore({ path }));
    expect(again.digest).toBe(digest);
    await again.close();
  });

  it('takes more than one transaction of its own for what is larger than that', async () => {
    const path = newPath();
    const log = await StoredLog.open(lmdbStore({ path }), { logBytes: 64 * 1024 * 1024 });
    for (let peer = 0; peer < 25_000; peer++) await log.commit(peerInput(peer));
    await log.durable();
    const { digest } = log;
    await log.close();
    const again = await StoredLog.open(lmdbStore({ path }));
    expect(again.digest).toBe(digest);
    await again.close();
  });

  it('leaves no lock behind', async () => {
    const path = newPath();
    const log = await StoredLog.open(lmdbStore({ path }));
    expect(readdirSync(path)).toContain('writer.lock');
    await log.close();
    expect(readdirSync(path).sort()).toEqual(['peers.mdb', 'peers.mdb-lock']);
  });
});

describe('the history of a store', () => {
  it('has the changes from any seq that is kept on, across lives', async () => {
    const path = newPath();
    for (let life = 1; life <= 2; life++) {
      const log = await StoredLog.open(lmdbStore({ path }));
      for (let count = 0; count < 100; count++) {
        await commitNext(log);
        if (count % 10 === 0) await log.durable();
      }
      await log.durable();
      expect(log.opened.figures().historyFrom).toBe(1);
      for (const from of [1, 50, life * 100]) {
        const runs = await runsFrom(log, from);
        expect(runs[0]!.first).toBeLessThanOrEqual(from);
        expect(runs[0]!.last).toBeGreaterThanOrEqual(from);
        runs.slice(1).forEach(({ first }, index) => expect(first).toBe(runs[index]!.last + 1));
        expect(runs.at(-1)!.last).toBe(life * 100);
      }
      expect(await runsFrom(log, life * 100 + 1)).toEqual([]);
      await log.close();
    }
  });

  it('is cut to historyBytes, oldest first', async () => {
    const path = newPath();
    const historyBytes = 64 * 1024;
    const log = await StoredLog.open(lmdbStore({ path, historyBytes }));
    for (let count = 0; count < 1_000; count++) {
      await commitNext(log);
      if (count % 20 === 0) await log.durable();
    }
    await log.durable();
    const { historyFrom } = log.opened.figures();
    expect(historyFrom).toBeGreaterThan(500);
    const runs = await runsFrom(log, historyFrom);
    expect(runs[0]!.first).toBe(historyFrom);
    await expect(runsFrom(log, historyFrom - 1)).rejects.toMatchObject({
      code: 'STORE_HISTORY_GONE',
      message: expect.stringContaining(`those from ${historyFrom} on are kept`) as string,
    });
    await log.close();
  });

  it('is not there with historyBytes: 0, nor in a later life', async () => {
    const path = newPath();
    const log = await StoredLog.open(lmdbStore({ path }));
    for (let count = 0; count < 20; count++) await commitNext(log);
    await log.close();
    for (const historyBytes of [0, 1_000_000]) {
      const again = await StoredLog.open(lmdbStore({ path, historyBytes }));
      expect(again.opened.figures().historyFrom).toBeNaN();
      await expect(runsFrom(again, 20)).rejects.toMatchObject({ code: 'STORE_HISTORY_GONE' });
      expect(await runsFrom(again, 21)).toEqual([]);
      await again.close();
    }
  });
});
