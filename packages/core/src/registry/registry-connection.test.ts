import { describe, expect, it } from 'vitest';
import { ConnectionClosedError } from '../connection-errors.js';
import { peerNumbered } from '../peers/peer-entry.fixture.js';
import { nextTurn } from '../turns.js';
import { RecordWriter } from '../log/record-ring.js';
import { BatchUpdate } from './batch-update.js';
import { reasonOf } from './caller-ending.js';
import { CommandKind } from './caller-record.js';
import { type ConnectedRegistry, connectedRegistry } from './connected-registry.fixture.js';
import { ManualClock } from './manual-clock.fixture.js';
import { OpenRegistry } from './open-registry.fixture.js';
import type { Registry } from './registry.js';
import type { RegistryConnection } from './registry-connection.js';

/** What both a registry and a connection to it offer. */
type Target = Registry | RegistryConnection;

/** The outcome of a call: its result, or the whole refusal. */
async function outcomeOf(call: () => unknown): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    const { name, message, cause } = error as Error;
    const causes = cause instanceof Error ? [cause.name, cause.message] : cause;
    return { name, message, causes, class: (error as object).constructor, ...(error as object) };
  }
}

const peer = (number: number, more = {}) => peerNumbered(number, more);
const { peerId } = peer(1);
const trap = new Proxy({}, { ownKeys: () => { throw new Error('trap'); }, get: () => { throw new Error('trap'); } }); // prettier-ignore
const batch = () => new BatchUpdate();

