import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { streamSource, streamStore } from '@panoptes/cluster';
import {
  type CreateReplicaOptions,
  type PeerRegistry,
  type PeerReplica,
  builtIn,
  createRegistry,
  createReplica,
} from '@panoptes/workers';
import { CutLine } from '../fixtures/cut-line.js';
import { DigestModel, DurableHistory } from '../fixtures/durable-history.mjs';
import { NatsServer, noNatsServer } from '../fixtures/nats-server.js';
import { peerNamed } from '../fixtures/random-traffic.js';
import { until } from '../fixtures/until.js';

describe.skipIf(noNatsServer)(`replicas of a stream (${noNatsServer ?? 'real server'})`, () => {
  let server: NatsServer;
  let model: DigestModel;
  const open: { close(): Promise<void> }[] = [];
  beforeAll(async () => {
    server = await NatsServer.start();
    model = await DigestModel.make();
  });
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close().catch(() => undefined);
  });
  afterAll(async () => {
    await model.close();
    await server.end();
  });

  async function primaryOf(name: string): Promise<PeerRegistry> {
    const store = streamStore({ servers: server.url, name, snapshotEveryBytes: 2 ** 20 });
    const primary = await createRegistry({ store, durability: 'commit', logger: false });
    open.push(primary);
    return primary;
  }

  async function replicaOf(
    name: string,
    { servers = server.url, ...options }: Partial<CreateReplicaOptions> & { servers?: string } = {},
  ): Promise<PeerReplica> {
    const source = streamSource({ servers, name });
    const replica = await createReplica({ source, logger: false, ...options });
    open.push(replica);
    return replica;
  }

  async function commit(history: DurableHistory, count: number): Promise<void> {
    for (let left = count; left > 0; left -= 500) {
      await Promise.all(Array.from({ length: Math.min(left, 500) }, () => history.commit()));
    }
  }

  async function checkEqual(replica: PeerReplica, seq: number): Promise<void> {
    await replica.atLeast(seq, { timeoutMs: 60_000 });
    expect(replica.lastSeq).toBe(seq);
    expect(replica.digest()).toBe(await model.at(seq));
  }

  it('C3 C4 have the peers of the primary, and what it commits, and so have their observers', async () => {
    const primary = await primaryOf('followed');
    const history = new DurableHistory(primary);
    await commit(history, 800);
    const replica = await replicaOf('followed');
    expect(replica).toMatchObject({ id: primary.id, epoch: 1, isReplica: true });
    await checkEqual(replica, 800);
    const module = builtIn('kademlia');
    const observers = await Promise.all(
      [primary, replica].map((one) => one.registerObserver({ module })),
    );
    await commit(history, 1_200);
    await checkEqual(replica, 2_000);
    await Promise.all([primary.settled(), replica.settled()]);
    const [at, there] = await Promise.all(observers.map((one) => one.digest()));
    expect(there).toBe(at);
    await until('nothing is behind', () => replica.lag.transactions === 0);
  });

  it('C9 tell when they have what was acknowledged', async () => {
    const primary = await primaryOf('read');
    const replica = await replicaOf('read');
    const { seq } = await primary.upsert(peerNamed('one'));
    const peers = await replica.atLeast(seq);
    expect(peers.get('one')?.peerId.nodeId).toBe('one');
    await expect(replica.atLeast(seq + 1, { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'REPLICA_BEHIND',
    });
  });

  it('C3 go on with the next primary, in its epoch', async () => {
    const first = await primaryOf('taken-over');
    await commit(new DurableHistory(first), 300);
    const replica = await replicaOf('taken-over');
    await first.close();
    const second = await primaryOf('taken-over');
    await commit(new DurableHistory(second), 300);
    await checkEqual(replica, 600);
    expect(replica.epoch).toBe(2);
  });

  it('C8 go on when their server was killed under load and came back', async () => {
    const primary = await primaryOf('bounced');
    const replica = await replicaOf('bounced');
    const history = new DurableHistory(primary);
    for (let round = 1; round <= 2; round++) {
      const committed = commit(history, 3_000);
      await until('it has some', () => replica.lastSeq > (round - 1) * 3_000 + 300);
      await server.kill();
      await server.restart();
      await committed;
      await checkEqual(replica, round * 3_000);
    }
  });

  it('C7 that were away until the stream was cut begin anew with a snapshot', async () => {
    const primary = await primaryOf('cut');
    const history = new DurableHistory(primary);
    await commit(history, 500);
    const line = await CutLine.to(Number(new URL(server.url).port));
    open.push({ close: async () => line.end() });
    const replica = await replicaOf('cut', { servers: line.url });
    await checkEqual(replica, 500);
    line.cut();
    await commit(history, 12_000);
    await until('it was cut', () => (primary.storeStats()?.historyFrom ?? 0) > 501);
    line.mend();
    await checkEqual(replica, 12_500);
  });

  it('take the place of a primary that is gone, with all that it had acknowledged', async () => {
    const first = await primaryOf('promoted');
    await commit(new DurableHistory(first), 700);
    const [heir, witness] = [await replicaOf('promoted'), await replicaOf('promoted')];
    await first.close();
    await heir.promote({ store: streamStore({ servers: server.url, name: 'promoted' }) });
    expect(heir).toMatchObject({ isReplica: false, epoch: 2, lastSeq: 700 });
    await commit(new DurableHistory(heir), 300);
    await checkEqual(witness, 1_000);
    expect(witness.epoch).toBe(2);
    expect(heir.digest()).toBe(await model.at(1_000));
  });

  it('are refused where no primary has begun, and where there is no server, and make nothing', async () => {
    await expect(replicaOf('nobody')).rejects.toMatchObject({ code: 'REPLICA_SOURCE' });
    const connection = await connect({ servers: server.url });
    const names = await (await jetstreamManager(connection)).streams.names().next();
    await connection.close();
    expect(names.filter((name) => name.includes('nobody'))).toEqual([]);
    const servers = 'nats://127.0.0.1:9';
    await expect(replicaOf('nobody', { servers })).rejects.toMatchObject({
      code: 'REPLICA_SOURCE',
      cause: { code: 'STORE_UNAVAILABLE' },
    });
  });
});
