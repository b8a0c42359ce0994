import { connect } from '@nats-io/transport-node';
import { afterEach, describe, expect, it } from 'vitest';
import { streamSource, streamStore } from '@panoptes/cluster';
import { BatchUpdate } from '@panoptes/core';
import { type PeerRegistry, createRegistry, createReplica } from '@panoptes/workers';
import { CutLine } from '../fixtures/cut-line.js';
import { NatsServer, noNatsServer } from '../fixtures/nats-server.js';
import { peerNamed } from '../fixtures/random-traffic.js';
import { StoredObjects } from '../fixtures/stored-objects.js';
import { until } from '../fixtures/until.js';

describe.skipIf(noNatsServer)(`replicas in trouble (${noNatsServer ?? 'real server'})`, () => {
  const open: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close().catch(() => undefined);
  });

  async function serverWith(settings: string): Promise<NatsServer> {
    const server = await NatsServer.start(settings);
    open.push(() => server.end());
    return server;
  }

  async function primaryAt(servers: string, access: object = {}): Promise<PeerRegistry> {
    const store = streamStore({ servers, name: 'one', snapshotEveryBytes: 2 ** 20, ...access });
    const primary = await createRegistry({ store, durability: 'commit', logger: false });
    open.push(() => primary.close());
    return primary;
  }

  it('C7 begin anew with another snapshot when that which they read is removed', async () => {
    // So that few messages are under way, which may be large.
    const server = await serverWith('jetstream { $STORE }, max_payload: 32MB');
    const primary = await primaryAt(server.url);
    const connection = await connect({ servers: server.url });
    open.push(() => connection.close());
    const objects = new StoredObjects(connection, 'one');
    for (let round = 0; (await objects.all()).length < 2; round++) {
      const batch = new BatchUpdate();
      for (let number = 0; number < 2_000; number++) batch.upsert(largePeer(number, round));
      await primary.commitBatch(batch);
    }
    const [newest] = await objects.all();
    let passed = 0;
    let isHeld = false;
    const line = await CutLine.to(server.port, (bytes) => {
      passed += bytes.length;
      if (passed > 2 ** 20 && !isHeld) {
        isHeld = true;
        line.hold();
      }
      return bytes;
    });
    open.push(() => line.end());
    const source = streamSource({ servers: line.url, name: 'one' });
    const starting = createReplica({ source, logger: false });
    open.push(async () => (await starting).close());
    await until('it reads the snapshot', () => isHeld);
    await objects.remove(newest!);
    line.release();
    const replica = await starting;
    await replica.atLeast(primary.lastSeq);
    expect(replica.digest()).toBe(primary.digest());
  });

  it('C8 connect anew when their connection was closed for good', async () => {
    const settings = (pass: string): string =>
      'jetstream { $STORE }, authorization { users: [ { user: primary, password: one }, ' +
      `{ user: replica, password: ${pass} } ] }`;
    const server = await serverWith(settings('right'));
    const primary = await primaryAt(server.url, { user: 'primary', pass: 'one' });
    let refusals = 0;
    const line = await CutLine.to(server.port, (bytes) => {
      if (bytes.includes('Authorization Violation')) refusals++;
      return bytes;
    });
    open.push(() => line.end());
    const access = { user: 'replica', pass: 'right' };
    const source = streamSource({ servers: line.url, name: 'one', ...access });
    const replica = await createReplica({ source, logger: false });
    open.push(() => replica.close());
    await replica.atLeast((await primary.upsert(peerNamed('one'))).seq);
    const restartWith = async (pass: string): Promise<void> => {
      await server.kill();
      server.configure(settings(pass));
      await server.restart();
    };
    await restartWith('another');
    // A client gives a connection up when it was refused twice; the third refusal is that of the next.
    await until('it connects anew', () => refusals >= 3);
    const { seq } = await primary.upsert(peerNamed('two'));
    await restartWith('right');
    await replica.atLeast(seq, { timeoutMs: 60_000 });
    expect(replica.digest()).toBe(primary.digest());
  });
});

/** A peer of some kilobytes. */
function largePeer(number: number, round: number): Parameters<BatchUpdate['upsert']>[0] {
  const publicKey = number.toString(16).padStart(2_000, '0');
  return {
    peerId: { nodeId: `peer-${number}`, publicKey, did: `did:zhtp:${publicKey.slice(-64)}` },
    trustScore: (round % 10) / 10,
  };
}
