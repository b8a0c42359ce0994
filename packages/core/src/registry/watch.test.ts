import { describe, expect, it } from 'vitest';
import { ConfigError } from '../errors.js';
import { peerNumbered } from '../peers/peer-entry.fixture.js';
import { BatchUpdate } from './batch-update.js';
import { ManualClock } from './manual-clock.fixture.js';
import { Registry } from './registry.js';
import type { Watch, WatchEvent } from './watch.js';

/** All that a watch yields until it ends. */
async function all(watch: Watch): Promise<WatchEvent[]> {
  const events: WatchEvent[] = [];
  for await (const event of watch) events.push(event);
  return events;
}

const told = (events: readonly WatchEvent[]): string[] =>
  events.map(({ kind, seq }) => `${seq} ${kind}`);

describe('a watch', () => {
  it('yields every transaction from the next one on as plain objects, and ends with the registry', async () => {
    const registry = new Registry({}, { clock: new ManualClock(77) });
    await registry.upsert(peerNumbered(1));
    const watched = all(registry.watch());
    await registry.upsert(peerNumbered(2));
    await registry.update('peer-1', { tier: 'tier1' });
    await registry.commitBatch(new BatchUpdate().remove('peer-1').upsert(peerNumbered(3)));
    await registry.close();
    const events = await watched;
    expect(told(events)).toEqual(['2 PeerAdded', '3 PeerUpdated', '4 BatchUpdate']);
    expect(events[0]).toEqual({
      kind: 'PeerAdded',
      seq: 2,
      at: 77,
      nodeId: 'peer-2',
      entry: peerNumbered(2),
    });
  });

  it('is woken when it sleeps', async () => {
    const registry = new Registry();
    const watch = registry.watch();
    for (let number = 1; number <= 3; number++) {
      const next = watch.next();
      await new Promise((resolve) => setImmediate(resolve));
      await registry.upsert(peerNumbered(number));
      expect(await next).toMatchObject({ done: false, value: { seq: number } });
    }
    await registry.close();
    expect(await watch.next()).toEqual({ done: true, value: undefined });
  });

  it('yields what matches alone', async () => {
    const registry = new Registry();
    const watched = all(registry.watch({ kinds: ['PeerUpdated'], tiers: ['tier1'] }));
    await registry.upsert(peerNumbered(1, { tier: 'tier1' }));
    await registry.update('peer-1', { tier: 'tier2' });
    await registry.update('peer-1', { tier: 'tier3' });
    await registry.close();
    expect(told(await watched)).toEqual(['2 PeerUpdated']);
  });

  it('gets all peers when the log overtook it, and the events after them', async () => {
    const registry = new Registry({ log: { logBytes: 1024 * 1024 } });
    const watch = registry.watch({ tiers: ['untrusted'] });
    const first = watch.next();
    await registry.upsert(peerNumbered(0));
    await first;
    const upserts = Array.from({ length: 4_000 }, (_, number) =>
      registry.upsert(peerNumbered(number % 500, { trafficRouted: number })),
    );
    await Promise.all(upserts);
    // What it had copied before it was overtaken is still good.
    let seen = 1;
    let event = (await watch.next()).value!;
    for (; event.kind !== 'Resync'; event = (await watch.next()).value!) {
      expect(event.seq).toBe(++seen);
    }
    expect(event.seq).toBe(registry.lastSeq);
    expect(event.peers.size).toBe(500);
    await registry.remove('peer-7');
    expect((await watch.next()).value).toMatchObject({ kind: 'PeerRemoved', seq: event.seq + 1 });
    await registry.close();
  });

  it('ends when its signal is aborted: before it began, asleep, and between two events', async () => {
    const registry = new Registry();
    expect(await all(registry.watch({ signal: AbortSignal.abort() }))).toEqual([]);
    const asleep = new AbortController();
    const watched = all(registry.watch({ signal: asleep.signal }));
    await new Promise((resolve) => setImmediate(resolve));
    asleep.abort();
    expect(await watched).toEqual([]);
    const between = new AbortController();
    const watch = registry.watch({ signal: between.signal });
    await registry.commitBatch(new BatchUpdate().upsert(peerNumbered(1)));
    await registry.commitBatch(new BatchUpdate().upsert(peerNumbered(2)));
    expect(await watch.next()).toMatchObject({ done: false });
    between.abort();
    expect(await watch.next()).toEqual({ done: true, value: undefined });
    await registry.close();
  });

  it('can be left while an event is waited for', async () => {
    const registry = new Registry();
    const watch = registry.watch();
    const next = watch.next();
    await watch.return!();
    expect(await next).toEqual({ done: true, value: undefined });
    expect(await watch.next()).toEqual({ done: true, value: undefined });
    await registry.close();
  });

  it('is refused at once when it asks for what there is not', () => {
    const registry = new Registry();
    expect(() => registry.watch({ tiers: ['tier7' as 'tier1'] })).toThrow(ConfigError);
  });
});
