import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { peerEncoder } from '../peers/entry-encoder.js';
import { encoded, peerNumbered } from '../peers/peer-entry.fixture.js';
import { anyTimes } from '../peers/time-bound.fixture.js';
import { PeerQueries } from '../peers/peer-queries.js';
import { PeerTable } from '../peers/peer-table.js';
import { type Change, UpdateChange } from '../log/transaction.js';
import type { Command, Step } from './commands.js';
import { type DecidedChanges, decide } from './decide.js';
import { ownPatch } from '../peers/own-patch.js';
import { Staging } from '../peers/staging.js';

const now = 1_000_000;
const rules = {
  maxPeers: 6,
  peerTtlMs: 10_000,
  maxBatchChanges: 3,
  logBytes: 2 ** 24,
  didMethods: ['zhtp'],
};
const nodes = 9;

const anyPeer = fc
  .record({
    node: fc.nat(nodes),
    identity: fc.nat(nodes),
    seen: fc.nat(20_000),
    tier: fc.constantFrom('tier1' as const, 'untrusted' as const),
  })
  .map(({ node, identity, seen, tier }) =>
    peerNumbered(node, { lastSeen: now - seen, tier }, { publicKey: `aa0${identity}` }),
  );

function tableOf(peers: readonly ReturnType<typeof peerNumbered>[]): PeerTable {
  const table = new PeerTable();
  for (const [index, peer] of peers.entries()) {
    const entry = { ...peer, peerId: { ...peer.peerId, publicKey: `bb0${index}` } };
    const { memory, base } = encoded(entry);
    table.add(peer.peerId.nodeId, memory, base);
  }
  return table;
}

const staging = new Staging(anyTimes);
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc
    .record({ peer: anyPeer, allowIdentityChange: fc.boolean() })
    .map(({ peer, allowIdentityChange }) => ({
      kind: 'upsert' as const,
      nodeId: peer.peerId.nodeId,
      entry: staging.stage(peer),
      allowIdentityChange,
    })),
  fc.nat(nodes).map((node) => ({ kind: 'remove' as const, nodeId: `peer-${node}` })),
  fc
    .record({ node: fc.nat(nodes), trustScore: fc.double({ min: -1, max: 2, noNaN: true }) })
    .map(({ node, trustScore }) => ({
      kind: 'update' as const,
      target: { nodeId: `peer-${node}` },
      change: ownPatch({ trustScore }),
      otherwise: undefined,
      allowIdentityChange: false,
    })),
);
const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  anyStep,
  fc.array(anyStep, { maxLength: 5 }).map((steps) => ({ kind: 'batch' as const, steps })),
  fc.constant({ kind: 'cleanup' as const }),
);

/** Everything in a table, byte by byte and order by order. */
function listing(table: PeerTable): unknown {
  const slots = Array.from({ length: table.slotCount }, (_, slot) =>
    table.isUsed(slot) ? table.entryAt(slot) : undefined,
  );
  return {
    slots,
    digest: table.digest(),
    identities: table.identities.toJSON(),
    evictionOrder: [...table.evictionOrder(now - rules.peerTtlMs)],
    stats: new PeerQueries(table).stats(),
    bytes: table.entryBytes,
  };
}

const decideOn = (table: PeerTable, command: Command): DecidedChanges =>
  decide(
    {
      ...{ table, rules, now, arriving: 0, newUpdate: () => new UpdateChange() },
      stage: (entry, known) => staging.stage(entry, known),
      stageWhole: (entry, known) => staging.stageWhole(entry, known),
      stagePatched: (...patched) => staging.stagePatched(...patched),
    },
    command,
  );

/** Whose a change is. */
const nodeIdOf = (table: PeerTable, change: Change): string =>
  change.kind === 'remove' ? table.nodeIdAt(change.slot) : change.nodeId;

const told = (table: PeerTable, decision: DecidedChanges): unknown =>
  decision instanceof Error
    ? decision.message
    : decision.map((change) => [change.kind, nodeIdOf(table, change)]);

describe('a decision', () => {
  it('leaves the table exactly as it was, whatever the command and whatever it comes to', () => {
    const anyPeers = fc.uniqueArray(anyPeer, {
      selector: ({ peerId }) => peerId.nodeId,
      maxLength: 6,
    });
    fc.assert(
      fc.property(
        anyPeers,
        fc.array(anyCommand, { minLength: 1, maxLength: 4 }),
        (peers, commands) => {
          const table = tableOf(peers);
          let changes = 0;
          table.beforeChange = () => changes++;
          const before = listing(table);
          for (const command of commands) {
            const [first, second] = [1, 2].map(() => told(table, decideOn(table, command)));
            expect(second).toEqual(first);
          }
          expect(listing(table)).toEqual(before);
          expect(changes).toBe(0);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('takes a patch of numbers as numbers: no entry is decoded for it, and none encoded', () => {
    const table = tableOf([peerNumbered(0)]);
    const decoding = vi.spyOn(PeerTable.prototype, 'entryAt');
    const encoding = vi.spyOn(peerEncoder, 'read');
    const change = ownPatch({
      trustScore: 0.75,
      tier: 'tier1',
      authenticated: true,
      connectionMetrics: { latencyMs: 9 },
    });
    const target = { nodeId: 'peer-0' };
    const update = { kind: 'update', target, otherwise: undefined } as const;
    expect(told(table, decideOn(table, { ...update, change, allowIdentityChange: false }))).toEqual(
      [['update', 'peer-0']],
    );
    expect([decoding.mock.calls, encoding.mock.calls]).toEqual([[], []]);
    vi.restoreAllMocks();
  });

  it('has at most one change a peer', () => {
    const anyPeers = fc.uniqueArray(anyPeer, {
      selector: ({ peerId }) => peerId.nodeId,
      maxLength: 6,
    });
    fc.assert(
      fc.property(anyPeers, anyCommand, (peers, command) => {
        const table = tableOf(peers);
        const decision = decideOn(table, command);
        const changes = decision instanceof Error ? [] : decision;
        const named = changes.map((change) => nodeIdOf(table, change));
        expect(new Set(named).size).toBe(named.length);
      }),
    );
  });
});
