import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ConfigError, PeerValidationError } from '../errors.js';
import { dhtKey } from './dht-key.js';
import type { PeerTier } from './peer-entry.js';
import { peerNumbered } from './peer-entry.fixture.js';
import { PeerQueries } from './peer-queries.js';
import type { PageOptions, PeerSelection } from './peer-selection.js';
import { putPeer } from './peer-table.fixture.js';
import { PeerTable } from './peer-table.js';

afterEach(() => void vi.restoreAllMocks());

const nodes = 30;
const anyChange = fc.record({
  node: fc.nat(nodes - 1),
  /** What becomes of it; nothing is its removal. */
  tier: fc.option(fc.constantFrom<PeerTier>('tier1', 'tier2'), { freq: 3 }),
});
type Change = typeof anyChange extends fc.Arbitrary<infer C> ? C : never;

/** A table under change, and who belongs to which selection. */
class ChangingTable {
  readonly table = new PeerTable();
  readonly peers = new PeerQueries(this.table);

  constructor(start: readonly Change[]) {
    for (const change of start) this.apply(change);
  }

  apply({ node, tier }: Change): void {
    const slot = this.table.identities.withNodeId(`peer-${node}`);
    if (tier !== null) {
      const authenticated = node % 2 === 0;
      const dht = node % 3 === 0 ? { dhtInfo: {} } : {};
      putPeer(this.table, peerNumbered(node, { tier, authenticated, ...dht }));
    } else if (slot !== undefined) this.table.remove(slot);
  }

  /** Node ids of the peers that have something, found the plain way. */
  having(kind: Kind): string[] {
    return Array.from({ length: nodes }, (_, node) => this.peers.get(`peer-${node}`)!)
      .filter((entry) => entry !== undefined && kinds[kind].belongs(entry))
      .map(({ peerId }) => peerId.nodeId);
  }
}

const kinds = {
  all: { select: (peers, page) => peers.all(page), belongs: () => true },
  tier1: {
    select: (peers, page) => peers.inTier('tier1', page),
    belongs: ({ tier }) => tier === 'tier1',
  },
  authenticated: {
    select: (peers, page) => peers.authenticated(page),
    belongs: ({ authenticated }) => authenticated,
  },
  dht: {
    select: (peers, page) => peers.withDht(page),
    belongs: ({ dhtInfo }) => dhtInfo !== undefined,
  },
} satisfies Record<
  string,
  {
    select: (peers: PeerQueries, page: PageOptions) => PeerSelection;
    belongs: (peer: ReturnType<typeof peerNumbered>) => boolean;
  }
>;
type Kind = keyof typeof kinds;
const anyKind = fc.constantFrom(...(Object.keys(kinds) as Kind[]));
const anyStart = fc.array(anyChange, { maxLength: 60 });

const isInOrder = (came: readonly string[]): boolean =>
  came.every((nodeId, at) => at === 0 || Buffer.compare(dhtKey(came[at - 1]!), dhtKey(nodeId)) < 0);

