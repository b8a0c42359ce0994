import { ConfigError, createPeer, type PeerEntry, QueryError } from '@panoptes/core/observer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  expectDigestFollowsFromPeers,
  historyOf,
  ObserverIncarnation,
} from '../observer-incarnation.fixture.js';
import { type FeedCommand, PeerFeed } from '../peer-feed.fixture.js';
import mesh, { type MeshTopology } from './index.js';

type Link = PeerEntry['links'][number];

const peer = (nodeId: string, links: readonly Link[] = [], trustScore = 0.5): PeerEntry =>
  createPeer({
    peerId: { nodeId, publicKey: 'aa', did: 'did:zhtp:0123456789abcdef' },
    connectionMetrics: { connectedAt: 1 },
    firstSeen: 1,
    lastSeen: 1,
    links: [...links],
    trustScore,
  });

const hears = (nodeId: string, quality: number, type = 'wifi'): Link => ({ nodeId, quality, type });

async function meshOf(...transactions: FeedCommand[][]): Promise<{
  topology: MeshTopology;
  feed: PeerFeed;
  incarnation: ObserverIncarnation<MeshTopology, undefined>;
}> {
  const feed = new PeerFeed();
  const incarnation = await ObserverIncarnation.begin<MeshTopology, undefined>(mesh, undefined);
  await incarnation.follow(feed, ...transactions);
  return { topology: incarnation.state, feed, incarnation };
}

/** Names that mean something to plain objects are among them. */
const nodeIds = ['a', 'b', 'c', 'd', 'e', '__proto__', 'constructor', ''].map((id) => id || '7');
const nodeId = fc.constantFrom(...nodeIds);
const link: fc.Arbitrary<Link> = fc.record({
  nodeId,
  quality: fc.constantFrom(0, 0.25, 0.5, 0.9, 1),
  type: fc.constantFrom('wifi', 'vpn'),
});
const command: fc.Arbitrary<FeedCommand> = fc.oneof(
  { arbitrary: nodeId, weight: 1 },
  {
    arbitrary: fc
      .tuple(nodeId, fc.array(link, { maxLength: 6 }), fc.constantFrom(0.1, 0.2))
      .map(([id, links, trust]) => peer(id, links, trust)),
    weight: 4,
  },
);

interface Half extends Link {
  readonly hearer: string;
  readonly ordinal: number;
}

/** Everything that is reported and not about the reporter, numbered as the rule says. */
const halvesOf = (peers: ReadonlyMap<string, PeerEntry>): Half[] =>
  [...peers].flatMap(([hearer, { links }]) =>
    links
      .map((one, at) => ({
        ...one,
        hearer,
        ordinal: links
          .slice(0, at)
          .filter((other) => other.nodeId === one.nodeId && other.type === one.type).length,
      }))
      .filter((half) => half.nodeId !== hearer),
  );

/** Connected parts by joining labels until nothing changes. */
function partsOf(ids: readonly string[], halves: readonly Half[]): string[][] {
  const label = new Map(ids.map((id) => [id, id]));
  ids.forEach(() => {
    for (const { hearer, nodeId: heard } of halves) {
      const [a, b] = [label.get(hearer), label.get(heard)];
      if (a === undefined || b === undefined) continue;
      const lower = a < b ? a : b;
      label.set(hearer, lower).set(heard, lower);
    }
  });
  return [...new Set(label.values())].map((name) => ids.filter((id) => label.get(id) === name));
}

/** The best quality between any two by trying longer and longer paths. */
function bestQuality(
  ids: readonly string[],
  halves: readonly Half[],
  from: string,
  to: string,
): number {
  const best = new Map([[from, 1]]);
  ids.forEach(() => {
    for (const { hearer, nodeId: heard, quality } of halves) {
      const reached = (best.get(heard) ?? 0) * quality;
      if (reached > (best.get(hearer) ?? 0)) best.set(hearer, reached);
    }
  });
  return best.get(to) ?? 0;
}

