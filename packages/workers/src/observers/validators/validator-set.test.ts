import {
  ConfigError,
  createPeer,
  type PeerEntry,
  QueryError,
  tiers,
} from '@panoptes/core/observer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  expectDigestFollowsFromPeers,
  historyOf,
  ObserverIncarnation,
} from '../observer-incarnation.fixture.js';
import { type FeedCommand, PeerFeed } from '../peer-feed.fixture.js';
import validators, { type ValidatorOptions, type ValidatorSet } from './index.js';

interface Traits {
  readonly nodeType?: string | undefined;
  readonly protocols?: readonly string[];
  readonly authenticated?: boolean;
  readonly trustScore?: number;
  readonly tier?: PeerEntry['tier'];
  readonly availabilityPercent?: number;
}

const peer = (nodeId: string, traits: Traits = {}): PeerEntry => {
  const { nodeType = 'validator', protocols = [], availabilityPercent = 100 } = traits;
  return createPeer({
    peerId: { nodeId, publicKey: 'aa', did: 'did:zhtp:0123456789abcdef' },
    connectionMetrics: { connectedAt: 1 },
    firstSeen: 1,
    lastSeen: 1,
    capabilities: { nodeType, protocols: [...protocols], availabilityPercent },
    authenticated: traits.authenticated ?? true,
    trustScore: traits.trustScore ?? 1,
    tier: traits.tier ?? 'tier1',
  });
};

const nodeId = fc.constantFrom(...Array.from({ length: 12 }, (_, index) => `peer ${index}`));
const command: fc.Arbitrary<FeedCommand> = fc.oneof(
  { arbitrary: nodeId, weight: 1 },
  {
    arbitrary: fc
      .tuple(
        nodeId,
        fc.record({
          nodeType: fc.constantFrom('validator', 'light'),
          protocols: fc.constantFrom([], ['validator'], ['chat', 'validator'], ['chat']),
          authenticated: fc.constantFrom(true, true, false),
          trustScore: fc.constantFrom(0.69, 0.7, 0.85, 1),
          tier: fc.constantFrom(...tiers),
          availabilityPercent: fc.constantFrom(0, 33.3, 99.9, 100),
        }),
      )
      .map(([id, traits]) => peer(id, traits)),
    weight: 4,
  },
);

async function setOf(
  transactions: readonly FeedCommand[][],
  options?: ValidatorOptions,
): Promise<{
  set: ValidatorSet;
  feed: PeerFeed;
  incarnation: ObserverIncarnation<ValidatorSet, ValidatorOptions | undefined>;
}> {
  const feed = new PeerFeed();
  const incarnation = await ObserverIncarnation.begin<ValidatorSet, ValidatorOptions | undefined>(
    validators,
    options,
  );
  await incarnation.follow(feed, ...transactions);
  return { set: incarnation.state, feed, incarnation };
}

const isActive = ({ authenticated, trustScore, capabilities }: PeerEntry): boolean =>
  authenticated &&
  trustScore >= 0.7 &&
  (capabilities.nodeType === 'validator' || capabilities.protocols.includes('validator'));

