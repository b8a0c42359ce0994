import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { streamSource, streamStore } from '@panoptes/cluster';
import { createRegistry, createReplica } from '@panoptes/workers';
import { DigestModel, DurableHistory } from '../fixtures/durable-history.mjs';
import { NatsCluster } from '../fixtures/nats-cluster.js';
import { noNatsServer } from '../fixtures/nats-server.js';
import { until } from '../fixtures/until.js';

/** `PANOPTES_LEADER_KILLS=20` for more. */
const kills = Number(process.env['PANOPTES_LEADER_KILLS'] ?? 1);
const perKill = 3_000;

describe.skipIf(noNatsServer)(`three servers (${noNatsServer ?? 'real ones'})`, () => {
  let cluster: NatsCluster;
  let model: DigestModel;
  beforeAll(async () => {
    cluster = await NatsCluster.start();
    model = await DigestModel.make();
  });
  afterAll(async () => {
    await model?.close();
    await cluster?.end();
  });

  it(`C2 C8 the stream's leader is killed under load ${kills} times, and nothing is lost or there twice`, async () => {
    const place = { servers: cluster.urls, name: 'three' };
    const open = (): ReturnType<typeof createRegistry> =>
      createRegistry({
        store: streamStore({ ...place, replicas: 3, snapshotEveryBytes: 2 ** 20 }),
        durability: 'commit',
        storeTimeoutMs: 120_000,
        storeOpenTimeoutMs: 120_000,
        logger: false,
      });
    const registry = await open();
    const replica = await createReplica({ source: streamSource(place), logger: false });
    const history = new DurableHistory(registry);
    for (let kill = 1; kill <= kills; kill++) {
      const before = registry.lastSeq;
      const committed = (async () => {
        for (let left = perKill; left > 0; left -= 500) {
          await Promise.all(Array.from({ length: 500 }, () => history.commit()));
        }
      })();
      await until('some are durable', () => registry.durableSeq! > before + 500);
      const leader = await cluster.leaderOf('panoptes-three');
      await leader.kill();
      await committed;
      await leader.restart();
    }
    const lastSeq = kills * perKill;
    expect([registry.lastSeq, registry.durableSeq]).toEqual([lastSeq, lastSeq]);
    await replica.atLeast(lastSeq, { timeoutMs: 120_000 });
    expect(replica.digest()).toBe(await model.at(lastSeq));
    await replica.close();
    await registry.close();
    const reopened = await open();
    expect(reopened.lastSeq).toBe(lastSeq);
    expect(reopened.digest()).toBe(await model.at(lastSeq));
    await reopened.close();
    expect(await copies('panoptes-three')).toBe(3);
  });

  /** On how many servers a stream is kept. */
  async function copies(stream: string): Promise<number> {
    const connection = await connect({ servers: cluster.urls });
    const { streams } = await jetstreamManager(connection);
    const { config } = await streams.info(stream);
    await connection.close();
    return config.num_replicas;
  }
});
