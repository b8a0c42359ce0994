import { connect } from '@nats-io/transport-node';
import { afterEach, describe, expect, it } from 'vitest';
import { createMember, streamSource, streamStore } from '@panoptes/cluster';
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

  /** A server, the way to it of those that it will refuse for a while, and what has it do so. */
  async function refusingServer() {
    const settings = (pass: string): string =>
      'jetstream { $STORE }, authorization { users: [ { user: primary, password: one }, ' +
      `{ user: replica, password: ${pass} } ] }`;
    const server = await serverWith(settings('right'));
    let refusals = 0;
    const line = await CutLine.to(server.port, (bytes) => {
      if (bytes.includes('Authorization Violation')) refusals++;
      return bytes;
    });
    open.push(() => line.end());
    const restartWith = async (pass: string): Promise<void> => {
      await server.kill();
      server.configure(settings(pass));
      await server.restart();
    };
    return {
      server,
      access: { servers: line.url, name: 'one', user: 'replica', pass: 'right' },
      /** Until each connection was refused more often than a client takes by itself. */
      refuse: async (connections: number): Promise<void> => {
        await restartWith('another');
        await until('they are refused again and again', () => refusals >= 4 * connections);
      },
      admit: () => restartWith('right'),
    };
  }

  it('C8 go on when they were refused for a while', async () => {
    const { server, access, refuse, admit } = await refusingServer();
    const primary = await primaryAt(server.url, { user: 'primary', pass: 'one' });
    const replica = await createReplica({ source: streamSource(access), logger: false });
    open.push(() => replica.close());
    await replica.atLeast((await primary.upsert(peerNamed('one'))).seq);
    await refuse(1);
    const { seq } = await primary.upsert(peerNamed('two'));
    await admit();
    await replica.atLeast(seq, { timeoutMs: 60_000 });
    expect(replica.digest()).toBe(primary.digest());
  });

  it('C8 and members then bring commands to the primary again', async () => {
    const { server, access, refuse, admit } = await refusingServer();
    const own = { ...access, servers: server.url, user: 'primary', pass: 'one' };
    const primary = await createMember({ ...own, logger: false });
    open.push(() => primary.close());
    const member = await createMember({ ...access, canLead: false, logger: false });
    open.push(() => member.close());
    await member.atLeast((await member.upsert(peerNamed('one'))).seq);
    const refusing = refuse(2);
    // Its line asks for what is under way, over a connection that is refused.
    const waiting = member.upsert(peerNamed('two')).catch(() => undefined);
    await refusing;
    await admit();
    await waiting;
    const { seq } = await member.upsert(peerNamed('three'));
    await member.atLeast(seq, { timeoutMs: 60_000 });
    expect(member.digest()).toBe(primary.digest());
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