/** What callers do, right and wrong, each after the ones before it. */
const calls: readonly [string, (target: Target) => unknown][] = [
  ['an upsert', (to) => to.upsert(peer(1))],
  ['the same again', (to) => to.upsert(peer(1))],
  ['an upsert that leaves all out', (to) => to.upsert({ peerId: peer(2).peerId })],
  ['times to come', (to) => to.upsert({ ...peer(3), lastSeen: 1e15, dhtInfo: {} })],
  ['another key', (to) => to.upsert(peerNumbered(1, {}, { publicKey: 'dead' }))],
  ['another key, allowed', (to) => to.upsert(peerNumbered(1, {}, { publicKey: 'dead' }), { allowIdentityChange: true })], // prettier-ignore
  ['a key in bytes', (to) => to.upsert({ peerId: { ...peer(4).peerId, publicKey: Uint8Array.of(1, 2) } })], // prettier-ignore
  ['another’s key', (to) => to.upsert({ peerId: { ...peer(5).peerId, publicKey: '0102' } })],
  ['no DID', (to) => to.upsert(peerNumbered(6, {}, { did: 'did:other:1' }))],
  ['no peer', (to) => to.upsert(null as never)],
  ['a bad field', (to) => to.upsert({ ...peer(1), trustScore: 7 })],
  ['an unknown field', (to) => to.upsert({ ...peer(1), colour: 7 } as never)],
  ['what cannot be read', (to) => to.upsert(trap as never)],
  ['a bad option', (to) => to.upsert(peer(1), { whenFull: 'wiat' } as never)],
  ['an unknown option', (to) => to.upsert(peer(1), { whenful: 'wait' } as never)],
  ['no options', (to) => to.upsert(peer(1), null as never)],
  ['a patch', (to) => to.update('peer-1', { tier: 'tier2', nextHop: 'x', location: { latitude: 3 } })], // prettier-ignore
  ['a patch of nothing', (to) => to.update('peer-1', {})],
  ['a patch that takes away', (to) => to.update('peer-1', { nextHop: null, location: null })],
  [
    'a patch of a group that is added',
    (to) => to.update('peer-1', { dhtInfo: { bucketIndex: 3 } }),
  ],
  ['a patch of a group that is added, empty', (to) => to.update('peer-1', { location: {} })],
  ['a patch of a group in numbers', (to) => to.update('peer-2', { dhtInfo: { bucketIndex: 4 } })],
  ['a patch of the identity', (to) => to.update('peer-1', { peerId: { publicKey: 'beef' } })],
  ['a patch of the node id', (to) => to.update('peer-1', { peerId: { nodeId: 'peer-9' } })],
  ['a bad patch', (to) => to.update('peer-1', { trustScore: NaN })],
  ['a bad patch in a list', (to) => to.update('peer-1', { links: [{ nodeId: 'x' }] as never })],
  ['a bad patch of nobody', (to) => to.update('nobody', { trustScore: 7 })],
  ['an unknown field of a patch', (to) => to.update('peer-1', { colour: Symbol('red') } as never)],
  ['a patch for ever after', (to) => to.update('peer-1', { lastSeen: 1e15 })],
  ['no patch', (to) => to.update('peer-1', null as never)],
  ['nobody', (to) => to.update('nobody', { tier: 'tier1' })],
  ['an odd name', (to) => to.update('\ud800\0', { tier: 'tier1' })],
  ['a long name', (to) => to.update('x'.repeat(5_000), { tier: 'tier1' })],
  ['no name', (to) => to.update(5 as never, { tier: 'tier1' })],
  ['by DID', (to) => to.updateByDid(peer(2).peerId.did.toUpperCase(), { hopCount: 1 })],
  ['by key', (to) => to.updateByPublicKey('DEAD', { hopCount: 2 })],
  ['by key in bytes', (to) => to.updateByPublicKey(Uint8Array.of(1, 2), { hopCount: 2 })],
  ['by no key', (to) => to.updateByPublicKey({} as never, { hopCount: 2 })],
  ['by nobody’s DID', (to) => to.updateByDid('did:zhtp:none', { hopCount: 2 })],
  ['metrics', (to) => to.updateMetrics('peer-1', { latencyMs: 5, signalStrength: -0 })],
  ['no metrics', (to) => to.updateMetrics('peer-1', null as never)],
  ['bad metrics', (to) => to.updateMetrics('peer-1', { latencyMs: -1 })],
  ['trust', (to) => to.updateTrust('peer-1', 3)],
  ['no trust', (to) => to.updateTrust('peer-1', '1' as never)],
  ['trust that is no number', (to) => to.updateTrust('peer-1', NaN)],
  ['touch', (to) => to.touch('peer-2')],
  ['touch at a time', (to) => to.touch('peer-2', 55)],
  ['touch in the future', (to) => to.touch('peer-2', 1e15)],
  ['touch at no time', (to) => to.touch('peer-2', -5)],
  ['touch of nobody', (to) => to.touch('nobody')],
  ['get', (to) => to.peers.get('peer-2')],
  ['get of nobody', (to) => to.peers.get('nobody')],
  ['get of an odd name', (to) => to.peers.get('\ud800')],
  ['get of no name', async (to) => to.peers.get(undefined as never)],
  ['remove', (to) => to.remove('peer-4')],
  ['remove of nobody', (to) => to.remove('peer-4')],
  ['remove of no name', (to) => to.remove({} as never)],
  ['a batch', (to) => to.commitBatch(batch().upsert(peer(7)).update('peer-1', { tier: 'tier3', nextHop: 'y' }).remove('peer-3'))], // prettier-ignore
  ['a batch of nothing', (to) => to.commitBatch(batch())],
  ['a batch that changes nothing', (to) => to.commitBatch(batch().remove('nobody'))],
  [
    'a batch with a bad peer',
    (to) =>
      to.commitBatch(
        batch()
          .remove('peer-1')
          .upsert({} as never),
      ),
  ],
  ['a batch with a bad patch', (to) => to.commitBatch(batch().remove('peer-1').update('peer-2', { trustScore: 7 }))], // prettier-ignore
  ['a batch with a peer that is not there', (to) => to.commitBatch(batch().update('nobody', {}))],
  ['a batch with a peer twice', (to) => to.commitBatch(batch().remove('peer-1').remove('peer-1'))],
  ['a batch with a bad DID', (to) => to.commitBatch(batch().upsert(peerNumbered(8, {}, { did: 'x' })))], // prettier-ignore
  ['a batch that is too large', (to) => to.commitBatch(batch().remove('1').remove('2').remove('3').remove('4').remove('5'))], // prettier-ignore
  ['no batch', (to) => to.commitBatch({} as never)],
  ['evictions', (to) => to.commitBatch(batch().upsert(peer(11)).upsert(peer(12)).upsert(peer(13)))],
  ['many', (to) => to.upsertMany([peer(1), peer(21), peer(22), {} as never, peer(21)])],
  ['many of nothing', (to) => to.upsertMany(5 as never)],
  ['many with bad options', (to) => to.upsertMany([], { allowIdentityChange: 1 } as never)],
  ['many with another key', (to) => to.upsertMany([peerNumbered(21, {}, { publicKey: 'ff' })], { allowIdentityChange: true })], // prettier-ignore
  ['more than its rate', (to) => Promise.allSettled(Array.from({ length: 9 }, () => to.touch('peer-21')))], // prettier-ignore
];

