import { defineObserver, type ObserverContext } from '../../runtime/define-observer.js';
import { OptionReader } from '../option-reader.js';
import { meshMetrics } from './mesh-metrics.js';
import { MeshTopology } from './mesh-topology.js';

/** The observer that keeps the topology of a mesh network. */
export const meshObserver = defineObserver({
  name: 'mesh',
  setup: (ctx: ObserverContext<MeshOptions | undefined>) => {
    new OptionReader(ctx).end();
    return new MeshTopology();
  },
  onSnapshot: (peers, mesh) => mesh.reset(peers),
  onEvents: (batch, mesh) => mesh.follow(batch),
  queries: {
    counts: (mesh: MeshTopology) => mesh.counts(),
    components: (mesh: MeshTopology) => mesh.components(),
    bestPath: (mesh: MeshTopology, from: string, to: string) => mesh.bestPath(from, to),
    isolatedPeers: (mesh: MeshTopology, limit?: number) => mesh.isolatedPeers(limit),
    articulationPoints: (mesh: MeshTopology) => mesh.articulationPoints(),
    neighbours: (mesh: MeshTopology, nodeId: string) => mesh.neighbours(nodeId),
  },
  metrics: meshMetrics,
  digest: (mesh) => mesh.digest(),
});

/** Options of the `mesh` observer: it has none. */
export type MeshOptions = Readonly<Record<string, never>>;
