export {
  type Cancel,
  type Chance,
  type Clock,
  systemChance,
  systemClock,
  withDeadline,
} from './clock.js';
export {
  type RegistryConfig,
  type RegistryOptions,
  parseOptions,
  resolveConfig,
} from './config.js';
export * from './errors.js';
export { RunEvents, toObject } from './log/event-view.js';
export {
  type LogBuffer,
  type LogMemory,
  type LogPoint,
  attachLogMemory,
} from './log/log-memory.js';
export { LogReader } from './log/log-reader.js';
export { type SnapshotData, SnapshotView } from './log/snapshot.js';
export { compareDistance, dhtKey, dhtKeyBytes, logDistance } from './peers/dht-key.js';
export type { PeerView } from './peers/entry-view.js';
export { peerFields, tiers } from './peers/fields.js';
export {
  createPeer,
  type DiscoveryMethod,
  type PeerEntry,
  type PeerFieldPath,
  type PeerInput,
  type PeerTier,
} from './peers/peer-entry.js';
export type { PeerPatch } from './peers/peer-patch.js';
export type { PeerQueries, PeerStats } from './peers/peer-queries.js';
export { BatchUpdate } from './registry/batch-update.js';
export type { BatchResult, CommandResult, UpdateFunction } from './registry/commands.js';
export type {
  BatchUpdateEvent,
  EventBatch,
  PeerAdded,
  PeerChange,
  PeerRemoved,
  PeerSnapshot,
  PeerUpdated,
  RegistryEvent,
  RemovalReason,
} from './registry/events.js';
export { Registry, type RegistryClocks, type UpsertOptions } from './registry/registry.js';
export { ObserverRegistryStats, type ObserverStats } from './stats/observer-stats.js';
export type {
  ExitReason,
  HostFactory,
  ObserverDescription,
  ObserverHost,
  ObserverSpec,
} from './supervision/host.js';
export type { AskOptions, ObserverHandle, QueryCalls } from './supervision/observer-handle.js';
export type { ObserverState } from './supervision/observer-machine.js';
export type { RestartType } from './supervision/restart-policy.js';
export { Supervisor } from './supervision/supervisor.js';
