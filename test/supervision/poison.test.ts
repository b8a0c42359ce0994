import { createRegistry } from '@panoptes/workers';
import { expect, it } from 'vitest';
import { hosts } from '../conformance/hosts.js';
import { peerNamed } from '../fixtures/random-traffic.js';
import { until } from '../fixtures/until.js';

const squeamish = new URL('../fixtures/squeamish.observer.mjs', import.meta.url);

it.each(hosts)(
  'P1 a peer that kills every incarnation that meets it ends in quarantine, until it is gone (%s)',
  async (host) => {
    const registry = await createRegistry({
      observers: { restart: { maxRestarts: 3, minBackoffMs: 1, maxBackoffMs: 2 } },
    });
    const handle = await registry.registerObserver({ module: squeamish, host });
    await registry.upsert(peerNamed('alice'));
    const { seq } = await registry.upsert(peerNamed('poison'));
    await until('it was given up', () => handle.state === 'quarantined');

    // The transaction killed the first incarnation and is its dead letter. The next ones were at none:
    // they died of the snapshot that holds the peer.
    expect(handle.stats()).toMatchObject({ restarts: 3, failed: 4, deadLetters: 1 });
    expect(handle.stats().lastError).toMatchObject({ message: 'poison' });
    expect(handle.stats().reasons).toMatchObject(
      [1, 2, 3, 4].map((incarnation) => ({ incarnation, code: 'error', message: 'poison' })),
    );
    expect(registry.deadLetters()).toMatchObject([
      { observer: 'squeamish', incarnation: 1, seq, lastSeq: seq, code: 'error' },
    ]);
    expect(registry.getObserverStats()).toMatchObject({ observerCount: 0 });
    await registry.settled();
    await expect(handle.ask('size', [])).rejects.toMatchObject({
      code: 'OBSERVER_UNAVAILABLE',
      cause: { message: 'poison' },
    });

    await registry.remove('poison');
    registry.reviveObserver('squeamish');
    await until('it was live again', () => handle.state === 'live');
    expect(await handle.ask('size', [])).toBe(1);
    await registry.close();
  },
);
