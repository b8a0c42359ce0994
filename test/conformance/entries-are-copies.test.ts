import { createRegistry } from '@panoptes/workers';
import { expect, it } from 'vitest';
import { stampOf } from '../fixtures/peer-stamp.mjs';
import { RandomTraffic, peerNamed } from '../fixtures/random-traffic.js';
import type recorder from '../fixtures/recorder.observer.mjs';
import type vandal from '../fixtures/vandal.observer.mjs';

const recorderModule = new URL('../fixtures/recorder.observer.mjs', import.meta.url);
const vandalModule = new URL('../fixtures/vandal.observer.mjs', import.meta.url);

/** Both kinds of observer on every kind of host, in both orders: whoever is hurt, it shows. */
const seats = [
  { name: 'vandal-1', host: 'inline' },
  { name: 'recorder-1', host: 'inline' },
  { name: 'vandal-2', host: 'inline' },
  { name: 'vandal-3', host: 'thread' },
  { name: 'recorder-2', host: 'thread' },
  { name: 'vandal-4', host: 'process' },
  { name: 'recorder-3', host: 'process' },
] as const;

it('W12 mutating what toObject() returned, or a list of a view, affects nobody', async () => {
  const traffic = new RandomTraffic({ seed: 'vandals', peers: 60 });
  const registry = await createRegistry();
  await traffic.send(registry, 300);
  const recorders = [];
  const vandals = [];
  for (const { name, host } of seats) {
    const as = { name, host, onLag: 'block' as const };
    if (name.startsWith('vandal')) {
      vandals.push(await registry.registerObserver<typeof vandal>({ module: vandalModule, ...as }));
    } else {
      recorders.push(
        await registry.registerObserver<typeof recorder>({ module: recorderModule, ...as }),
      );
    }
  }
  await traffic.send(registry, 700);
  await registry.settled();

  for (const handle of [...recorders, ...vandals]) {
    expect([handle.name, await handle.digest()]).toEqual([handle.name, traffic.model.digest()]);
  }
  for (const handle of vandals) {
    const { damaged, broken } = await handle.query.damage();
    expect(damaged).toBe(0);
    expect(broken).toBeGreaterThan(10_000);
  }
  for (const nodeId of traffic.model.nodeIds) {
    const entry = registry.peers.get(nodeId)!;
    expect(stampOf(entry)).toBe(stampOf(traffic.model.entryOf(nodeId)!));
  }
  await registry.close();
});

it('W12 mutating an entry after it was passed in, or one that was handed out, affects nobody', async () => {
  const registry = await createRegistry();
  const observer = await registry.registerObserver<typeof recorder>({ module: recorderModule });
  const peer = structuredClone(peerNamed('alice', { activeProtocols: ['quic'] }));
  const stamp = stampOf(peer);

  const committed = registry.upsert(peer);
  Object.assign(peer, { trustScore: 0, tier: 'tier1' });
  (peer.activeProtocols as string[]).push('carrier pigeon');
  await committed;
  Object.assign(registry.peers.get('alice')!, { trustScore: 0 });
  (registry.peers.allPeers()[0]!.activeProtocols as string[]).push('carrier pigeon');
  await registry.update('alice', (entry) => {
    Object.assign(entry, { trustScore: 0 });
    return undefined;
  });

  await registry.settled();
  expect(stampOf(registry.peers.get('alice')!)).toBe(stamp);
  const [, event] = await observer.query.seen();
  expect(event).toMatchObject({ changes: [{ kind: 'PeerAdded', nodeId: 'alice', now: stamp }] });
  await registry.close();
});
