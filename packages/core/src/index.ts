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
  memoryLimitOption,
  parseOptions,
  resolveConfig,
} from './config.js';
export * from './errors.js';
export { EventFilter, type Subscription } from './log/event-filter.js';
export { RunEvents, toObject } from './log/event-view.js';
export { HealthBoard, type HealthBuffer, type MemoryUse } from './log/health-board.js';
export { RunProposals } from './log/proposal-view.js';
export { Patience } from './log/patience.js';
export { Verdict, VoteCaster } from './log/vote-box.js';
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
export type { BulkResult, Rejection } from './registry/bulk-upsert.js';
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
export type { Proposal } from './registry/proposal.js';
export { Registry, type RegistryClocks, type UpsertOptions } from './registry/registry.js';
export type { Resync, Watch, WatchEvent, WatchOptions } from './registry/watch.js';
export { type Counter, observerCounters, supervisorCounters } from './stats/counters.js';
export {
  ObserverRegistryStats,
  type ObserverStats,
  type SupervisorStats,
} from './stats/observer-stats.js';
export type { CommandGate, ObserverCommand } from './supervision/command-gate.js';
export type { DeadLetter } from './supervision/dead-letters.js';
export type {
  ExitReason,
  HostFactory,
  ObserverDescription,
  ObserverHost,
  ObserverSpec,
  ThreadActivity,
} from './supervision/host.js';
export { systemMachine } from './supervision/machine.js';
export { hardLimitMb } from './supervision/memory-policy.js';
export type { ObserverEnd } from './supervision/observer-end.js';
export type { AskOptions, ObserverHandle, QueryCalls } from './supervision/observer-handle.js';
export type { ObserverState } from './supervision/observer-machine.js';
export type { RestartType } from './supervision/restart-policy.js';
export { Supervisor } from './supervision/supervisor.js';
export type { ProposalPoint, VotingMemory } from './voting/seat.js';
export type { VoteStats } from './voting/vote-figures.js';
export type { OnUnavailable, OnVoteFailure } from './voting/voter.js';
