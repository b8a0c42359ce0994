import { jetstream } from '@nats-io/jetstream';
import { type NatsConnection, connect } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { streamSource, streamStore } from '@panoptes/cluster';
import { BatchUpdate } from '@panoptes/core';
import { type PeerRegistry, createRegistry, createReplica } from '@panoptes/workers';
import { NatsServer, noNatsServer } from '../fixtures/nats-server.js';
import { peerNamed } from '../fixtures/random-traffic.js';
import { type StoredObject, StoredObjects } from '../fixtures/stored-objects.js';

const name = 'forged';

describe.skipIf(noNatsServer)(`what others put there (${noNatsServer ?? 'real server'})`, () => {
  let server: NatsServer;
  let connection: NatsConnection;
  let objects: StoredObjects;
  let digest: string;
  /** The only snapshot, behind which the stream begins. */
  let snapshot: StoredObject;

  beforeAll(async () => {
    server = await NatsServer.start();
    connection = await connect({ servers: server.url });
    objects = new StoredObjects(connection, name);
    const primary = await primaryAt({ snapshotEveryBytes: 2 ** 20 });
    for (let round = 0; (await objects.all()).length < 2; round++) {
      const batch = new BatchUpdate();
      for (let number = 0; number < 1_000; number++) batch.upsert(largePeer(number, round));
      await primary.commitBatch(batch);
    }
    digest = primary.digest();
    await primary.close();
    // The older one would be taken in its place.
    const [newest, ...older] = await objects.all();
    for (const one of older) await objects.remove(one);
    snapshot = newest!;
  });
  afterAll(async () => {
    await connection?.close();
    await server?.end();
  });

  const primaryAt = (more: object = {}): Promise<PeerRegistry> =>
    createRegistry({
      store: streamStore({ servers: server.url, name, leaseMs: 1_000, ...more }),
      durability: 'commit',
      logger: false,
    });

  const withFacts = (facts: object): Partial<StoredObject> => ({
    metadata: {
      panoptes: JSON.stringify({
        ...(JSON.parse(snapshot.metadata!['panoptes']!) as object),
        ...facts,
      }),
    },
  });

  it.each<[string, () => Partial<StoredObject>, string, RegExp]>([
    ['to have 4 GiB', () => ({ size: 2 ** 32 }), 'STORE_CORRUPT', /\d+ bytes, where it says/],
    ['to have less than it has', () => ({ size: 64 }), 'STORE_CORRUPT', /bytes, where it says 64/],
    ['to have many chunks', () => ({ chunks: 2 ** 40 }), 'STORE_CORRUPT', /\d+ chunks of/],
    ['to have no chunks', () => ({ chunks: 0 }), 'STORE_CORRUPT', /\d+ chunks of 0/],
    ['to lie elsewhere', () => ({ nuid: 'a.>' }), 'STORE_CORRUPT', /an id that no object has/],
    ['another digest', () => ({ digest: 'SHA-256=AAAA' }), 'STORE_CORRUPT', /its digest/],
    [
      'to be of another registry',
      () => withFacts({ id: '00000000-0000-4000-8000-000000000000' }),
      'STORE_CORRUPT',
      /is of registry 00000000/,
    ],
    [
      'to go on beyond the end',
      () => withFacts({ place: 2 ** 40 }),
      'STORE_CORRUPT',
      /it was made anew/,
    ],
    ['to have other fields', () => withFacts({ fields: 'others' }), 'STORE_FIELDS', /other fields/],
    [
      'to have fewer peers',
      () => withFacts({ peers: 3 }),
      'STORE_CORRUPT',
      /997 peers more than it has/,
    ],
    [
      'to be no snapshot',
      () => ({ metadata: {} }),
      'STORE_CORRUPT',
      /message \d+ of the stream: expected transaction 1/,
    ],
  ])('a snapshot that says %s is refused, and left as it is', async (_, forged, code, message) => {
    await objects.say({ ...snapshot, ...forged() });
    try {
      const opened = (await primaryAt().catch((error: unknown) => error)) as Error;
      expect(opened).toMatchObject({ code });
      expect(opened.message).toMatch(message);
      const source = streamSource({ servers: server.url, name });
      const replica = createReplica({ source, logger: false });
      await expect(replica).rejects.toMatchObject({
        code: expect.stringMatching(/^(REPLICA|STORE)_/) as string,
      });
    } finally {
      await objects.say(snapshot);
    }
  });

  it.each(['null', '3', '"primary"', '[]', '{}', '{"leaseMs":1e300', '\u0000\u00ff', ''])(
    'a lease that is none (%j) keeps nobody from beginning',
    async (text) => {
      await jetstream(connection).publish(`$KV.panoptes-${name}.primary`, text);
      const primary = await primaryAt();
      expect(primary.digest()).toBe(digest);
      await primary.close();
    },
  );

  it('a snapshot whose bytes are others is refused', async () => {
    await objects.fill(snapshot, new Uint8Array(snapshot.size).fill(0xa5));
    await objects.say({ ...snapshot, chunks: 1 });
    await expect(primaryAt()).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
  });
});

const largePeer = (number: number, round: number) =>
  peerNamed(`peer ${number}`, {
    trafficRouted: round,
    activeProtocols: Array.from({ length: 8 }, (_, at) => `protocol-${number}-${at}`.padEnd(60)),
  });