describe('a connection', () => {
  it.each(['clamp', 'refuse'] as const)(
    'gives the same results and errors as the registry itself (%s)',
    async (futureTimes) => {
      const options = {
        log: { logBytes: 2 ** 20 },
        peers: { maxPeers: 6, futureTimes, rateLimits: { perPeerPerMinute: 12 } },
        commands: { maxBatchChanges: 4 },
      };
      const [there, here] = [new ManualClock(1_000_000), new ManualClock(1_000_000)];
      const [registry, direct] = [
        connectedRegistry(options, there),
        new OpenRegistry(options, here),
      ];
      const { connection } = registry.connect();
      for (const [what, call] of calls) {
        expect(await outcomeOf(() => call(connection)), what).toEqual(
          await outcomeOf(() => call(direct)),
        );
        for (const clock of [there, here]) clock.advance(9_000);
      }
      expect(registry.digest()).toBe(direct.digest());
      expect(registry.newEvents()).toEqual(direct.newEvents());
      const { rejected, commitMs, ...counters } = registry.counters;
      const { rejected: rejectedThere, commitMs: msThere, ...countersThere } = direct.counters;
      expect(counters).toEqual(countersThere);
      expect(commitMs.count).toBe(msThere.count);
      // Those that are no commands at all are refused before they are sent.
      expect(rejected).toBeLessThan(rejectedThere);
      await direct.close();
      await registry.close();
    },
  );

  it('refuses a function, which cannot cross, and says what to do', async () => {
    const registry = connectedRegistry();
    const { connection } = registry.connect();
    await connection.upsert(peer(1));
    const update = connection.update('peer-1', ((entry: unknown) => entry) as never);
    await expect(update).rejects.toMatchObject({ code: 'PEER_UPDATE_FAILED' });
    await expect(update).rejects.toThrow('give the fields to change');
    await registry.close();
  });

  it('copies what it is given: changing it afterwards has no effect', async () => {
    const registry = connectedRegistry();
    const { connection } = registry.connect();
    const given = { peerId: { ...peerId }, tier: 'tier1' as string, activeProtocols: ['a'] };
    const patch = { trustScore: 0.25, activeProtocols: ['b'] };
    const steps = batch().upsert(given as never);
    const outcomes = [connection.commitBatch(steps), connection.update(peerId.nodeId, patch)];
    given.tier = 'tier4';
    given.peerId.nodeId = 'other';
    patch.activeProtocols[0] = 'c';
    steps.remove('peer-1');
    await Promise.all(outcomes);
    expect(registry.peers.allPeers()).toMatchObject([
      { peerId, tier: 'tier1', trustScore: 0.25, activeProtocols: ['b'] },
    ]);
    await registry.close();
  });

  it('takes commands of all callers in turns, however many one of them has sent', async () => {
    const registry = connectedRegistry({ peers: { maxPeers: 100_000 } });
    const flood = registry.connect({ capacityBytes: 2 ** 24, whenFull: 'wait' }).connection;
    const other = registry.connect().connection;
    const many = Array.from({ length: 20_000 }, (_, number) => flood.upsert(peer(number)));
    const { seq } = await other.upsert(peer(50_000));
    expect(seq).toBeLessThan(500);
    await Promise.all(many);
    await registry.close();
  });

  it('brings large batches through little memory', async () => {
    const registry = connectedRegistry({ log: { logBytes: 2 ** 24 } });
    const { connection } = registry.connect({ capacityBytes: 2 ** 18 });
    const large = batch();
    for (let number = 0; number < 2_000; number++) large.upsert(peer(number));
    const outcome = connection.commitBatch(large);
    await expect(connection.upsert(peer(1))).rejects.toMatchObject({ code: 'REGISTRY_OVERLOADED' });
    expect(await outcome).toMatchObject({ change: 'committed', added: 2_000, seq: 1 });
    await registry.close();
  });
});

