export type { BestPath } from './best-path.js';
export type { Neighbour } from './neighbour.js';
export { type MeshCounts, MeshTopology } from './mesh-topology.js';
export { type MeshOptions, meshObserver as default } from './mesh-observer.js';
