import { deepFreeze } from '@panoptes/core/observer';
import type { ObserverMetric } from '../../runtime/define-observer.js';
import type { MeshTopology } from './mesh-topology.js';

/**
 * What the `mesh` observer tells of itself. Parts and articulation points take a walk over all peers
 * and links, once for as long as no link comes or goes.
 */
export const meshMetrics = deepFreeze({
  links: {
    kind: 'gauge',
    unit: 'count',
    says: 'Links between peers that are there, both directions of one counted once.',
    read: (mesh: MeshTopology) => mesh.counts().links,
  },
  components: {
    kind: 'gauge',
    unit: 'count',
    says: 'Connected parts, peers without a link included.',
    read: (mesh: MeshTopology) => mesh.components().length,
  },
  largestShare: {
    kind: 'gauge',
    unit: 'share',
    says: 'Share of the peers that are in the largest connected part, from 0 to 1; 0 without peers.',
    read: (mesh: MeshTopology) => (mesh.components()[0] ?? 0) / Math.max(1, mesh.counts().peers),
  },
  isolated: {
    kind: 'gauge',
    unit: 'count',
    says: 'Peers without a link.',
    read: (mesh: MeshTopology) => mesh.counts().isolated,
  },
  articulationPoints: {
    kind: 'gauge',
    unit: 'count',
    says: 'Peers whose going would cut a connected part in two or more.',
    read: (mesh: MeshTopology) => mesh.articulationPointCount,
  },
} satisfies Readonly<Record<string, ObserverMetric<MeshTopology>>>);