describe('the end of a connection', () => {
  const closedBy: readonly [string, (registry: ConnectedRegistry) => unknown, string][] = [
    ['closes', (registry) => registry.close(), 'REGISTRY_CLOSED'],
    ['fails', (registry) => registry.breakDown(new Error('a bug')), 'REGISTRY_FAILED'],
  ];
  it.each(closedBy)(
    'comes when the registry %s: every promise settles, with its error',
    async (_, end, code) => {
      const registry = connectedRegistry();
      const { connection } = registry.connect({ maxOutstanding: 100_000, whenFull: 'wait' });
      const early = Promise.allSettled([connection.upsert(peer(1)), connection.upsert(peer(2))]);
      await nextTurn();
      const late = Array.from({ length: 3_000 }, (__, at) => connection.upsert(peer(at)));
      const ended = end(registry);
      const settled = await Promise.allSettled(late);
      await Promise.all([early, ended]);
      const refused = settled.filter(({ status }) => status === 'rejected');
      for (const one of refused) expect(one).toMatchObject({ reason: { code } });
      expect(refused.length).toBeGreaterThan(0);
      await expect(connection.upsert(peer(1))).rejects.toMatchObject({ code });
      await expect(connection.peers.get('peer-1')).rejects.toMatchObject({ code });
      await expect(connection.upsertMany([peer(1)])).rejects.toMatchObject({ code });
      expect([registry.connections, connection.outstanding]).toEqual([0, 0]);
      expect(() => registry.connect()).toThrow(expect.objectContaining({ code }) as Error);
    },
  );

  it('tells what was committed for which there was no room, because the caller took nothing', async () => {
    const registry = connectedRegistry();
    const link = { nodeId: 'n'.repeat(100), type: 't' };
    await registry.upsert({ ...peer(1), links: Array.from({ length: 500 }, () => link) });
    const { memory, endings } = registry.openRaw();
    const writer = new RecordWriter(memory.commands);
    const { u8, u32 } = memory.commands.memory;
    const send = (kind: number, id: number, nodeId: string): void => {
      const bytes = 8 + ((2 * nodeId.length + 7) & ~7);
      const at = writer.place(bytes);
      u32[at >>> 2] = nodeId.length;
      u8.write(nodeId, at + 8, 'utf16le');
      writer.write(kind, id, bytes);
    };
    send(CommandKind.remove, 1, 'peer-1');
    for (let id = 2; id < 20; id++) send(CommandKind.get, id, 'peer-1');
    writer.publish();
    memory.registryBell.ring();
    while (registry.lastSeq < 2) await nextTurn();
    await registry.close();
    const result = { seq: 2, change: 'removed' };
    expect(endings).toMatchObject([{ outcomes: [{ id: 1, result }] }]);
    expect(reasonOf(endings[0]!)).toMatchObject({ code: 'REGISTRY_CLOSED' });
  });

  it('lets what was sent have its outcome, and the registry forget it, when it is closed', async () => {
    const registry = connectedRegistry();
    const { connection } = registry.connect({ whenFull: 'wait' });
    const sent = Array.from({ length: 2_000 }, (_, number) => connection.upsert(peer(number)));
    const closing = connection.close();
    expect(connection.close()).toBe(closing);
    const refused = [connection.upsert(peer(1)), connection.remove('x'), connection.peers.get('x')];
    for (const one of refused) await expect(one).rejects.toThrow(ConnectionClosedError);
    await closing;
    expect((await Promise.all(sent)).every(({ seq }) => seq > 0)).toBe(true);
    while (registry.connections > 0) await nextTurn();
    await registry.close();
  });

  it('ends the iteration of many when it is closed meanwhile', async () => {
    const registry = connectedRegistry();
    const { connection } = registry.connect();
    const state = { isLeft: false };
    async function* feed() {
      try {
        yield peer(1);
        await new Promise(() => undefined);
      } finally {
        state.isLeft = true;
      }
    }
    const many = connection.upsertMany(feed());
    while (registry.lastSeq === 0) await nextTurn();
    await connection.close();
    await expect(many).rejects.toThrow(ConnectionClosedError);
    await registry.close();
  });
});
