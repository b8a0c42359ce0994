import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { type NatsConnection, connect } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StreamStoreOptions, streamStore } from '@panoptes/cluster';
import { createRegistry } from '@panoptes/workers';
import { CutLine } from '../fixtures/cut-line.js';
import { DigestModel, DurableHistory } from '../fixtures/durable-history.mjs';
import { NatsServer, freePort, noNatsServer } from '../fixtures/nats-server.js';

const open = (options: StreamStoreOptions): ReturnType<typeof createRegistry> =>
  createRegistry({ store: streamStore(options), durability: 'commit', logger: false });

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | undefined)?.code;

/** What keeps a registry from being opened: its code, and what it says. */
async function problemOf(options: StreamStoreOptions): Promise<string> {
  try {
    await (await open(options)).close();
    return 'none';
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    return `${code}: ${message}`;
  }
}

it.each([
  [{ name: 'a b' }, /name.*letters, digits, - and _/],
  [{ replicas: 0 }, /replicas/],
  [{ leaseMs: 10 }, /leaseMs/],
  [{ servers: [] }, /servers/],
  [{ surprise: 1 }, /surprise/],
])('options that cannot be are refused at once: %j', (odd, message) => {
  const options = { servers: 'nats://127.0.0.1:1', name: 'one', ...odd };
  expect(() => streamStore(options as StreamStoreOptions)).toThrow(message);
});

it('a server that is not there is said to be unavailable', async () => {
  const servers = `nats://127.0.0.1:${await freePort()}`;
  expect(await problemOf({ servers, name: 'one' })).toMatch(
    /^STORE_UNAVAILABLE: stream 'one' cannot be opened: .*option 'servers'/,
  );
});

describe.skipIf(noNatsServer)(`streams that are refused (${noNatsServer ?? 'real server'})`, () => {
  let server: NatsServer;
  let connection: NatsConnection;
  beforeAll(async () => {
    server = await NatsServer.start();
    connection = await connect({ servers: server.url });
  });
  afterAll(async () => {
    await connection.close();
    await server.end();
  });

  it('where the server has no JetStream', async () => {
    const bare = await NatsServer.start('debug: false');
    expect(await problemOf({ servers: bare.url, name: 'one' })).toMatch(
      /^STORE_UNAVAILABLE: .*start nats-server with -js/,
    );
    await bare.end();
  });

  it('where the server lets nobody in without a token', async () => {
    const closed = await NatsServer.start('jetstream { $STORE }, authorization { token: "open" }');
    const problem = await problemOf({ servers: closed.url, name: 'one' });
    expect(problem).toMatch(/^STORE_UNAVAILABLE: .*give the options what lets it in/);
    expect(await problemOf({ servers: closed.url, name: 'one', token: 'open' })).toBe('none');
    await closed.end();
  });

  it('where the server is of an earlier version', async () => {
    const older = await CutLine.to(server.port, (bytes) =>
      Buffer.from(
        bytes.toString('latin1').replace(/"version":"\d+\.\d+/, '"version":"2.2'),
        'latin1',
      ),
    );
    expect(await problemOf({ servers: older.url, name: 'old' })).toMatch(
      /^STORE_UNAVAILABLE: expected nats-server 2\.9 or later.*got version 2\.2/,
    );
    await older.end();
  });

  it('where a stream of that name is for something else', async () => {
    const streams = await jetstreamManager(connection);
    await streams.streams.add({ name: 'panoptes-taken', subjects: ['orders.*'] });
    expect(await problemOf({ servers: server.url, name: 'taken' })).toMatch(
      /^STORE_FORMAT: stream panoptes-taken: .*option 'name'/,
    );
  });

  it('where somebody else has written into the stream', async () => {
    await (await open({ servers: server.url, name: 'scribbled' })).close();
    await jetstream(connection).publish('panoptes.scribbled.runs', 'hello');
    expect(await problemOf({ servers: server.url, name: 'scribbled' })).toMatch(
      /^STORE_FORMAT: message 2 of stream panoptes-scribbled: .*who else writes there/,
    );
  });

  it('where the stream was cut, and no snapshot has what was there', async () => {
    const registry = await open({ servers: server.url, name: 'beheaded' });
    const history = new DurableHistory(registry);
    for (let count = 0; count < 5; count++) await history.commit();
    await registry.close();
    const streams = await jetstreamManager(connection);
    await streams.streams.purge('panoptes-beheaded', { seq: 4 });
    expect(await problemOf({ servers: server.url, name: 'beheaded' })).toMatch(
      /^STORE_CORRUPT: message 4 of the stream: expected transaction 1/,
    );
  });

  it('when its server has no more room, and takes up again all that was durable', async () => {
    const small = await NatsServer.start('jetstream { $STORE, max_file_store: 2MB }');
    const registry = await open({ servers: small.url, name: 'full', snapshotEveryBytes: 2 ** 30 });
    const history = new DurableHistory(registry);
    let durable = 0;
    const fill = async (): Promise<void> => {
      for (;;) {
        const commits = Array.from({ length: 200 }, () => history.commit());
        for (const commit of commits) commit.catch(() => undefined);
        for (const commit of commits) durable = await commit;
      }
    };
    // Those that were not committed yet are told that the registry has failed, with this as the cause.
    const problem = await fill().catch((error: unknown) => error as Error);
    expect(codeOf(problem) === 'STORE_FULL' || codeOf(problem!.cause) === 'STORE_FULL').toBe(true);
    await registry.close().catch((error: unknown) => expect(codeOf(error)).toBe('STORE_FULL'));
    expect(durable).toBeGreaterThan(0);
    await small.kill();
    small.configure();
    await small.restart();
    const reopened = await open({ servers: small.url, name: 'full' });
    const model = await DigestModel.make();
    expect(reopened.lastSeq).toBeGreaterThanOrEqual(durable);
    expect(reopened.digest()).toBe(await model.at(reopened.lastSeq));
    await model.close();
    await reopened.close();
    await small.end();
  });
});
