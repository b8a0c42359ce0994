import { jetstream } from '@nats-io/jetstream';
import { type MsgHdrs, type NatsConnection, connect, headers } from '@nats-io/transport-node';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { streamSource, streamStore } from '@panoptes/cluster';
import { createRegistry, createReplica } from '@panoptes/workers';
import { DurableHistory } from '../fixtures/durable-history.mjs';
import { NatsServer, noNatsServer } from '../fixtures/nats-server.js';

describe.skipIf(noNatsServer)(`what others write (${noNatsServer ?? 'real server'})`, () => {
  let server: NatsServer;
  let connection: NatsConnection;
  const open: { close(): Promise<void> }[] = [];
  beforeAll(async () => {
    server = await NatsServer.start();
    connection = await connect({ servers: server.url });
  });
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close().catch(() => undefined);
  });
  afterAll(async () => {
    await connection?.close();
    await server?.end();
  });

  async function primaryOf(name: string) {
    const store = streamStore({ servers: server.url, name, snapshotEveryBytes: 2 ** 20 });
    const primary = await createRegistry({ store, durability: 'commit', logger: false });
    open.push(primary);
    return primary;
  }

  async function replicaOf(name: string) {
    const source = streamSource({ servers: server.url, name });
    const replica = await createReplica({ source, logger: false });
    open.push(replica);
    return replica;
  }

  /** Headers as the primary's next message has them, but for what is said otherwise. */
  function forged(id: string, other: Readonly<Record<string, string>>): MsgHdrs {
    const made = headers();
    const right = {
      '': '1',
      '-Id': id,
      '-Epoch': '1',
      '-Last': '11',
      '-First': '11',
      '-Part': '1/1',
    };
    for (const [name, value] of Object.entries({ ...right, ...other })) {
      made.set(`Panoptes${name}`, value);
    }
    return made;
  }

  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['of another version', { '': '2' }, 'STORE_FORMAT'],
    ['of another registry', { '-Id': '00000000-0000-4000-8000-000000000000' }, 'STORE_CORRUPT'],
    ['of an epoch that did not begin', { '-Epoch': '7' }, 'STORE_CORRUPT'],
    ['that begins beyond what is due', { '-First': '900', '-Last': '900' }, 'STORE_CORRUPT'],
    ['whose first part is missing', { '-Part': '2/9' }, 'STORE_CORRUPT'],
    ['that is no run', {}, 'STORE_CORRUPT'],
  ])(
    'a message %s ends following, applies nothing, and is told with its place',
    async (what, other, code) => {
      const name = what.replaceAll(' ', '-');
      const primary = await primaryOf(name);
      const history = new DurableHistory(primary);
      for (let count = 0; count < 10; count++) await history.commit();
      const replica = await replicaOf(name);
      await replica.atLeast(10);
      const before = replica.digest();
      await primary.close();
      const bytes = Buffer.alloc(4_096, 0xa5);
      await jetstream(connection).publish(`panoptes.${name}.runs`, bytes, {
        headers: forged(primary.id, other),
      });
      const ended = (await replica.ended) as Error & { code: string; cause?: Error };
      expect([replica.lastSeq, replica.digest()]).toEqual([10, before]);
      expect(ended.code).toMatch(/^REPLICA_/);
      const refused = (await primaryOf(name).catch((error: unknown) => error)) as Error;
      expect(refused).toMatchObject({ code });
      expect(refused.message).toMatch(/message \d+ of (the )?stream/);
    },
  );
});
