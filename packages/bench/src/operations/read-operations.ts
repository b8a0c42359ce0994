import type { PeerQueries, PeerSelection } from '@panoptes/core';
import type { Population } from '../workload/population.js';
import { type Operation, checkDone } from './operation.js';

/** The operations that read peers and change nothing. */
export const readOperations: readonly Operation[] = [
  reading('get', 1, ({ registry }, nodeId) => (registry.peers.get(nodeId) === undefined ? 0 : 1)),
  reading('one field by a view', 1, ({ registry }, nodeId) =>
    registry.peers.view(nodeId)!.lastSeen > 0 ? 1 : 0,
  ),
  reading('closest 20 in the DHT, entries', 20, ({ registry }, nodeId) =>
    lengthOf(registry.peers.findClosestDhtPeers(nodeId, 20)),
  ),
  reading('closest 20 in the DHT, views', 20, ({ registry }, nodeId) =>
    lengthOf(registry.peers.viewClosestDhtPeers(nodeId, 20)),
  ),
  firstHundred('first 100 of a tier', (peers) => peers.inTier('tier2', { limit: 100 })),
  firstHundred('first 100 authenticated ones', (peers) => peers.authenticated({ limit: 100 })),
  {
    name: 'all peers, one field each, a peer',
    async run({ registry }, count, timed) {
      const { size } = registry.peers;
      let seen = 0;
      await timed(() => {
        for (let done = 0; done < count; done++) seen += fieldsOf(registry.peers.all());
      });
      checkDone('peers gone through', count * size, seen);
      return count * size;
    },
  },
  {
    name: 'digest',
    async run({ registry }, count, timed) {
      const first = registry.digest();
      let same = 0;
      await timed(() => {
        for (let done = 0; done < count; done++) if (registry.digest() === first) same++;
      });
      checkDone('equal digests', count, same);
      return count;
    },
  },
];

/** An operation on the node id whose turn it is, which finds so many peers. */
function reading(
  name: string,
  finds: number,
  read: (population: Population, nodeId: string) => number,
): Operation {
  return {
    name,
    async run(population, count, timed) {
      let found = 0;
      await timed(() => {
        for (let done = 0; done < count; done++) found += read(population, population.nextId());
      });
      checkDone(name, count * finds, found);
      return count;
    },
  };
}

function firstHundred(name: string, select: (peers: PeerQueries) => PeerSelection): Operation {
  return {
    name,
    note: 'one field of each, by views',
    async run({ registry }, count, timed) {
      const first = fieldsOf(select(registry.peers));
      let seen = 0;
      await timed(() => {
        for (let done = 0; done < count; done++) seen += fieldsOf(select(registry.peers));
      });
      checkDone(name, count * first, seen);
      return count;
    },
  };
}

const lengthOf = (found: readonly unknown[]): number => found.length;

/** Reads one field of each peer. Returns of how many. */
function fieldsOf(peers: PeerSelection): number {
  let seen = 0;
  for (const peer of peers) if (peer.lastSeen > 0) seen++;
  return seen;
}
