import FakeTimers from '@sinonjs/fake-timers';
import { type Clock, createPeer, systemClock } from '@panoptes/core';
import { type PeerRegistry, createRegistry } from '@panoptes/workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { identityOf, peerNamed } from '../fixtures/random-traffic.js';
import type small from '../fixtures/small.observer.mjs';
import { until } from '../fixtures/until.js';

const module = new URL('../fixtures/small.observer.mjs', import.meta.url);
const day = 86_400_000;

/** Ways to replace a program's timers by ones that only a test moves; each returns the way back. */
const fakings = [
  {
    by: 'vitest, which fakes all but microtasks',
    fake: (now: number) => {
      vi.useFakeTimers({ now });
      return () => void vi.useRealTimers();
    },
  },
  {
    by: 'sinon, which fakes microtasks as well',
    fake: (now: number) => {
      const clock = FakeTimers.install({ now, toNotFake: ['nextTick'] });
      return () => clock.uninstall();
    },
  },
];

let registry: PeerRegistry | undefined;
let restore: (() => void) | undefined;
afterEach(async () => {
  restore?.();
  await registry?.close();
  registry = restore = undefined;
});

describe.each(fakings)('while timers are faked by $by', ({ fake }) => {
  it('commands commit, one by one, in bulk and together', async () => {
    registry = await createRegistry();
    restore = fake(0);
    for (let n = 0; n < 50; n++) await registry.upsert(peerNamed(`one-${n}`));
    const many = Array.from({ length: 5_000 }, (_, n) => peerNamed(`many-${n}`));
    expect((await registry.upsertMany(many)).added).toBe(5_000);
    await Promise.all(many.map(({ peerId }) => registry!.remove(peerId.nodeId)));
    expect(registry.peers.size).toBe(50);
  });

  it('an observer starts, follows, answers, is started again and stops', async () => {
    restore = fake(0);
    registry = await createRegistry({ observers: { restart: { minBackoffMs: 1 } } });
    const observer = await registry.registerObserver<typeof small>({ module });
    await registry.upsert(peerNamed('a'));
    await registry.settled();
    expect(await observer.query.count()).toBe(1);
    await expect(observer.query.exit(3)).rejects.toMatchObject({ code: 'OBSERVER_CRASHED' });
    await until('it is back', () => observer.stats().restarts === 1);
    await registry.settled();
    expect(await observer.query.count()).toBe(1);
    await registry.unregisterObserver('small');
  });

  it('a deadline passes all the same', async () => {
    restore = fake(0);
    registry = await createRegistry();

    const observer = await registry.registerObserver({ module });
    const asked = observer.ask('never', [], { timeoutMs: 20 });
    await expect(asked).rejects.toMatchObject({ code: 'QUERY_TIMEOUT' });
  });

  it('a watch goes on, and a slow one resyncs', async () => {
    registry = await createRegistry({ log: { logBytes: 1024 * 1024 } });
    const watch = registry.watch();
    restore = fake(0);
    await registry.upsert(peerNamed('a'));
    expect((await watch.next()).value).toMatchObject({ kind: 'PeerAdded', nodeId: 'a' });
    await registry.upsertMany(Array.from({ length: 5_000 }, (_, n) => peerNamed(`many-${n}`)));
    const seen = new Set<string>();
    for await (const { kind, seq } of watch) {
      seen.add(kind);
      if (seq === registry.lastSeq) break;
    }
    expect(seen).toContain('Resync');
  });

  it('it closes, with an observer', async () => {
    registry = await createRegistry();
    await registry.registerObserver({ module });
    restore = fake(0);
    await registry.close();
    expect(registry.state).toBe('closed');
  });

  it('peers expire by the day that the test has chosen', async () => {
    const start = Date.UTC(2024, 0, 1);
    restore = fake(start);
    registry = await createRegistry({ peers: { peerTtlSecs: day / 1000 } });
    const peer = createPeer({ peerId: identityOf('a') });
    expect(peer.lastSeen).toBe(start);
    await registry.upsert(peer);
    expect(await registry.cleanupExpired()).toMatchObject({ removed: 0 });
    restore();
    restore = fake(start + 2 * day);
    expect(await registry.cleanupExpired()).toMatchObject({ removed: 1 });
  });
});

it('a clock of one’s own is used as before', async () => {
  const clock: Clock = { ...systemClock, now: () => Date.UTC(2024, 0, 1) };
  registry = await createRegistry({ clock, peers: { peerTtlSecs: 60 } });
  restore = fakings[0]!.fake(Date.UTC(2030, 0, 1));
  await registry.upsert(createPeer({ peerId: identityOf('a') }, clock));
  expect(await registry.cleanupExpired()).toMatchObject({ removed: 0 });
});
