export type { KademliaOptions } from './kademlia-options.js';
export {
  type BucketMember,
  type BucketOccupancy,
  type ClosePeer,
  RoutingTable,
} from './routing-table.js';
export { kademliaObserver as default } from './kademlia-observer.js';