describe('the mesh observer', () => {
  it('makes one link of both directions, and links of their own of other types', async () => {
    const { topology } = await meshOf([
      peer('a', [hears('b', 0.9), hears('b', 0.5, 'vpn')]),
      peer('b', [hears('a', 0.8)]),
    ]);
    expect(topology.counts()).toMatchObject({ peers: 2, links: 2, pairs: 1, isolated: 0 });
    expect(topology.neighbours('a')).toEqual([
      { nodeId: 'b', type: 'vpn', ordinal: 0, hears: 0.5, isHeard: undefined },
      { nodeId: 'b', type: 'wifi', ordinal: 0, hears: 0.9, isHeard: 0.8 },
    ]);
  });

  it('tells links of one type between two peers apart by their order', async () => {
    const { topology } = await meshOf([
      peer('a', [hears('b', 0.1), hears('b', 0.2)]),
      peer('b', [hears('a', 0.3), hears('a', 0.4), hears('a', 0.5)]),
    ]);
    expect(topology.counts()).toMatchObject({ links: 3, pairs: 1 });
    expect(topology.neighbours('b')?.map(({ hears: h, isHeard }) => [h, isHeard])).toEqual([
      [0.3, 0.1],
      [0.4, 0.2],
      [0.5, undefined],
    ]);
  });

  it('keeps a link dangling until the other end comes, and again when that goes', async () => {
    const { topology, feed, incarnation } = await meshOf([
      peer('a', [hears('b', 0.9), hears('a', 1)]),
    ]);
    const alone = { peers: 1, links: 0, pairs: 0, isolated: 1, dangling: 1, selfLinks: 1 };
    const linked = { peers: 2, links: 1, pairs: 1, isolated: 0, dangling: 0, selfLinks: 1 };
    expect(topology.counts()).toEqual(alone);
    await incarnation.follow(feed, [peer('b')]);
    expect(topology.counts()).toEqual(linked);
    await incarnation.follow(feed, ['b']);
    expect(topology.counts()).toEqual(alone);
  });

  it('follows a change of quality, of a dangling link too', async () => {
    const { topology, feed, incarnation } = await meshOf([
      peer('b'),
      peer('a', [hears('b', 0.9), hears('c', 0.1)]),
    ]);
    await incarnation.follow(feed, [peer('a', [hears('b', 0.3), hears('c', 0.2)])], [peer('c')]);
    expect(topology.neighbours('a')?.map(({ hears: quality }) => quality)).toEqual([0.3, 0.2]);
  });

  it('takes the direction in which packets go for the quality of a path', async () => {
    const { topology } = await meshOf([
      peer('a', [hears('b', 0.5)]),
      peer('b', [hears('a', 0.8), hears('c', 0.1)]),
      peer('c', [hears('b', 0.5), hears('a', 0.3)]),
      peer('d', [hears('c', 0)]),
    ]);
    expect(topology.bestPath('a', 'c')).toEqual({ path: ['a', 'b', 'c'], quality: 0.4 });
    expect(topology.bestPath('c', 'a')).toEqual({ path: ['c', 'b', 'a'], quality: 0.05 });
    expect(topology.bestPath('a', 'a')).toEqual({ path: ['a'], quality: 1 });
    expect(topology.bestPath('a', 'd')).toBeUndefined();
    expect(topology.bestPath('d', 'c')).toBeUndefined();
    expect(topology.bestPath('a', 'unknown')).toBeUndefined();
    expect(topology.neighbours('unknown')).toBeUndefined();
  });

  it('agrees with a brute-force model after any history', async () => {
    await fc.assert(
      fc.asyncProperty(historyOf(command), async (history) => {
        const { topology, feed } = await meshOf(...history);
        const ids = [...feed.peers.keys()].sort();
        const reported = halvesOf(feed.peers);
        const halves = reported.filter((half) => feed.peers.has(half.nodeId));
        const ends = ({ hearer, nodeId: heard }: Half): string => [hearer, heard].sort().join(' ');
        const isolated = ids.filter((id) =>
          halves.every((h) => h.hearer !== id && h.nodeId !== id),
        );
        const parts = partsOf(ids, halves);
        expect(topology.counts()).toEqual({
          peers: ids.length,
          links: new Set(halves.map((half) => `${ends(half)} ${half.type} ${half.ordinal}`)).size,
          pairs: new Set(halves.map(ends)).size,
          isolated: isolated.length,
          dangling: reported.length - halves.length,
          selfLinks: [...feed.peers].flatMap(([id, entry]) =>
            entry.links.filter((one) => one.nodeId === id),
          ).length,
        });
        expect(topology.isolatedPeers()).toEqual(isolated);
        expect(topology.components()).toEqual(parts.map((p) => p.length).sort((a, b) => b - a));
        expect(topology.articulationPoints()).toEqual(
          ids.filter((gone) => {
            const rest = ids.filter((id) => id !== gone);
            return partsOf(rest, halves).length > parts.length - (isolated.includes(gone) ? 1 : 0);
          }),
        );
        for (const from of ids) {
          for (const to of ids) {
            const found = topology.bestPath(from, to);
            expect(found?.quality ?? 0).toBeCloseTo(bestQuality(ids, halves, from, to), 9);
            if (found === undefined) continue;
            expect([found.path[0], found.path.at(-1)]).toEqual([from, to]);
            expect(qualityAlong(found.path, halves)).toBeCloseTo(found.quality, 9);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it('has a digest that follows from the peers there are', async () => {
    await expectDigestFollowsFromPeers(mesh, undefined, command);
  });

  it('has another digest when a quality, a direction or a dangling link differs', async () => {
    const digests = await Promise.all(
      [
        [peer('a', [hears('b', 0.9)]), peer('b')],
        [peer('a', [hears('b', 0.8)]), peer('b')],
        [peer('a'), peer('b', [hears('a', 0.9)])],
        [peer('a', [hears('b', 0.9)])],
        [peer('a', [hears('b', 0.8)])],
        [peer('a')],
        [peer('a'), peer('b')],
      ].map(async (peers) => (await meshOf(peers)).topology.digest()),
    );
    expect(new Set(digests).size).toBe(digests.length);
  });

  it('does not look at the links of an update that leaves them alone', async () => {
    const { feed, incarnation } = await meshOf([peer('a', [hears('b', 0.9)])]);
    const guarded = new Proxy(peer('a', [hears('b', 0.9)], 0.9), {
      get(target, name): unknown {
        if (name === 'links' && isDelivered) throw new Error('the links were read');
        return Reflect.get(target, name);
      },
    });
    let isDelivered = false;
    const batch = feed.commit([[guarded]]);
    isDelivered = true;
    expect([...batch.changes()]).toHaveLength(1);
    incarnation.state.follow(batch);
  });

  it('refuses options and arguments it cannot use', async () => {
    await expect(ObserverIncarnation.begin(mesh, { depth: 3 } as never)).rejects.toThrow(
      new ConfigError("observer 'mesh': no such option 'depth' (it has: none)"),
    );
    const { topology } = await meshOf([peer('a'), peer('b')]);
    expect(topology.isolatedPeers(1)).toEqual(['a']);
    expect(() => topology.isolatedPeers(-1)).toThrow(QueryError);
  });
});

function qualityAlong(path: readonly string[], halves: readonly Half[]): number {
  let quality = 1;
  for (const [at, from] of path.slice(0, -1).entries()) {
    const hops = halves.filter((half) => half.nodeId === from && half.hearer === path[at + 1]);
    quality *= Math.max(...hops.map((half) => half.quality));
  }
  return quality;
}
