import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BatchUpdate } from '@panoptes/core';
import { type ClusterMember, type CreateMemberOptions, createMember } from '@panoptes/cluster';
import { builtIn } from '@panoptes/workers';
import { CutLine } from '../fixtures/cut-line.js';
import { NatsServer, noNatsServer } from '../fixtures/nats-server.js';
import { peerNamed } from '../fixtures/random-traffic.js';
import { until } from '../fixtures/until.js';

describe.skipIf(noNatsServer)(`members of one registry (${noNatsServer ?? 'real server'})`, () => {
  let server: NatsServer;
  const open: { close(): Promise<void> }[] = [];
  beforeAll(async () => {
    server = await NatsServer.start();
  });
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close().catch(() => undefined);
  });
  afterAll(() => server.end());

  async function memberOf(
    name: string,
    options: Partial<CreateMemberOptions> = {},
  ): Promise<ClusterMember> {
    const given = { servers: server.url, name, leaseMs: 2_000, logger: false as const, ...options };
    const member = await createMember(given);
    open.push(member);
    return member;
  }

  /** The first of them to be the primary, and one that is not. */
  async function twoOf(name: string, options?: Partial<CreateMemberOptions>) {
    const primary = await memberOf(name);
    await until('it leads', () => primary.role === 'primary');
    const replica = await memberOf(name, options);
    await until('they know of each other', () => replica.primary?.member === primary.memberId);
    return { primary, replica };
  }

  it('C1 begin where there is nothing: one leads, the other follows', async () => {
    const [one, other] = await Promise.all([memberOf('begun'), memberOf('begun')]);
    await until('one leads', () => [one, other].some(({ role }) => role === 'primary'));
    const [primary, replica] = one.role === 'primary' ? [one, other] : [other, one];
    expect(replica.role).toBe('replica');
    await until('it is known', () => replica.primary?.epoch === primary.epoch);
    expect(replica.primary).toMatchObject({ member: primary.memberId, pid: process.pid });
    expect(replica.id).toBe(primary.id);
    await expect(replica.promote()).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  it('C9 take every command wherever it is sent, with the answers of the primary', async () => {
    const { primary, replica } = await twoOf('forwarded');
    const added = await replica.upsert(peerNamed('a'));
    expect(added).toEqual({ seq: primary.lastSeq, change: 'added' });
    expect((await replica.atLeast(added.seq)).get('a')?.trustScore).toBe(
      primary.peers.get('a')?.trustScore,
    );
    expect(await replica.upsert(peerNamed('a'))).toMatchObject({ change: 'unchanged' });
    expect(await replica.update('a', { trustScore: 0.25 })).toMatchObject({ change: 'updated' });
    expect(await replica.updateTrust('a', 0.5)).toMatchObject({ change: 'updated' });
    expect(await replica.touch('a', 5_000_000)).toMatchObject({ change: 'updated' });
    expect(await replica.updateMetrics('a', { latencyMs: 12 })).toMatchObject({
      change: 'updated',
    });
    const insert = await replica.updateOrInsert(peerNamed('b'), { trustScore: 0.75 });
    expect(insert).toMatchObject({ change: 'added' });
    await replica.updateOrInsert(peerNamed('b'), { trustScore: 0.75 });
    expect(primary.peers.get('b')?.trustScore).toBe(0.75);
    const batch = new BatchUpdate()
      .upsert(peerNamed('c'))
      .remove('b')
      .update('a', { tier: 'tier1' });
    expect(await replica.commitBatch(batch)).toMatchObject({ added: 1, updated: 1, removed: 1 });
    const many = Array.from({ length: 5_000 }, (_, index) => peerNamed(`many-${index}`));
    expect(await replica.upsertMany(many)).toMatchObject({ added: 5_000, rejected: 0 });
    expect(await replica.remove('c')).toMatchObject({ change: 'removed' });
    expect(await replica.cleanupExpired()).toMatchObject({ seq: primary.lastSeq });
    await replica.atLeast(primary.lastSeq);
    expect(replica.digest()).toBe(primary.digest());
  });

  it('C5 tell typed errors of the primary, which have changed nothing', async () => {
    const { primary, replica } = await twoOf('refused');
    await expect(replica.update('nobody', { trustScore: 1 })).rejects.toMatchObject({
      name: 'PeerNotFoundError',
      code: 'PEER_NOT_FOUND',
    });
    await expect(replica.update('nobody', (entry) => entry)).rejects.toMatchObject({
      code: 'PEER_UPDATE_FAILED',
    });
    const batch = new BatchUpdate().upsert(peerNamed('d')).update('nobody', { trustScore: 1 });
    await expect(replica.commitBatch(batch)).rejects.toMatchObject({ position: 1 });
    const module = builtIn('validators');
    await expect(replica.registerObserver({ module, role: 'critical' })).rejects.toMatchObject({
      code: 'REGISTRY_READ_ONLY',
    });
    expect(primary.lastSeq).toBe(0);
  });

  it('C5 do once what is sent again, when connections are cut again and again', async () => {
    const { primary } = await twoOf('cut');
    const line = await CutLine.to(server.port);
    open.push({ close: () => line.end() });
    const far = await memberOf('cut', { servers: line.url, canLead: false });
    const seen: number[] = [];
    const watch = primary.watch();
    void (async () => {
      for await (const event of watch) if ('entry' in event) seen.push(event.entry.tokensEarned);
    })();
    let sent = 0;
    const commit = async (): Promise<number> => {
      const number = ++sent;
      await far.upsert({ ...peerNamed('counted'), tokensEarned: number });
      return number;
    };
    for (let round = 0; round < 4; round++) {
      const commits = Array.from({ length: 400 }, commit);
      await Promise.race(commits);
      line.cut();
      await new Promise((resolve) => setTimeout(resolve, 50));
      line.mend();
      expect(await Promise.all(commits)).toHaveLength(400);
    }
    await until('all is seen', () => seen.length >= sent);
    expect(seen).toEqual(Array.from({ length: sent }, (_, index) => index + 1));
    await watch.return?.();
  });

  it('C6 that were cut off past their lease follow the next primary in place, and what they alone had committed is gone', async () => {
    const line = await CutLine.to(server.port);
    open.push({ close: () => line.end() });
    const former = await memberOf('former', { servers: line.url, acknowledge: 'local' });
    await until('it leads', () => former.role === 'primary');
    const heir = await memberOf('former', { acknowledge: 'local' });
    const { seq } = await former.upsert(peerNamed('both'));
    await heir.atLeast(seq);
    const observer = await former.registerObserver({ module: builtIn('kademlia') });
    const begun = await observer.digest();
    const watch = former.watch();
    line.cut();
    const ghost = await former.upsert(peerNamed('ghost'));
    expect((await watch.next()).value).toMatchObject({ kind: 'PeerAdded', nodeId: 'ghost' });
    await until('the other leads', () => heir.role === 'primary');
    for (let number = 0; number < 5; number++) await heir.upsert(peerNamed(`heir-${number}`));
    line.mend();
    await until('it follows', () => former.role === 'replica');
    await former.atLeast(ghost.seq + 4);
    expect(former).toMatchObject({ isReplica: true, epoch: heir.epoch, lastSeq: heir.lastSeq });
    expect(former.digest()).toBe(heir.digest());
    expect(former.peers.get('ghost')).toBeUndefined();
    const { value } = await watch.next();
    expect(value?.kind).toBe('Resync');
    await former.settled();
    expect(await observer.digest()).not.toBe(begun);
    // By what it was told, and not since it stood still.
    expect(observer.stats().resyncs).toBeGreaterThan(0);
    const other = await heir.registerObserver({ module: builtIn('kademlia') });
    expect(await observer.digest()).toBe(await other.digest());
    expect(await former.upsert(peerNamed('after'))).toMatchObject({ change: 'added' });
    await watch.return?.();
  });

  it('C5 say when no primary came, and that nothing came of the command', async () => {
    const { primary, replica } = await twoOf('alone', { canLead: false, forwardTimeoutMs: 500 });
    await primary.close();
    await expect(replica.upsert(peerNamed('e'))).rejects.toMatchObject({
      name: 'NoPrimaryError',
      code: 'NO_PRIMARY',
    });
    const next = await memberOf('alone');
    await until('it leads', () => next.role === 'primary');
    await until('it is known', () => replica.primary?.epoch === next.epoch);
    expect(await replica.upsert(peerNamed('f'))).toMatchObject({ seq: 1, change: 'added' });
    expect(next.peers.size).toBe(1);
  });

  it('resign and close without one command of unknown outcome, while their observers go on', async () => {
    const { primary, replica } = await twoOf('rolling');
    const observer = await replica.registerObserver({ module: builtIn('kademlia') });
    const sender = await memberOf('rolling', { canLead: false });
    let isSending = true;
    let count = 0;
    const sending = (async () => {
      for (; isSending; count++) {
        await Promise.all([
          sender.upsert({ ...peerNamed('g'), tokensEarned: count }),
          sender.upsert({ ...peerNamed('h'), tokensEarned: count }),
        ]);
      }
    })();
    await until('some are committed', () => count > 20);
    await primary.resign();
    expect(primary.role).toBe('replica');
    await until('the other leads', () => replica.role === 'primary');
    const before = count;
    await until('it goes on', () => count > before + 20);
    await replica.resign();
    await until('the first leads again', () => primary.role === 'primary');
    const then = count;
    await until('it goes on', () => count > then + 20);
    isSending = false;
    await sending;
    const roles: string[] = [];
    for await (const { role } of primary.states()) {
      roles.push(role);
      break;
    }
    expect(roles).toEqual(['primary']);
    await replica.atLeast(primary.lastSeq);
    await replica.settled();
    const same = await primary.registerObserver({ module: builtIn('kademlia') });
    expect(await observer.digest()).toBe(await same.digest());
    expect(replica.digest()).toBe(primary.digest());
  });

  it('resign once when that is asked for twice, and are told what changes alone', async () => {
    const { primary, replica } = await twoOf('twice');
    const told: string[] = [];
    void (async () => {
      for await (const state of replica.states()) told.push(JSON.stringify(state));
    })();
    await Promise.all([primary.resign(), primary.resign()]);
    expect(primary.isReplica).toBe(true);
    await until('the other leads', () => replica.primary?.member === replica.memberId);
    expect(told.filter((state, index) => state === told[index - 1])).toEqual([]);
  });

  it('that cannot resign now stay the primary, for themselves and for others', async () => {
    const line = await CutLine.to(server.port);
    open.push({ close: () => line.end() });
    const primary = await memberOf('busy', {
      servers: line.url,
      leaseMs: 60_000,
      maxUnsyncedChanges: 1,
      commands: { maxWaiting: 1 },
    });
    await until('it leads', () => primary.role === 'primary');
    const other = await memberOf('busy');
    await other.upsert(peerNamed('a'));
    line.cut();
    const waiting: Promise<unknown>[] = [];
    let isFull = false;
    await until('as many wait as may', () => {
      const one = primary.upsert(peerNamed('b'));
      waiting.push(one.catch(() => (isFull = true)));
      return isFull;
    });
    await expect(primary.resign()).rejects.toMatchObject({ code: 'REGISTRY_OVERLOADED' });
    line.mend();
    await Promise.all(waiting);
    expect(await primary.upsert(peerNamed('e'))).toMatchObject({ change: 'added' });
    // The line on which it sent before was ended: of the first its outcome may be unknown.
    await until('another is answered', () =>
      other.upsert(peerNamed('f')).then(
        () => true,
        () => false,
      ),
    );
    expect([primary.role, other.role]).toEqual(['primary', 'replica']);
  });

  it('that have failed are no primary any more', async () => {
    const line = await CutLine.to(server.port);
    open.push({ close: () => line.end() });
    const member = await memberOf('failed', { servers: line.url, storeTimeoutMs: 1_000 });
    await until('it leads', () => member.role === 'primary');
    const roles = (async () => {
      const told: string[] = [];
      for await (const { role } of member.states()) told.push(role);
      return told;
    })();
    line.cut();
    await expect(member.upsert(peerNamed('a'))).rejects.toMatchObject({ code: 'REGISTRY_FAILED' });
    expect((await roles).at(-1)).toBe('replica');
    expect([member.role, member.failure.aborted]).toEqual(['replica', true]);
    line.mend();
  });

  it('that are being closed say so to whoever sends them commands', async () => {
    const { primary, replica } = await twoOf('closing');
    for (const member of [replica, primary]) {
      if (member === primary) await primary.resign();
      const closing = member.close();
      await expect(member.upsert(peerNamed('a'))).rejects.toMatchObject({
        code: 'REGISTRY_CLOSED',
      });
      await closing;
      await expect(member.upsert(peerNamed('a'))).rejects.toMatchObject({
        code: 'REGISTRY_CLOSED',
      });
      await member.close();
    }
  });
});
