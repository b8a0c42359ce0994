import type { PeerEntry } from '@panoptes/core/observer';
import { thousandths } from '@panoptes/testkit/model';
import { pick, type Uniform } from '../../churn/random-source.js';
import type { TopologySpec } from '../schema/topology.js';
import type { LivePeer, PeersOfState } from './live-peer.js';
import { NearbyPeers } from './nearby-peers.js';

/** Whom peers hear. */
export interface Topology {
  /** The links of a peer that comes online now, to some of those that are. */
  join(peer: LivePeer, online: PeersOfState): PeerEntry['links'];
  leave(peer: LivePeer): void;
}

/** One for all who hear nobody. */
export const noLinks: PeerEntry['links'] = Object.freeze([]);

type Link = PeerEntry['links'][number];

const media = ['wifi', 'wifi', 'vpn', 'other'] as const;

/**
 * Makes the topology that a scenario asks for.
 *
 * @param peers - usual number of peers online
 * @param recorded - links by node id, for a topology from a file
 * @param uniform - draws all that is not given
 */
export function topologyOf(
  spec: TopologySpec,
  peers: number,
  recorded: ReadonlyMap<string, PeerEntry['links']>,
  uniform: Uniform,
): Topology {
  switch (spec.model) {
    case 'none':
      return { join: () => noLinks, leave: () => undefined };
    case 'random':
      return {
        join: (_, online) => drawLinks(pick(uniform, spec.links + 1), online, uniform),
        leave: () => undefined,
      };
    case 'random-geometric':
      return geometric(spec.radius, spec.most, peers, uniform);
    case 'small-world':
      return smallWorld(spec.neighbours, spec.rewire, peers, uniform);
    case 'file':
      return {
        join: ({ identity }) => recorded.get(identity.nodeId) ?? [],
        leave: () => undefined,
      };
  }
}

const linkTo = (peer: LivePeer, quality: number, uniform: Uniform): Link => ({
  nodeId: peer.identity.nodeId,
  quality: thousandths(quality),
  type: media[pick(uniform, media.length)]!,
});

/** Links to peers drawn evenly, each once. */
function drawLinks(wanted: number, online: PeersOfState, uniform: Uniform): Link[] {
  const links = new Map<LivePeer, Link>();
  for (let draw = Math.min(wanted, online.size); draw > 0; draw--) {
    const peer = online.at(pick(uniform, online.size));
    links.set(peer, linkTo(peer, 0.2 + 0.8 * uniform(), uniform));
  }
  return [...links.values()];
}

/** Within a radius on the unit square; quality falls off with the square of the distance. */
function geometric(radius: number, most: number, peers: number, uniform: Uniform): Topology {
  const nearby = new NearbyPeers(2, peers);
  return {
    join(peer) {
      const { spot } = peer.identity;
      const links = nearby
        .nearest(spot, most, radius)
        .map(({ peer: other, distance }) =>
          linkTo(other, 1 - 0.8 * (distance / radius) ** 2, uniform),
        );
      nearby.add(peer);
      return links;
    },
    leave: (peer) => nearby.remove(peer),
  };
}

/** The nearest on a ring, each swapped for a peer anywhere with some probability. */
function smallWorld(neighbours: number, rewire: number, peers: number, uniform: Uniform): Topology {
  const nearby = new NearbyPeers(1, peers);
  return {
    join(peer, online) {
      const heard = new Set<LivePeer>();
      for (const { peer: near } of nearby.nearest(peer.identity.spot, neighbours, 1)) {
        heard.add(uniform() < rewire ? online.at(pick(uniform, online.size)) : near);
      }
      nearby.add(peer);
      return [...heard].map((other) => linkTo(other, 0.5 + 0.5 * uniform(), uniform));
    },
    leave: (peer) => nearby.remove(peer),
  };
}
