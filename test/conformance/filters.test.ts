import { createRegistry } from '@panoptes/workers';
import { describe, expect, it } from 'vitest';
import { hosts } from './hosts.js';
import { peerNamed } from '../fixtures/random-traffic.js';

const module = new URL('../fixtures/tier1-set.observer.mjs', import.meta.url);

describe.each(hosts)('an observer with a filter (%s)', (host) => {
  it('W7 sees the peers of its set in the snapshot, and every change into, in and out of it', async () => {
    const registry = await createRegistry();
    await registry.upsert(peerNamed('in', { tier: 'tier1' }));
    await registry.upsert(peerNamed('out', { tier: 'tier2' }));
    const observer = await registry.registerObserver({ module, host });
    await registry.update('out', { trustScore: 0.9 });
    await registry.update('out', { tier: 'tier1' });
    await registry.update('in', { trustScore: 0.9 });
    await registry.update('in', { tier: 'tier3' });
    await registry.update('in', { trustScore: 0.1 });
    await registry.remove('out');
    await registry.remove('in');
    await registry.settled();
    expect(await observer.ask('told', [])).toEqual({
      snapshot: ['in'],
      events: ['4 PeerUpdated', '5 PeerUpdated', '6 PeerUpdated', '8 PeerRemoved'],
    });
    // What it was not told of is behind it all the same.
    expect(observer.stats().cursor).toBe(registry.lastSeq);
    await registry.close();
  });
});
