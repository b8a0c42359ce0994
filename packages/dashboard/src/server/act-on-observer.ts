import type { PeerRegistry } from '@panoptes/workers';
import { DashboardError } from '../dashboard-error.js';

/**
 * Does something to an observer.
 *
 * @throws {DashboardError} when there is no such action
 * @throws what the registry throws when it cannot be done
 */
export async function actOnObserver(
  registry: PeerRegistry,
  name: string,
  action: string,
): Promise<void> {
  const act = actions.get(action);
  if (act === undefined) {
    const known = [...actions.keys()].join(', ');
    throw new DashboardError('DASHBOARD_NOT_FOUND', `there is no such action (known: ${known})`);
  }
  await act(registry, name);
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
