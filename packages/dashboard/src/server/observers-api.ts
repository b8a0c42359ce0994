import type { ObserverStats } from '@panoptes/core';
import type { PeerRegistry } from '@panoptes/workers';
import { DashboardError } from '../dashboard-error.js';
import type { LiveSampler } from '../live/live-sampler.js';
import { observerId } from '../metrics/observer-label.js';
import type { OwnMetrics } from '../metrics/own-metrics.js';
import type { ShownRegistry } from '../shown-registry.js';
import { errorRow, metricsRow, observerRow } from './observer-row.js';

/**
 * All that is known of an observer, as it is sent.
 *
 * @param place - its name, or its id
 * @throws {DashboardError} when there is none
 */
export async function wholeObserver(
  registry: PeerRegistry,
  shown: ShownRegistry,
  { timeline }: Pick<LiveSampler, 'timeline'>,
  own: OwnMetrics,
  place: string,
): Promise<object> {
  const stats = observerAt(shown.observers(), place);
  const { name, reasons, hasMetrics } = stats;
  const letters = registry.deadLetters().filter(({ observer }) => observer === name);
  return {
    observer: observerRow(stats),
    reasons,
    timeline: timeline.of(name),
    deadLetters: letters.map(({ error, ...letter }) => ({ ...letter, error: errorRow(error) })),
    metrics: hasMetrics ? metricsRow(await own.of(name)) : null,
  };
}

/**
 * Does something to an observer.
 *
 * @throws {DashboardError} when there is no such observer, or no such action
 * @throws what the registry throws when it cannot be done
 */
export async function actOnObserver(
  registry: PeerRegistry,
  place: string,
  action: string,
): Promise<void> {
  const act = actions.get(action);
  if (act === undefined) {
    const known = [...actions.keys()].join(', ');
    throw new DashboardError('DASHBOARD_NOT_FOUND', `there is no such action (known: ${known})`);
  }
  await act(registry, observerAt(registry.getObserverStats().observers, place).name);
}

/** How long one who acts waits for what comes of it; it comes all the same. */
const timeoutMs = 10_000;

/** What can be done to an observer, by what a path calls it. */
const actions: ReadonlyMap<string, (registry: PeerRegistry, name: string) => unknown> = new Map<
  string,
  (registry: PeerRegistry, name: string) => unknown
>([
  ['restart', (registry, name) => registry.observer(name).restart({ timeoutMs })],
  ['pause', (registry, name) => registry.observer(name).pause({ timeoutMs })],
  ['resume', (registry, name) => registry.observer(name).resume({ timeoutMs })],
  ['evict', (registry, name) => registry.unregisterObserver(name)],
  ['revive', (registry, name) => registry.reviveObserver(name)],
]);

/** Names of what can be done to an observer. */
export const observerActions: readonly string[] = [...actions.keys()];

/** What looks like an id is one: no name can stand for another observer's id. */
function observerAt(observers: readonly ObserverStats[], place: string): ObserverStats {
  const isId = /^~[0-9a-f]{16}$/.test(place);
  const found = observers.find(({ name }) => (isId ? observerId(name) : name) === place);
  if (found !== undefined) return found;
  throw new DashboardError('DASHBOARD_NOT_FOUND', 'there is no observer of that name or id');
}