describe('the validators observer', () => {
  it('has exactly the peers that a plain filter finds, after any history', async () => {
    await fc.assert(
      fc.asyncProperty(historyOf(command), async (history) => {
        const { set, feed } = await setOf(history);
        const expected = [...feed.peers.values()].filter(isActive);
        const active = set.activeSet();
        expect(active.map((one) => one.nodeId)).toEqual(
          expected.map(({ peerId }) => peerId.nodeId).sort(),
        );
        for (const one of active) expect(set.weightOf(one.nodeId)).toBe(one.weight);
        const weight = active.reduce((sum, one) => sum + one.weight, 0);
        expect(set.totalWeight()).toBe(weight);
        const { size, quorumSize, quorumWeight } = set.quorum();
        expect(size).toBe(expected.length);
        expect(3 * quorumSize > 2 * size && 3 * (quorumSize - 1) <= 2 * size).toBe(true);
        expect(3 * quorumWeight > 2 * weight && 3 * (quorumWeight - 1) <= 2 * weight).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('has a digest that follows from the peers there are', async () => {
    await expectDigestFollowsFromPeers(validators, undefined, command);
  });

  it('has another digest when a weight or a member differs', async () => {
    const digests = await Promise.all(
      [[peer('a')], [peer('a', { trustScore: 0.9 })], [peer('b')], []].map(async (peers) =>
        (await setOf([peers])).set.digest(),
      ),
    );
    expect(new Set(digests).size).toBe(digests.length);
  });

  it('weighs tier, trust and availability, in whole millionths', async () => {
    const { set } = await setOf([
      [
        peer('whole'),
        peer('half', { tier: 'tier3' }),
        peer('odd', { tier: 'tier2', trustScore: 0.9, availabilityPercent: 33.3 }),
        peer('absent', { availabilityPercent: 0 }),
        peer('unknown', { tier: 'untrusted' }),
        peer('out', { authenticated: false }),
      ],
    ]);
    expect(set.activeSet()).toEqual([
      { nodeId: 'absent', weight: 0 },
      { nodeId: 'half', weight: 500_000 },
      { nodeId: 'odd', weight: 224_775 },
      { nodeId: 'unknown', weight: 100_000 },
      { nodeId: 'whole', weight: 1_000_000 },
    ]);
    expect(set.weightOf('out')).toBeUndefined();
    expect(set.quorum()).toEqual({
      size: 5,
      quorumSize: 4,
      weight: 1_824_775,
      quorumWeight: 1_216_517,
    });
  });

  it('takes threshold and protocol from its options', async () => {
    const entries = [
      peer('speaker', { nodeType: 'light', protocols: ['bft'], trustScore: 0.3 }),
      peer('distrusted', { trustScore: 0.2 }),
    ];
    const { set } = await setOf([entries], { minTrust: 0.3, protocol: 'bft' });
    expect(set.activeSet().map((one) => one.nodeId)).toEqual(['speaker']);
  });

  it('tells how the set changed after a seq', async () => {
    const { set, feed, incarnation } = await setOf([
      [peer('a'), peer('b')],
      [peer('a', { trustScore: 0.9 })],
      [peer('light', { nodeType: 'light' })],
      ['a', peer('b', { authenticated: false })],
    ]);
    expect(set.changesSince(0)).toEqual({
      changes: [
        { seq: 1, nodeId: 'a', kind: 'joined', weight: 1_000_000 },
        { seq: 1, nodeId: 'b', kind: 'joined', weight: 1_000_000 },
        { seq: 2, nodeId: 'a', kind: 'reweighted', weight: 900_000 },
        { seq: 4, nodeId: 'a', kind: 'left', weight: 0 },
        { seq: 4, nodeId: 'b', kind: 'left', weight: 0 },
      ],
      upToSeq: 4,
      complete: true,
    });
    expect(set.changesSince(2).changes.map(({ seq }) => seq)).toEqual([4, 4]);
    await incarnation.resync(feed, 0);
    await incarnation.follow(feed, [peer('c')]);
    expect(set.changesSince(3)).toMatchObject({ upToSeq: 5, complete: false });
    expect(set.changesSince(4)).toEqual({
      changes: [{ seq: 5, nodeId: 'c', kind: 'joined', weight: 1_000_000 }],
      upToSeq: 5,
      complete: true,
    });
  });

  it('says that its history is incomplete when it began in the middle without a snapshot', async () => {
    const { feed } = await setOf([[peer('a')]]);
    const late = await ObserverIncarnation.begin<ValidatorSet, ValidatorOptions | undefined>(
      validators,
      {
        historySize: 1,
      },
    );
    expect(late.state.changesSince(0)).toEqual({ changes: [], upToSeq: 0, complete: true });
    await late.follow(feed, [peer('b')]);
    expect(late.state.changesSince(0).complete).toBe(false);
    expect(late.state.changesSince(1).complete).toBe(true);
    await late.follow(feed, [peer('c')]);
    expect(late.state.changesSince(1).complete).toBe(false);
  });

  it('refuses options and arguments it cannot use, and says why', async () => {
    const begin = async (given: unknown): Promise<unknown> =>
      ObserverIncarnation.begin(validators, given as ValidatorOptions);
    await expect(begin({ minTrust: 1.2 })).rejects.toThrow(
      new ConfigError(
        "observer 'validators': option 'minTrust': expected a number from 0 to 1, got 1.2",
      ),
    );
    await expect(begin({ minTrust: NaN })).rejects.toThrow(ConfigError);
    await expect(begin({ protocol: '' })).rejects.toThrow(ConfigError);
    await expect(begin({ historySize: -1 })).rejects.toThrow(ConfigError);
    await expect(begin({ trust: 0.5 })).rejects.toThrow("no such option 'trust'");
    const { set } = await setOf([]);
    expect(() => set.changesSince(-1)).toThrow(QueryError);
  });
});
