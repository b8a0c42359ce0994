import type { ObserverStats } from '@panoptes/core';
import { DashboardError } from '../dashboard-error.js';
import { observerId } from '../metrics/observer-label.js';

/**
 * The observer that a path names. What looks like an id is one: no name can stand for another observer's id.
 *
 * @param place - its name, or its id
 * @throws {DashboardError} when there is none
 */
export function observerAt(observers: readonly ObserverStats[], place: string): ObserverStats {
  const isId = /^~[0-9a-f]{16}$/.test(place);
  const found = observers.find(({ name }) => (isId ? observerId(name) : name) === place);
  if (found !== undefined) return found;
  throw new DashboardError('DASHBOARD_NOT_FOUND', 'there is no observer of that name or id');
}
