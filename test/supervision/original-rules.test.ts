import { setTimeout as pause } from 'node:timers/promises';
import { type PeerRegistry, createRegistry } from '@panoptes/workers';
import { afterEach, describe, expect, it } from 'vitest';
import { hosts } from '../conformance/hosts.js';
import { peerNamed } from '../fixtures/random-traffic.js';
import { placesOf } from '../fixtures/threads.js';
import { until } from '../fixtures/until.js';

const module = new URL('../fixtures/recorder.observer.mjs', import.meta.url);

let registry: PeerRegistry;
afterEach(() => registry.close());

describe.each(hosts)('P1 the original rules (%s)', (host) => {
  const places = () => placesOf(host);
  /** For each observer; one on the registry's own thread has none. */
  const each = host === 'inline' ? 0 : 1;
  const register = (name: string) => registry.registerObserver({ module, name, host });

  it('of at most two observers the third is refused, until one goes', async () => {
    registry = await createRegistry({ observers: { maxObservers: 2 } });
    await register('first');
    await register('second');
    await expect(register('third')).rejects.toThrow('Observer limit reached: 2 (max: 2)');
    expect(registry.getObserverStats().observerCount).toBe(2);
    await registry.unregisterObserver('first');
    await register('third');
    expect(registry.getObserverStats().registeredObserverNames).toEqual(['second', 'third']);
  });

  it('the statistics say who is registered, since when, for how long, and who the longest', async () => {
    registry = await createRegistry({ observers: { maxObservers: 10 } });
    expect(registry.getObserverStats().averageLifetimeSecs()).toBe(0);
    const startedAt = Date.now();
    await register('early');
    await pause(30);
    await register('late');
    const stats = registry.getObserverStats();
    expect(stats).toMatchObject({ observerCount: 2, maxObservers: 10 });
    expect(stats.registeredObserverNames).toEqual(['early', 'late']);
    const [early, late] = ['early', 'late'].map((name) => stats.registrationTimes.get(name)!);
    expect(early).toBeGreaterThanOrEqual(startedAt);
    expect(late! - early!).toBeGreaterThanOrEqual(29);
    expect(stats.averageLifetimeSecs()).toBeGreaterThan(0.014);
    expect(stats.longestRunningObserver()!.name).toBe('early');
  });

  it('stale observers are cleaned up at once when asked', async () => {
    registry = await createRegistry();
    const before = places();
    const [idle, kept] = [await register('idle'), await register('kept')];
    expect(await registry.cleanupStaleObservers(3_600)).toBe(0);
    await until('one was idle for a moment', async () => {
      kept.touch();
      await pause(1);
      return Date.now() - idle.stats().lastActivityAt > 20;
    });
    kept.touch();
    expect(await registry.cleanupStaleObservers(0.02)).toBe(1);
    expect(idle.state).toBe('evicted');
    await expect(idle.ask('size', [])).rejects.toMatchObject({ code: 'OBSERVER_EVICTED' });
    expect(places()).toBe(before + each);
    expect(registry.getObserverStats()).toMatchObject({
      observerCount: 1,
      supervisor: { evicted: 1 },
    });
    await expect(registry.cleanupStaleObservers(-1)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
  });

  it('stale observers are cleaned up by themselves in time', async () => {
    registry = await createRegistry({ observers: { observerTimeoutSecs: 0.3 } });
    const before = places();
    const handle = await register('it');
    expect(await handle.ended).toMatchObject({ code: 'evicted', exit: 'stopped' });
    expect(places()).toBe(before);
    expect(registry.getObserverStats().observers).toEqual([]);
  });

  it('unregistering leaves neither thread nor process nor record, and the name is free', async () => {
    registry = await createRegistry();
    const before = places();
    const gone = await register('it');
    await registry.upsert(peerNamed('alice'));
    await registry.unregisterObserver('it');
    expect(places()).toBe(before);
    expect(registry.getObserverStats()).toMatchObject({ observerCount: 0, observers: [] });
    expect(await gone.ended).toMatchObject({ code: 'unregistered', exit: 'stopped' });
    await expect(registry.unregisterObserver('it')).rejects.toMatchObject({
      code: 'OBSERVER_NOT_FOUND',
    });
    const next = await register('it');
    expect(await next.ask('size', [])).toBe(1);
  });
});
