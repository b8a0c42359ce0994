import { deepFreeze } from '@panoptes/core/observer';
import type { ObserverMetric } from '../../runtime/define-observer.js';
import type { RoutingTable } from './routing-table.js';

/** What the `kademlia` observer tells of itself. */
export const kademliaMetrics = deepFreeze({
  contacts: {
    kind: 'gauge',
    unit: 'count',
    says: 'Members of the table, in all buckets.',
    read: (table: RoutingTable) => table.size(),
  },
  waiting: {
    kind: 'gauge',
    unit: 'count',
    says: 'Contacts for which their bucket has no place.',
    read: (table: RoutingTable) =>
      table.bucketOccupancy().reduce((sum, { waiting }) => sum + waiting, 0),
  },
  bucketOccupancy: {
    kind: 'histogram',
    unit: 'count',
    says: 'Members of each bucket that is not empty.',
    bounds: [1, 2, 4, 8, 12, 16, 20, 32, 64],
    read: (table: RoutingTable) => table.bucketOccupancy().map(({ members }) => members),
  },
} satisfies Readonly<Record<string, ObserverMetric<RoutingTable>>>);
