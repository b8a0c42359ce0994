import { hash } from 'node:crypto';
import { ConfigError, createPeer, type PeerEntry, QueryError } from '@panoptes/core/observer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  expectDigestFollowsFromPeers,
  historyOf,
  ObserverIncarnation,
} from '../observer-incarnation.fixture.js';
import { detachedRegistry } from '../../runtime/command-sender.js';
import { type FeedCommand, PeerFeed } from '../peer-feed.fixture.js';
import kademlia, { type KademliaOptions, type RoutingTable } from './index.js';

const localId = '00'.repeat(32);

interface Sight {
  readonly firstSeen?: number;
  readonly failedAttempts?: number | undefined;
}

const peer = (nodeId: string, { firstSeen = 1000, failedAttempts }: Sight = {}): PeerEntry =>
  createPeer({
    peerId: {
      nodeId,
      publicKey: Buffer.from(nodeId).subarray(0, 64),
      did: 'did:zhtp:0123456789abcdef',
    },
    firstSeen,
    lastSeen: 2000,
    connectionMetrics: { connectedAt: 1000 },
    ...(failedAttempts === undefined
      ? {}
      : {
          dhtInfo: { kademliaDistance: 1, bucketIndex: 0, lastContact: 1000, failedAttempts },
        }),
  });

/** A node id whose bucket is `prefixLength` in the table of `localId`. */
const inBucket = (prefixLength: number, suffix: number): string =>
  (2n ** BigInt(255 - prefixLength) + BigInt(suffix)).toString(16).padStart(64, '0');

/** Where a node id is placed, by another way than the observer's. */
const placeOf = (nodeId: string): bigint =>
  BigInt(`0x${/^[0-9a-fA-F]{64}$/.test(nodeId) ? nodeId : hash('sha256', nodeId, 'hex')}`);

const hashedTwin = hash('sha256', 'peer 1', 'hex');
/** Names, identifiers spread and crowded, two claims to one identifier, and the table's own. */
const nodeIds = [
  ...Array.from({ length: 14 }, (_, index) => `peer ${index}`),
  ...Array.from({ length: 6 }, (_, index) => inBucket(9, index)),
  ...Array.from({ length: 4 }, (_, index) => inBucket(200 + index, 0)),
  hashedTwin,
  inBucket(4, 0xabc),
  inBucket(4, 0xabc).toUpperCase(),
  localId,
];

const command: fc.Arbitrary<FeedCommand> = fc.oneof(
  { arbitrary: fc.constantFrom(...nodeIds), weight: 1 },
  {
    arbitrary: fc
      .record({
        nodeId: fc.constantFrom(...nodeIds),
        firstSeen: fc.nat({ max: 4 }),
        failedAttempts: fc.constantFrom(undefined, 0, 2, 3, 7),
      })
      .map(({ nodeId, ...sight }) => peer(nodeId, sight)),
    weight: 3,
  },
);

const options: KademliaOptions = { k: 3, localId };

async function tableOf(
  transactions: readonly FeedCommand[][],
  given: KademliaOptions = options,
): Promise<{
  table: RoutingTable;
  feed: PeerFeed;
  incarnation: ObserverIncarnation<RoutingTable, unknown>;
}> {
  const feed = new PeerFeed();
  const incarnation = await ObserverIncarnation.begin<RoutingTable, KademliaOptions | undefined>(
    kademlia,
    given,
  );
  await incarnation.follow(feed, ...transactions);
  return { table: incarnation.state, feed, incarnation };
}

/** Members by bucket as the rule says, found by sorting all there are. */
function membersByRule(peers: Iterable<PeerEntry>, k: number): Map<number, string[]> {
  const answers = (entry: PeerEntry): boolean => (entry.dhtInfo?.failedAttempts ?? 0) < 3;
  const buckets = new Map<number, PeerEntry[]>();
  for (const entry of peers) {
    const place = placeOf(entry.peerId.nodeId);
    if (place === 0n) continue;
    const prefixLength = 256 - place.toString(2).length;
    buckets.set(prefixLength, [...(buckets.get(prefixLength) ?? []), entry]);
  }
  const rank = (entry: PeerEntry): [number, number, string, string] => {
    const { nodeId } = entry.peerId;
    const place = placeOf(nodeId).toString(16).padStart(64, '0');
    return [answers(entry) ? 0 : 1, entry.firstSeen, place, place === nodeId ? '' : nodeId];
  };
  const before = (a: PeerEntry, b: PeerEntry): number => {
    const [x, y] = [rank(a), rank(b)];
    const at = x.findIndex((value, index) => value !== y[index]);
    return at === -1 ? 0 : x[at]! < y[at]! ? -1 : 1;
  };
  return new Map(
    [...buckets].map(([prefixLength, entries]) => [
      prefixLength,
      entries
        .sort(before)
        .slice(0, k)
        .map(({ peerId }) => peerId.nodeId),
    ]),
  );
}

