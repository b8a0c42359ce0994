/*
 * What a caller of the registry needs that is on another thread. It is also in the index; from here it
 * comes without the registry and its observers, and a thread that loads less starts sooner.
 */
export {
  BatchUpdate,
  type BatchResult,
  type BulkOptions,
  type BulkResult,
  type CommandResult,
  type ConnectOptions,
  type ConnectedPeers,
  type PeerEntry,
  type PeerInput,
  type PeerPatch,
  type Rejection,
  type RegistryConnection,
  type UpsertOptions,
  createPeer,
} from '@panoptes/core/caller';
export { connectRegistry } from './connection/connect-registry.js';
