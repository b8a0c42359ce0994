import { describe, expect, it } from 'vitest';
import { BatchError } from '../errors.js';
import { peerNumbered, withValueAt } from '../peers/peer-entry.fixture.js';
import type { PeerEntry } from '../peers/peer-entry.js';
import { BatchUpdate } from './batch-update.js';
import { ManualClock } from './manual-clock.fixture.js';
import { OpenRegistry } from './open-registry.fixture.js';

const start = 1_000_000;

/** A registry at its cap, with expired peers, equal times, and several tiers. */
async function populated(): Promise<OpenRegistry> {
  const registry = new OpenRegistry(
    { peers: { maxPeers: 8, peerTtlSecs: 10 } },
    new ManualClock(start),
  );
  const seen = [20_000, 15_000, 5_000, 5_000, 0, 0, 7_000, 1_000];
  const tiers = [
    'tier1',
    'untrusted',
    'tier3',
    'tier3',
    'untrusted',
    'untrusted',
    'tier2',
    'tier4',
  ] as const;
  for (const [number, ago] of seen.entries()) {
    await registry.upsert(peerNumbered(number, { lastSeen: start - ago, tier: tiers[number]! }));
  }
  return registry;
}

/** What becomes of it later: who is evicted and who expires, in which order. */
async function fate(registry: OpenRegistry): Promise<unknown> {
  const before = registry.newEvents().length;
  for (let number = 50; number < 56; number++) {
    await registry.upsert(peerNumbered(number, { lastSeen: start, tier: 'tier1' }));
  }
  registry.time.advance(8_000);
  await registry.cleanupExpired();
  return { before, events: registry.newEvents(), digest: registry.digest() };
}

type AddStep = (batch: BatchUpdate) => BatchUpdate;
const good: readonly AddStep[] = [
  (batch) => batch.upsert(peerNumbered(20)),
  (batch) => batch.remove('peer-3'),
  (batch) => batch.update('peer-2', { tier: 'untrusted', lastSeen: start }),
  (batch) => batch.upsert(peerNumbered(21, { lastSeen: start })),
  (batch) => batch.upsert(peerNumbered(22, { lastSeen: start })),
];
const bad: readonly [what: string, code: string, AddStep][] = [
  [
    'an entry out of range',
    'PEER_INVALID',
    (b) => b.upsert(withValueAt(peerNumbered(30), 'trustScore', 9) as PeerEntry),
  ],
  [
    'a DID of another method',
    'DID_INVALID',
    (b) => b.upsert(peerNumbered(30, {}, { did: `did:key:${'a'.repeat(16)}` })),
  ],
  [
    'another peer’s key',
    'IDENTITY_CONFLICT',
    (b) => b.upsert(peerNumbered(30, {}, { publicKey: '0000000000000004' })),
  ],
  [
    'a known peer’s other DID',
    'IDENTITY_CONFLICT',
    (b) => b.upsert(peerNumbered(4, {}, { did: `did:zhtp:${'e'.repeat(16)}` })),
  ],
  ['an unknown peer', 'PEER_NOT_FOUND', (b) => b.update('peer-77', { tier: 'tier1' })],
  ['a patch out of range', 'PEER_INVALID', (b) => b.update('peer-4', { hopCount: -1 })],
  ['a patch of no field', 'PEER_INVALID', (b) => b.update('peer-4', { colour: 1 } as object)],
  ['no node id', 'PEER_INVALID', (b) => b.remove(5 as unknown as string)],
];

async function refusalOf(promise: Promise<unknown>): Promise<BatchError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(BatchError);
  return error as BatchError;
}

