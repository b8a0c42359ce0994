import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PrimaryLease, leaseKey } from '../../packages/cluster/src/primary-lease.js';
import {
  type ServerConnection,
  connectToServers,
} from '../../packages/cluster/src/server-connection.js';
import { NatsServer, noNatsServer } from '../fixtures/nats-server.js';
import { until } from '../fixtures/until.js';

/** Longer than a test may take: nothing runs out, and nothing is renewed by itself. */
const leaseMs = 600_000;

describe.skipIf(noNatsServer)(`the lease of a primary (${noNatsServer ?? 'real server'})`, () => {
  let nats: NatsServer;
  let server: ServerConnection;
  beforeAll(async () => {
    nats = await NatsServer.start();
    server = await connectToServers({ servers: [nats.url], connectTimeoutMs: 60_000 }, 'test');
  });
  afterAll(async () => {
    await server?.connection.close();
    await nats?.end();
  });

  const leaseOf = (bucket: string, member: string): Promise<PrimaryLease> =>
    PrimaryLease.open({ server, bucket, replicas: 1, member, leaseMs });

  const subjectIn = (bucket: string): string => `$KV.${bucket}.${leaseKey}`;

  /** Who is said to hold it; undefined when it was given back. */
  async function holderIn(bucket: string): Promise<{ member: string } | undefined> {
    const last = { last_by_subj: subjectIn(bucket) };
    const said = await server.streams.streams.getMessage(`KV_${bucket}`, last);
    return said?.data.length ? said.json<{ member: string }>() : undefined;
  }

  it('C1 is taken by one of those that find it free at the same time', async () => {
    const members = ['a', 'b', 'c', 'd', 'e'];
    const leases = await Promise.all(members.map((member) => leaseOf('contended', member)));
    const holders: number[] = [];
    const refused: unknown[] = [];
    const takes = leases.map((lease, index) =>
      lease.take().then(
        () => holders.push(index),
        (error: unknown) => refused.push(error),
      ),
    );
    // The others are refused when they see that it is renewed.
    await until('all are told', () => {
      for (const index of holders) leases[index]!.keep(1, () => undefined);
      return holders.length + refused.length === members.length;
    });
    await Promise.all(takes);
    expect(holders).toHaveLength(1);
    for (const error of refused) expect(error).toMatchObject({ code: 'STORE_LOCKED' });
    expect((await holderIn('contended'))?.member).toBe(members[holders[0]!]);
    await leases[holders[0]!]!.release();
    expect(await holderIn('contended')).toBeUndefined();
  });

  it('C1 is not renewed, nor given back, by one from whom another has taken it', async () => {
    const former = await leaseOf('taken', 'former');
    await former.take();
    const heir = { member: 'heir', host: 'there', pid: 1, epoch: 2, leaseMs };
    await server.client.publish(subjectIn('taken'), JSON.stringify(heir));
    await new Promise<void>((lost) => former.keep(1, lost));
    expect(await holderIn('taken')).toEqual(heir);
    await former.release().catch(() => undefined);
    expect(await holderIn('taken')).toEqual(heir);
  });
});
