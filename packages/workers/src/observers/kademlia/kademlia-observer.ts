import { defineObserver, type ObserverContext } from '../../runtime/define-observer.js';
import { accept } from '../../runtime/vote.js';
import { type KademliaOptions, readKademliaOptions } from './kademlia-options.js';
import { kademliaMetrics } from './kademlia-metrics.js';
import { RoutingTable } from './routing-table.js';

/** The observer that keeps a Kademlia routing table. */
export const kademliaObserver = defineObserver({
  name: 'kademlia',
  setup: (ctx: ObserverContext<KademliaOptions | undefined>) =>
    new RoutingTable(readKademliaOptions(ctx)),
  onSnapshot: (peers, table) => table.reset(peers),
  onEvents: (batch, table) => table.follow(batch),
  onProposal: (proposal, table) => table.guard?.judge(proposal) ?? accept(),
  onAborted: (ids, table) => table.guard?.aborted(ids),
  queries: {
    closest: (table: RoutingTable, target: string, count?: number) => table.closest(target, count),
    bucketOccupancy: (table: RoutingTable) => table.bucketOccupancy(),
    bucketMembers: (table: RoutingTable, prefixLength: number) => table.bucketMembers(prefixLength),
    size: (table: RoutingTable) => table.size(),
    has: (table: RoutingTable, nodeId: string) => table.has(nodeId),
  },
  metrics: kademliaMetrics,
  digest: (table) => table.digest(),
});