describe('a refused batch', () => {
  const cases = bad.flatMap(([what, code, step]) =>
    Array.from({ length: good.length + 1 }, (_, position) => ({ what, code, step, position })),
  );

  it.each(cases)(
    'changes nothing, now or later: $what at $position',
    async ({ code, step, position }) => {
      const registry = await populated();
      const before = registry.fingerprint();
      const batch = new BatchUpdate();
      for (const [at, add] of good.entries()) {
        if (at === position) step(batch);
        add(batch);
      }
      if (position === good.length) step(batch);
      const error = await refusalOf(registry.commitBatch(batch));
      expect(error.position).toBe(position);
      expect((error.cause as { code: string }).code).toBe(code);
      expect(registry.fingerprint()).toEqual(before);
      expect(registry.counters.rejected).toBe(1);
      expect(await fate(registry)).toEqual(await fate(await populated()));
    },
  );

  it('names a peer that has two steps, even if neither changes anything', async () => {
    const registry = await populated();
    const same = registry.peers.get('peer-4')!;
    const before = registry.fingerprint();
    for (const batch of [
      new BatchUpdate().remove('peer-4').upsert(same),
      new BatchUpdate().upsert(same).upsert(same),
      new BatchUpdate().upsert(peerNumbered(30)).update('peer-30', { tier: 'tier1' }),
      new BatchUpdate().remove('nobody').remove('nobody'),
    ]) {
      const error = await refusalOf(registry.commitBatch(batch));
      expect(error.position).toBe(1);
    }
    expect(registry.fingerprint()).toEqual(before);
  });

  it('that would have to evict peers it names is refused with a registry full of them', async () => {
    const registry = await populated();
    const batch = new BatchUpdate();
    for (const entry of registry.peers.allPeers()) batch.upsert(entry);
    await expect(registry.commitBatch(batch)).resolves.toMatchObject({ change: 'unchanged' });
    batch.upsert(peerNumbered(30));
    const before = registry.fingerprint();
    await expect(registry.commitBatch(batch)).rejects.toMatchObject({ code: 'REGISTRY_FULL' });
    expect(registry.fingerprint()).toEqual(before);
  });

  it('that is larger than maxBatchChanges is refused, with the limit and the size', async () => {
    const registry = new OpenRegistry({ commands: { maxBatchChanges: 2 } });
    const batch = new BatchUpdate().remove('a').remove('b');
    await expect(registry.commitBatch(batch)).resolves.toMatchObject({ change: 'unchanged' });
    await expect(registry.commitBatch(batch.remove('c'))).rejects.toThrow(/at most 2 .*got 3/);
  });
});

describe('a committed batch', () => {
  it('W3 is one event that carries every entry whole, evictions before the rest', async () => {
    const registry = await populated();
    const [old2, old3, old1, old0] = ['peer-2', 'peer-3', 'peer-1', 'peer-0'].map((id) =>
      registry.peers.get(id)!,
    );
    const seqBefore = registry.lastSeq;
    registry.newEvents();
    const batch = good.reduce((all, add) => add(all), new BatchUpdate());
    await expect(registry.commitBatch(batch)).resolves.toEqual({
      seq: seqBefore + 1,
      change: 'committed',
      added: 3,
      updated: 1,
      removed: 1,
      evicted: 2,
    });
    const events = registry.newEvents();
    expect(events).toHaveLength(1);
    const [event] = events;
    if (event?.kind !== 'BatchUpdate') throw new Error('no batch');
    expect(event.changes.map(({ kind, nodeId }) => `${kind} ${nodeId}`)).toEqual([
      'PeerRemoved peer-0',
      'PeerRemoved peer-1',
      'PeerAdded peer-20',
      'PeerRemoved peer-3',
      'PeerUpdated peer-2',
      'PeerAdded peer-21',
      'PeerAdded peer-22',
    ]);
    expect(event.removed.map(({ entry, reason }) => ({ entry, reason }))).toEqual([
      { entry: old0, reason: 'evicted' },
      { entry: old1, reason: 'evicted' },
      { entry: old3, reason: 'requested' },
    ]);
    expect(event.updated).toMatchObject([
      { old: old2, entry: registry.peers.get('peer-2'), changed: ['lastSeen', 'tier'] },
    ]);
    expect(event.added.map(({ entry }) => entry)).toEqual(
      ['peer-20', 'peer-21', 'peer-22'].map((id) => registry.peers.get(id)),
    );
  });

  it('may give a removed peer’s key to another, in that order alone', async () => {
    const heir = peerNumbered(30, {}, { publicKey: '0000000000000004' });
    const registry = await populated();
    await refusalOf(registry.commitBatch(new BatchUpdate().upsert(heir).remove('peer-4')));
    await registry.commitBatch(new BatchUpdate().remove('peer-4').upsert(heir));
    expect(registry.peers.findByPublicKey('0000000000000004')!.peerId.nodeId).toBe('peer-30');
    const twins = [31, 32].map((n) => peerNumbered(n, {}, { publicKey: 'abab' }));
    const error = await refusalOf(
      registry.commitBatch(new BatchUpdate().upsert(twins[0]!).upsert(twins[1]!)),
    );
    expect(error.position).toBe(1);
  });

  it('never evicts a peer that it names, though it is the first in the order', async () => {
    const registry = await populated();
    const first = registry.peers.get('peer-0')!;
    await registry.commitBatch(new BatchUpdate().upsert(first).upsert(peerNumbered(30)));
    expect(registry.peers.has('peer-0')).toBe(true);
    expect(registry.peers.has('peer-1')).toBe(false);
  });

  it('that changes nothing makes no event', async () => {
    const registry = await populated();
    const before = registry.fingerprint();
    const batch = new BatchUpdate()
      .upsert(registry.peers.get('peer-4')!)
      .remove('nobody')
      .update('peer-2', {});
    await expect(registry.commitBatch(batch)).resolves.toMatchObject({
      change: 'unchanged',
      seq: 8,
    });
    await expect(registry.commitBatch(new BatchUpdate())).resolves.toMatchObject({
      change: 'unchanged',
    });
    expect(registry.fingerprint()).toEqual(before);
  });
});