describe('a selection of peers', () => {
  it('has everyone who belongs to it, in the order of the keys, and a page the first of them', () => {
    fc.assert(
      fc.property(anyStart, anyKind, fc.nat(40), (start, kind, limit) => {
        const changing = new ChangingTable(start);
        const { peers } = changing;
        const came = Array.from(kinds[kind].select(peers, {}), ({ peerId }) => peerId.nodeId);
        expect(isInOrder(came)).toBe(true);
        expect([...came].sort()).toEqual(changing.having(kind).sort());
        const page = kinds[kind].select(peers, { limit });
        expect(page.entries().map(({ peerId }) => peerId.nodeId)).toEqual(came.slice(0, limit));
      }),
      { numRuns: 200 },
    );
  });

  it('gone through by pages while it changes, has everyone who is there throughout once', () => {
    const anyPages = fc.array(fc.array(anyChange, { maxLength: 8 }), { maxLength: 12 });
    fc.assert(
      fc.property(
        anyStart,
        anyKind,
        anyPages,
        fc.integer({ min: 1, max: 7 }),
        (start, kind, pages, limit) => {
          const changing = new ChangingTable(start);
          let throughout = new Set(changing.having(kind));
          const came: string[] = [];
          for (let page = 0; ; page++) {
            const select = kinds[kind].select(changing.peers, { limit, after: came.at(-1) });
            const found = Array.from(select, ({ peerId }) => peerId.nodeId);
            const there = new Set(changing.having(kind));
            for (const nodeId of found) expect(there.has(nodeId)).toBe(true);
            came.push(...found);
            if (found.length < limit) break;
            for (const change of pages[page] ?? []) {
              changing.apply(change);
              const now = new Set(changing.having(kind));
              throughout = new Set([...throughout].filter((nodeId) => now.has(nodeId)));
            }
          }
          expect(isInOrder(came)).toBe(true);
          for (const nodeId of throughout) expect(came).toContain(nodeId);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('that changes in the middle of the loop, has everyone who is there throughout once', () => {
    const anyChanges = fc.array(fc.array(anyChange, { maxLength: 4 }), { maxLength: 40 });
    fc.assert(
      fc.property(anyStart, anyKind, anyChanges, (start, kind, changes) => {
        const changing = new ChangingTable(start);
        let throughout = new Set(changing.having(kind));
        const came: string[] = [];
        for (const { peerId } of kinds[kind].select(changing.peers, {})) {
          expect(changing.having(kind)).toContain(peerId.nodeId);
          came.push(peerId.nodeId);
          for (const change of changes[came.length] ?? []) {
            changing.apply(change);
            const now = new Set(changing.having(kind));
            throughout = new Set([...throughout].filter((nodeId) => now.has(nodeId)));
          }
        }
        expect(isInOrder(came)).toBe(true);
        for (const nodeId of throughout) expect(came).toContain(nodeId);
      }),
      { numRuns: 300 },
    );
  });

  it('can be gone through again, and has who is there by then', () => {
    const { peers, table } = new ChangingTable([{ node: 1, tier: 'tier1' }]);
    const selection = peers.inTier('tier1');
    expect([...selection]).toHaveLength(1);
    putPeer(table, peerNumbered(2, { tier: 'tier1' }));
    expect([...selection]).toHaveLength(2);
    expect(selection.entries()).toHaveLength(2);
  });

  it.each([
    [{ limit: -1 }, ConfigError],
    [{ limit: 1.5 }, ConfigError],
    [{ limit: 'all' }, ConfigError],
    [{ after: 7 }, PeerValidationError],
    [{ before: 'x' }, ConfigError],
    [null, ConfigError],
    [5, ConfigError],
  ])('is refused at once where its page is %j', (page, error) => {
    const { peers } = new ChangingTable([]);
    expect(() => peers.all(page as never)).toThrow(error);
    expect(() => peers.inTier('tier1', page as never)).toThrow(error);
  });

  it('is refused at once where its tier is none', () => {
    const { peers } = new ChangingTable([]);
    expect(() => peers.inTier('tier9' as never)).toThrow(ConfigError);
  });
});

describe('what a selection costs', () => {
  const size = 20_000;
  /** A table in which one in a hundred is of tier 1. */
  function largeTable(): ChangingTable {
    const changing = new ChangingTable([]);
    for (let node = 0; node < size; node++) {
      putPeer(changing.table, peerNumbered(node, { tier: node % 100 === 0 ? 'tier1' : 'tier2' }));
    }
    return changing;
  }

  it('is for its first peers what they take, however many peers there are', () => {
    const { peers, table } = largeTable();
    const visits = (select: PeerSelection): number => {
      const before = table.trie.visited;
      expect([...select]).toHaveLength(100);
      return table.trie.visited - before;
    };
    // Most have the mark: a node and a leaf for each, and the way to where each part of it begins.
    expect(visits(peers.inTier('tier2', { limit: 100 }))).toBeLessThan(300);
    // One in a hundred has: a way down to each through nodes of which one side has none.
    expect(visits(peers.inTier('tier1', { limit: 100 }))).toBeLessThan(100 * 2 * 12);
  });

  it('is no entry decoded, and nothing at all read to count', () => {
    const { peers, table } = largeTable();
    const decoding = vi.spyOn(table, 'entryAt');
    const reading = vi.spyOn(table, 'memoryOf');
    expect(peers.stats()).toMatchObject({ total: size, byTier: { tier1: 200, tier2: 19_800 } });
    const page = [...peers.all({ limit: 500 })];
    expect(reading.mock.calls).toEqual([]);
    expect(page[3]!.trustScore).toBe(0.5);
    expect(reading.mock.calls).toHaveLength(1);
    expect(decoding.mock.calls).toEqual([]);
  });
});
