import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nkeys } from '@nats-io/transport-node';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type StreamStoreOptions, streamSource, streamStore } from '@panoptes/cluster';
import { createRegistry, createReplica } from '@panoptes/workers';
import { Certificates, noCertificates } from '../fixtures/certificates.js';
import { NatsOperator } from '../fixtures/nats-operator.js';
import { NatsServer, noNatsServer } from '../fixtures/nats-server.js';
import { peerNamed } from '../fixtures/random-traffic.js';

type Access = Omit<StreamStoreOptions, 'servers' | 'name'>;
const secret = 'hush-4711';
const servers: NatsServer[] = [];
const folder = mkdtempSync(join(tmpdir(), 'panoptes-access-'));
afterEach(async () => {
  for (const server of servers.splice(0)) await server.end();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function serverWith(settings: string): Promise<NatsServer> {
  const server = await NatsServer.start(`jetstream { $STORE }, ${settings}`);
  servers.push(server);
  return server;
}

function fileOf(name: string, content: string): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

/** Has a primary and a replica with what lets them in, and the replica follow. */
async function expectToWork({ url }: NatsServer, access: Access): Promise<void> {
  const place = { servers: url, name: 'one', ...access };
  const registry = await createRegistry({ store: streamStore(place), logger: false });
  const replica = await createReplica({ source: streamSource(place), logger: false });
  const { seq } = await registry.upsert(peerNamed('one'));
  await replica.atLeast(seq);
  expect(replica.digest()).toBe(registry.digest());
  await replica.close();
  await registry.close();
}

/** What keeps a primary and a replica out, which is the same: code and message, in which is no secret. */
async function problemOf({ url }: Pick<NatsServer, 'url'>, access: Access): Promise<string> {
  const place = { servers: url, name: 'one', ...access };
  const refused = await createRegistry({ store: streamStore(place), logger: false }).catch(
    (error: unknown) => error as Error & { code: string },
  );
  const { cause } = (await createReplica({ source: streamSource(place), logger: false }).catch(
    (error: unknown) => error,
  )) as { cause: Error & { code: string } };
  expect(refused).toMatchObject({ code: 'STORE_UNAVAILABLE' });
  expect(cause.code).toBe('STORE_UNAVAILABLE');
  const told = `${(refused as Error).message} ${String((refused as Error).cause)} ${cause.message}`;
  expect(told).not.toContain(secret);
  return (refused as Error).message;
}

describe.skipIf(noNatsServer)(`who is let in (${noNatsServer ?? 'real server'})`, () => {
  const remedy = /Authorization Violation; give the options what lets it in/;

  it('has the name and the word of a user', async () => {
    const server = await serverWith(`authorization { user: me, password: "${secret}" }`);
    await expectToWork(server, { user: 'me', pass: secret });
    expect(await problemOf(server, { user: 'you', pass: secret })).toMatch(remedy);
    expect(await problemOf(server, { user: 'me', pass: `${secret}-2` })).toMatch(remedy);
  });

  it('has the token', async () => {
    const server = await serverWith(`authorization { token: "${secret}" }`);
    await expectToWork(server, { token: secret });
    expect(await problemOf(server, { token: `${secret}-2` })).toMatch(remedy);
    expect(await problemOf(server, {})).toMatch(remedy);
  });

  it('has the seed of an nkey', async () => {
    const [user, other] = [nkeys.createUser(), nkeys.createUser()];
    const server = await serverWith(
      `authorization { users: [ { nkey: ${user.getPublicKey()} } ] }`,
    );
    const seed = (key: typeof user): string => `${Buffer.from(key.getSeed()).toString()}\n`;
    await expectToWork(server, { nkeySeedFile: fileOf('right.nk', seed(user)) });
    const wrong = fileOf('wrong.nk', seed(other));
    expect(await problemOf(server, { nkeySeedFile: wrong })).toMatch(remedy);
    const none = fileOf('none.nk', secret);
    expect(await problemOf(server, { nkeySeedFile: none })).toMatch(
      /^option 'nkeySeedFile': expected a file with the seed .*none\.nk: it holds something else$/,
    );
  });

  it('has credentials that an account has signed', async () => {
    const [operator, stranger] = [new NatsOperator(), new NatsOperator()];
    const server = await serverWith(operator.settings);
    await expectToWork(server, { credentialsFile: fileOf('my.creds', operator.credentials()) });
    const others = fileOf('other.creds', stranger.credentials());
    expect(await problemOf(server, { credentialsFile: others })).toMatch(remedy);
    const none = fileOf('none.creds', secret);
    expect(await problemOf(server, { credentialsFile: none })).toMatch(
      /^option 'credentialsFile': expected a file with a user's JWT .* it holds something else$/,
    );
    expect(await problemOf(server, { credentialsFile: join(folder, 'nowhere') })).toMatch(
      /^option 'credentialsFile': .*nowhere: ENOENT/,
    );
  });
});

describe.skipIf(noNatsServer ?? noCertificates)(
  `servers with TLS (${noNatsServer ?? noCertificates ?? 'real ones'})`,
  () => {
    let ours: Certificates;
    let others: Certificates;
    beforeAll(() => {
      [ours, others] = [new Certificates('ours'), new Certificates('others')];
    });
    afterAll(() => {
      for (const one of [ours, others]) one?.remove();
    });

    const withTls = (more = ''): Promise<NatsServer> => {
      const { certFile, keyFile } = ours.signed('server');
      return serverWith(
        `tls { cert_file: "${certFile}", key_file: "${keyFile}", ca_file: "${ours.caFile}" ${more} }`,
      );
    };

    it('are trusted when the authority that is given has signed for their address', async () => {
      const server = await withTls();
      await expectToWork(server, { tls: { caFile: ours.caFile } });
      // Later versions of Node say more of it in between.
      const remedy =
        /unable to verify the first certificate\b.*; see that option 'tls' has the authority/;
      expect(await problemOf(server, { tls: { caFile: others.caFile } })).toMatch(remedy);
      expect(await problemOf(server, {})).toMatch(remedy);
      const elsewhere = { url: server.url.replace('127.0.0.1', 'localhost') };
      expect(await problemOf(elsewhere, { tls: { caFile: ours.caFile } })).toMatch(
        /altnames: Host: localhost.*that the certificate names the address/,
      );
      expect(await problemOf(server, { tls: { caFile: join(folder, 'nowhere') } })).toMatch(
        /^option 'tls\.caFile': expected a file in PEM form, got .*nowhere: ENOENT/,
      );
    });

    it('that ask for a certificate get it', async () => {
      const server = await withTls(', verify: true');
      const { caFile } = ours;
      // Such a server ends the connection without a word.
      const connectTimeoutMs = 1_500;
      await expectToWork(server, { tls: { caFile, ...ours.signed('client') } });
      const remedy = /option 'tls'/;
      expect(await problemOf(server, { tls: { caFile }, connectTimeoutMs })).toMatch(remedy);
      expect(
        await problemOf(server, { tls: { caFile, ...others.signed('client') }, connectTimeoutMs }),
      ).toMatch(remedy);
    });

    it('are not taken for such without it', async () => {
      const server = await serverWith('debug: false');
      expect(await problemOf(server, { tls: { caFile: ours.caFile } })).toMatch(
        /leave it out where the server has no TLS/,
      );
    });
  },
);

describe('options that hold secrets', () => {
  it.each([
    [{ servers: `nats://me:${secret}@127.0.0.1:4222` }, /'servers'.*without a user/],
    [{ servers: ['nats://a:1', `${secret}@b:2`] }, /'servers\.1'.*without a user/],
    [{ pass: [secret] }, /'pass'/],
    [{ token: { secret } }, /'token'/],
    [{ user: '', pass: secret }, /'user'/],
  ])('do not tell them when they are refused: %#', (odd, message) => {
    for (const make of [streamStore, streamSource]) {
      const refused = (): unknown =>
        make({ servers: 'nats://a:1', name: 'one', ...odd } as StreamStoreOptions);
      expect(refused).toThrow(message);
      let told = '';
      try {
        refused();
      } catch (error) {
        for (let one: unknown = error; one instanceof Error; one = one.cause) {
          told += `${one.message} ${JSON.stringify(one)}`;
        }
      }
      expect(told).not.toContain(secret);
    }
  });
});