const membersOf = (table: RoutingTable): Map<number, string[]> =>
  new Map(
    table
      .bucketOccupancy()
      .map(({ prefixLength }) => [
        prefixLength,
        table.bucketMembers(prefixLength).map(({ nodeId }) => nodeId),
      ]),
  );

describe('the kademlia observer', () => {
  it('K2 keeps live old contacts and lets the newcomer wait', async () => {
    const [a, b, c, d] = [0, 1, 2, 3].map((n) => inBucket(0, n)) as [
      string,
      string,
      string,
      string,
    ];
    const { table } = await tableOf([
      [a, b, c, d].map((nodeId, age) => peer(nodeId, { firstSeen: 1000 + age })),
    ]);
    expect(table.bucketMembers(0).map(({ nodeId }) => nodeId)).toEqual([a, b, c]);
    expect(table.has(d)).toBe(false);
    expect(table.bucketOccupancy()).toEqual([{ prefixLength: 0, members: 3, waiting: 1 }]);
  });

  it('K2 offers the newcomer the place of a contact that stopped answering, and back', async () => {
    const ids = [0, 1, 2, 3].map((n) => inBucket(0, n));
    const { table, feed, incarnation } = await tableOf([
      ids.map((nodeId, age) => peer(nodeId, { firstSeen: 1000 + age })),
    ]);
    await incarnation.follow(feed, [peer(ids[0]!, { firstSeen: 1000, failedAttempts: 2 })]);
    expect(table.has(ids[3]!)).toBe(false);
    await incarnation.follow(feed, [peer(ids[0]!, { firstSeen: 1000, failedAttempts: 3 })]);
    expect(table.has(ids[3]!)).toBe(true);
    expect(table.has(ids[0]!)).toBe(false);
    await incarnation.follow(feed, [peer(ids[0]!, { firstSeen: 1000, failedAttempts: 0 })]);
    expect(table.bucketMembers(0).map(({ nodeId }) => nodeId)).toEqual(ids.slice(0, 3));
  });

  it('K2 has the members the rule names after any history', async () => {
    await fc.assert(
      fc.asyncProperty(historyOf(command), async (history) => {
        const { table, feed } = await tableOf(history);
        expect(new Map([...membersOf(table)].sort())).toEqual(
          new Map([...membersByRule(feed.peers.values(), 3)].sort()),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('K2 has a digest that follows from the peers there are', async () => {
    await expectDigestFollowsFromPeers(kademlia, options, command);
  });

  it('K3 puts a contact that left and came back at the tail', async () => {
    const ids = [0, 1, 2].map((n) => inBucket(7, n));
    const { table, feed, incarnation } = await tableOf([
      ids.map((nodeId, age) => peer(nodeId, { firstSeen: 1000 + age })),
    ]);
    await incarnation.follow(feed, [ids[0]!], [peer(ids[0]!, { firstSeen: 5000 })]);
    expect(table.bucketMembers(7).map(({ nodeId }) => nodeId)).toEqual([ids[1], ids[2], ids[0]]);
  });

  it('K3 never has more than k members in a bucket, counts each once, and never its own identifier', async () => {
    await fc.assert(
      fc.asyncProperty(historyOf(command), fc.integer({ min: 1, max: 5 }), async (history, k) => {
        const { table, feed } = await tableOf(history, { k, localId });
        let members = 0;
        let known = 0;
        for (const bucket of table.bucketOccupancy()) {
          expect(bucket.members).toBeLessThanOrEqual(k);
          if (bucket.waiting > 0) expect(bucket.members).toBe(k);
          members += bucket.members;
          known += bucket.members + bucket.waiting;
        }
        expect(table.size()).toBe(members);
        expect(table.has(localId)).toBe(false);
        expect(known).toBe(feed.peers.size - (feed.peers.has(localId) ? 1 : 0));
      }),
      { numRuns: 100 },
    );
  });

  it('K4 finds exactly the closest members, the closest first', async () => {
    const target = fc.oneof(
      fc.constantFrom(...nodeIds),
      fc.string({ maxLength: 20 }),
      fc.uint8Array({ minLength: 32, maxLength: 32 }).map((id) => Buffer.from(id).toString('hex')),
    );
    await fc.assert(
      fc.asyncProperty(
        historyOf(command),
        target,
        fc.integer({ min: 1, max: 12 }),
        async (history, to, count) => {
          const { table } = await tableOf(history);
          const members = [...membersOf(table).values()].flat();
          const distances = members
            .map((nodeId) => placeOf(nodeId) ^ placeOf(to))
            .sort((a, b) => (a < b ? -1 : 1))
            .slice(0, count);
          const found = table.closest(to, count);
          expect(found.map(({ distance }) => BigInt(`0x${distance}`))).toEqual(distances);
          expect(found.map(({ nodeId }) => placeOf(nodeId) ^ placeOf(to))).toEqual(distances);
          expect(new Set(found.map(({ nodeId }) => nodeId)).size).toBe(found.length);
          expect(found.every(({ nodeId }) => table.has(nodeId))).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('K4 tells distances apart that are equal as doubles', async () => {
    const ids = Array.from({ length: 12 }, (_, n) => inBucket(0, n));
    const { table } = await tableOf([ids.toReversed().map((nodeId) => peer(nodeId))], {
      k: 20,
      localId,
    });
    expect(table.closest('00'.repeat(32), 5).map(({ nodeId }) => nodeId)).toEqual(ids.slice(0, 5));
    expect(table.closest(ids[7]!, 1).map(({ nodeId }) => nodeId)).toEqual([ids[7]]);
  });

  it('keeps two peers that claim one identifier apart', async () => {
    const { table } = await tableOf([[peer('peer 1'), peer(hashedTwin)]]);
    expect(table.closest('peer 1', 3).map(({ nodeId }) => nodeId)).toEqual([hashedTwin, 'peer 1']);
    expect(table.size()).toBe(2);
  });

  it('has the same local id under every name, and so the same digest, unless it is given one', async () => {
    const peers = Array.from({ length: 60 }, (_, number) => peer(`peer-${number}`));
    const digestAs = async (name: string, localId?: string) => {
      const registry = detachedRegistry();
      const options = localId === undefined ? {} : { localId };
      const context = { name, options, incarnation: 1, registry, now: () => 0 };
      const feed = new PeerFeed();
      feed.commit([peers]);
      const table = await kademlia.setup(context);
      await kademlia.onSnapshot!(
        feed.snapshot(() => 0),
        table,
        context,
      );
      return kademlia.digest!(table);
    };
    expect(await digestAs('one')).toBe(await digestAs('two'));
    expect(await digestAs('one', '00'.repeat(32))).not.toBe(await digestAs('one'));
  });

  it('refuses options and arguments it cannot use, and says why', async () => {
    const begin = async (given: unknown): Promise<unknown> =>
      ObserverIncarnation.begin(kademlia, given as KademliaOptions);
    await expect(begin({ k: 0 })).rejects.toThrow(
      new ConfigError(
        "observer 'kademlia': option 'k': expected a whole number from 1 to 1024, got 0",
      ),
    );
    await expect(begin({ localId: 'abc' })).rejects.toThrow(
      "expected 64 hex characters, got 'abc'",
    );
    await expect(begin({ maxFailedAttempts: 1.5 })).rejects.toThrow(ConfigError);
    await expect(begin({ maxWithoutAddress: -1 })).rejects.toThrow(ConfigError);
    await expect(begin({ exempt: ['public'] })).rejects.toThrow('a list of loopback, private');
    await expect(begin({ K: 20 })).rejects.toThrow(
      "no such option 'K' (it has: k, maxFailedAttempts, localId, maxPerSubnet, maxWithoutAddress, exempt)",
    );
    await expect(begin('k=20')).rejects.toThrow(ConfigError);
    const { table } = await tableOf([]);
    expect(() => table.closest('peer 1', 0)).toThrow(QueryError);
    expect(() => table.closest(7 as unknown as string)).toThrow(QueryError);
  });
});
