import { describe, expect, it } from 'vitest';
import type { PeerEntry, PeerInput } from '../peers/peer-entry.js';
import { createPeer } from '../peers/peer-entry.js';
import { fullPeer, peerNumbered } from '../peers/peer-entry.fixture.js';
import { CommandFigures } from '../supervision/command-figures.js';
import { CommandGate } from '../supervision/command-gate.js';
import { BatchUpdate } from './batch-update.js';
import { ManualClock } from './manual-clock.fixture.js';
import { OpenRegistry } from './open-registry.fixture.js';

const { peerId } = fullPeer();
const part: PeerInput = {
  peerId,
  tier: 'tier2',
  links: [{ nodeId: 'peer-9', type: 'wifi' }],
  dhtInfo: { bucketIndex: 3 },
  connectionMetrics: { latencyMs: 4 },
};

/** The ways in which a peer is handed in. */
const ways: readonly [way: string, give: (r: OpenRegistry, peer: PeerInput) => Promise<unknown>][] =
  [
    ['upsert', (registry, peer) => registry.upsert(peer)],
    ['upsertMany', (registry, peer) => registry.upsertMany([peer])],
    ['updateOrInsert', (registry, peer) => registry.updateOrInsert(peer, () => undefined)],
    ['a batch', (registry, peer) => registry.commitBatch(new BatchUpdate().upsert(peer))],
    [
      'an observer',
      (registry, peer) => {
        const gate = new CommandGate(registry, 1, new CommandFigures());
        return gate.take(() => ({ method: 'upsert', args: [peer] }));
      },
    ],
  ];

describe('a peer of which only a part is given', () => {
  it.each(ways)('is filled in, with times by the registry’s clock, in %s', async (_, give) => {
    const registry = new OpenRegistry({}, new ManualClock(5_000));
    await give(registry, part);
    const whole = createPeer(part, registry.time);
    expect(registry.peers.get('peer-7')).toEqual(whole);
    expect(whole).toMatchObject({ firstSeen: 5_000, dhtInfo: { lastContact: 5_000 } });
  });

  it('replaces all that was known, as a whole entry does', async () => {
    const registry = new OpenRegistry({}, new ManualClock(5_000));
    await registry.upsert(fullPeer());
    expect(await registry.upsert({ peerId })).toMatchObject({ change: 'updated' });
    expect(registry.peers.get('peer-7')).toEqual(createPeer({ peerId }, registry.time));
  });

  it('is refused from a function, which gives the whole next entry, and changes nothing', async () => {
    const registry = new OpenRegistry();
    await registry.upsert(peerNumbered(7));
    const before = registry.fingerprint();
    const change = (): PeerEntry =>
      ({ peerId: peerNumbered(7).peerId, trustScore: 1 }) as PeerEntry;
    for (const update of [
      registry.update('peer-7', change),
      registry.updateOrInsert(part, change),
    ]) {
      await expect(update).rejects.toMatchObject({ code: 'PEER_INVALID' });
    }
    expect(registry.fingerprint()).toEqual(before);
  });

  it('is refused with the clock when that fails, and is taken when it goes again', async () => {
    const registry = new OpenRegistry();
    for (const told of [Number.NaN, undefined, 'noon']) {
      registry.time.now = () => told as number;
      await expect(registry.upsert({ peerId })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    }
    expect(registry.peers.size).toBe(0);
    registry.time.now = () => 5_000;
    await registry.upsert({ peerId });
    expect(registry.peers.get('peer-7')?.lastSeen).toBe(5_000);
  });
});
