import { connect } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { streamStore } from '@panoptes/cluster';
import { BatchUpdate } from '@panoptes/core';
import { type PeerRegistry, createRegistry } from '@panoptes/workers';
import { CutLine } from '../fixtures/cut-line.js';
import { DigestModel, DurableHistory } from '../fixtures/durable-history.mjs';
import { NatsServer, noNatsServer } from '../fixtures/nats-server.js';
import { StoredObjects } from '../fixtures/stored-objects.js';
import { until } from '../fixtures/until.js';

const maxUnsyncedChanges = 2_000;

describe.skipIf(noNatsServer)(`a stream as a store (${noNatsServer ?? 'real server'})`, () => {
  let server: NatsServer;
  let model: DigestModel;
  beforeAll(async () => {
    server = await NatsServer.start();
    model = await DigestModel.make();
  });
  afterAll(async () => {
    await model.close();
    await server.end();
  });

  const open = (name: string, servers = server.url): Promise<PeerRegistry> => {
    const store = streamStore({ servers, name, snapshotEveryBytes: 2 ** 20 });
    return createRegistry({ store, durability: 'commit', maxUnsyncedChanges, logger: false });
  };

  /** Commits so many transactions, some hundred of them outstanding at a time. */
  async function commit(history: DurableHistory, count: number): Promise<void> {
    for (let left = count; left > 0; left -= 500) {
      await Promise.all(Array.from({ length: Math.min(left, 500) }, () => history.commit()));
    }
  }

  it('goes on where it was, in the next epoch', async () => {
    const first = await open('restarted');
    await commit(new DurableHistory(first), 700);
    expect(first.durableSeq).toBe(700);
    await first.close();
    const second = await open('restarted');
    expect(second).toMatchObject({ id: first.id, epoch: 2, lastSeq: 700 });
    expect(second.digest()).toBe(await model.at(700));
    await commit(new DurableHistory(second), 10);
    expect(second.lastSeq).toBe(710);
    expect(second.digest()).toBe(await model.at(710));
    await second.close();
  });

  it('C8 a server that is killed and comes back under load loses nothing and doubles nothing', async () => {
    const registry = await open('bounced');
    const history = new DurableHistory(registry);
    for (let round = 1; round <= 3; round++) {
      const committed = commit(history, 4_000);
      await until('some are durable', () => registry.durableSeq! > (round - 1) * 4_000 + 300);
      await server.kill();
      const reached = registry.durableSeq!;
      await until('it waits', () => registry.lastSeq > reached || registry.durableSeq! > reached);
      expect(registry.lastSeq - registry.durableSeq!).toBeLessThanOrEqual(maxUnsyncedChanges);
      await server.restart();
      await committed;
      expect(registry.lastSeq).toBe(round * 4_000);
      expect(registry.digest()).toBe(await model.at(registry.lastSeq));
    }
    await registry.close();
    const reopened = await open('bounced');
    expect(reopened.lastSeq).toBe(12_000);
    expect(reopened.digest()).toBe(await model.at(12_000));
    await reopened.close();
  });

  it('C8 waits, with no more outstanding than it may have, while its server is gone', async () => {
    const line = await CutLine.to(server.port);
    const registry = await open('waiting', line.url);
    const history = new DurableHistory(registry);
    await commit(history, 100);
    line.cut();
    const committed = Promise.all(Array.from({ length: 5_000 }, () => history.commit()));
    await until('it has no more room', () => registry.lastSeq >= 100 + maxUnsyncedChanges);
    expect(registry.durableSeq).toBe(100);
    line.mend();
    await committed;
    expect(registry.lastSeq).toBe(5_100);
    expect(registry.digest()).toBe(await model.at(5_100));
    await registry.close();
    await line.end();
  });

  it('C8 connections that are cut again and again under load lose nothing and double nothing', async () => {
    const line = await CutLine.to(server.port);
    const registry = await open('cut', line.url);
    const committed = commit(new DurableHistory(registry), 12_000);
    for (let cut = 1; cut <= 5; cut++) {
      await until('it gets on', () => registry.durableSeq! >= cut * 2_000);
      line.cut();
      line.mend();
    }
    await committed;
    await registry.close();
    const reopened = await open('cut');
    expect(reopened.lastSeq).toBe(12_000);
    expect(reopened.digest()).toBe(await model.at(12_000));
    await reopened.close();
    await line.end();
  });

  it('cuts the stream behind snapshots, and begins with the newest', async () => {
    const registry = await open('cut-off');
    const history = new DurableHistory(registry);
    const historyFrom = (): number => registry.storeStats()!.historyFrom;
    while (!(historyFrom() > 1)) await commit(history, 1_000);
    const { lastSeq } = registry;
    await registry.close();
    const reopened = await open('cut-off');
    expect(reopened.lastSeq).toBe(lastSeq);
    expect(reopened.digest()).toBe(await model.at(lastSeq));
    const [first] = await seen(reopened, 1, 1);
    expect(first).toBe('Resync');
    await reopened.close();
  });

  it('keeps two snapshots, and of those before not even their names', async () => {
    const registry = await open('often');
    const connection = await connect({ servers: server.url });
    const objects = new StoredObjects(connection, 'often');
    const names = new Set<string>();
    for (let round = 0; names.size < 5; round++) {
      const batch = new BatchUpdate();
      for (let number = 0; number < 900; number++) batch.upsert(largePeer(number, round));
      await registry.commitBatch(batch);
      for (const { name } of await objects.all()) names.add(name);
    }
    await until('the others are removed', async () => (await objects.subjects()).length === 2);
    expect(await objects.all()).toHaveLength(2);
    await connection.close();
    await registry.close();
  });

  it('gives a watch what was committed in earlier lives, each once', async () => {
    const first = await open('watched');
    await commit(new DurableHistory(first), 300);
    await first.close();
    const second = await open('watched');
    await commit(new DurableHistory(second), 50);
    const seqs = await seen(second, 20, 331);
    expect(seqs).toEqual(Array.from({ length: 331 }, (_, index) => `${20 + index}`));
    await second.close();
  });

  it('keeps a transaction that is larger than a message', async () => {
    const registry = await open('large');
    const batch = new BatchUpdate();
    for (let number = 0; number < 900; number++) batch.upsert(largePeer(number));
    await registry.commitBatch(batch);
    const digest = registry.digest();
    expect(registry.storeStats()!.unsynced).toBe(0);
    await registry.close();
    const reopened = await open('large');
    expect(reopened.peers.size).toBe(900);
    expect(reopened.digest()).toBe(digest);
    expect(await seen(reopened, 1, 1)).toEqual(['1']);
    await reopened.close();
  });
});

/** The first changes that a watch gives: their seqs, or what else they are. */
async function seen(registry: PeerRegistry, from: number, count: number): Promise<string[]> {
  const found: string[] = [];
  for await (const event of registry.watch({ from })) {
    found.push(event.kind === 'Resync' ? 'Resync' : `${event.seq}`);
    if (found.length === count) break;
  }
  return found;
}

function largePeer(number: number, round = 0): Parameters<BatchUpdate['upsert']>[0] {
  const publicKey = number.toString(16).padStart(2_000, '0');
  return {
    peerId: { nodeId: `peer-${number}`, publicKey, did: `did:zhtp:${publicKey.slice(-64)}` },
    trafficRouted: round,
  };
}
