import { describe, expect, it } from 'vitest';
import type { Figures } from '../figure.js';
import { observerFigures } from '../figures.js';
import { ObserverRegistryStats, type ObserverStats } from './observer-stats.js';

const observer = (
  name: string,
  registeredAt: number,
  state: ObserverStats['state'],
): ObserverStats => ({
  name,
  role: 'best-effort',
  host: 'thread',
  state,
  reasons: [],
  lastError: undefined,
  ...(Object.fromEntries(observerFigures.map(({ id }) => [id, 0])) as Figures<
    typeof observerFigures
  >),
  registeredAt,
  votes: undefined,
  hasMetrics: false,
  commands: { sent: 0, refused: 0, dropped: 0 },
});

const supervisor = { ended: [], evicted: 0, zombies: 0, deadLetters: 0 };

describe('the figures of all observers', () => {
  it('count all but the quarantined, and name all in order of registration', () => {
    const stats = new ObserverRegistryStats(
      9,
      [
        observer('b', 2_000, 'live'),
        observer('a', 1_000, 'quarantined'),
        observer('c', 6_000, 'backoff'),
      ],
      10_000,
      supervisor,
    );
    expect([stats.maxObservers, stats.observerCount]).toEqual([9, 2]);
    expect(stats.registeredObserverNames).toEqual(['b', 'a', 'c']);
    expect(stats.registrationTimes.get('c')).toBe(6_000);
    expect(stats.averageLifetimeSecs()).toBe(7);
    expect(stats.longestRunningObserver()!.name).toBe('a');
  });

  it('are those of nobody without observers', () => {
    const none = new ObserverRegistryStats(9, [], 10_000, supervisor);
    expect([none.observerCount, none.averageLifetimeSecs()]).toEqual([0, 0]);
    expect(none.longestRunningObserver()).toBeUndefined();
  });
});
