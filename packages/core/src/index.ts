export { checkChance } from './chance-argument.js';
export { checkClock } from './clock-argument.js';
export {
  type RegistryConfig,
  type RegistryOptions,
  memoryLimitOption,
  resolveConfig,
  registryOptionNames,
} from './config.js';
export { parseOptions } from './parse-options.js';
export { noSuchOption } from './read-options.js';
export { expectationOf } from './expectation.js';
export { fileBeside } from './file-beside.js';
export { MessageReceiver, createMessageBuffer } from './log/message-ring.js';
export { ConnectionBrokenError, ConnectionClosedError } from './connection-errors.js';
export * from './observer.js';
export { ownRecord, shortName } from './own-record.js';
export { packageVersion } from './package-version.js';
export { checkPort } from './port-argument.js';
export type { PeerQueries, PeerStats } from './peers/peer-queries.js';
export type { PageOptions, PeerSelection } from './peers/peer-selection.js';
export { printable, printableLines, readable } from './printable.js';
export { BatchUpdate } from './registry/batch-update.js';
export { type OpenedReplica, openReplica } from './registry/open-replica.js';
export { demote, resign } from './registry/demotion.js';
export { type PromoteOptions, promote } from './registry/promotion.js';
export {
  NoPrimaryError,
  OutcomeUnknownError,
  RegistryReadOnlyError,
  ReplicaError,
  type ReplicaErrorCode,
} from './replica-errors.js';
export { type ReplicaLag, Replication } from './registry/replication.js';
export type {
  RunSource,
  SnapshotRequest,
  SourceHead,
  SourceSnapshot,
} from './registry/run-source.js';
export { untilCommitted } from './registry/until-committed.js';
export { seqArgument, waitLimitMs } from './supervision/wait-arguments.js';
export type { BulkResult, Rejection } from './registry/bulk-upsert.js';
export type { CallerDesk, OpenedLine } from './registry/caller-desk.js';
export { CallerSender } from './registry/caller-sender.js';
export { CarriedRecords, refusedRecords } from './registry/carried-records.js';
export { createCallerBuffer } from './log/caller-memory.js';
export { packedError } from './error-copy.js';
export { type PortOptions, portSettings } from './registry/port-options.js';
export type { ConnectOptions, ConnectedPeers } from './registry/registry-connection.js';
export { RegistryConnection } from './registry/registry-connection.js';
export { RegistryLife, openLife } from './registry/registry-life.js';
export { type RegistryClocks, type RegistryPorts } from './registry/registry-ports.js';
export { Registry } from './registry/registry.js';
export type { RegistryCommands } from './registry/registry-commands.js';
export type { StoredObservers } from './registry/stored-observers.js';
export { StoreCaller, storeErrorOf, storeThreadOptions } from './registry/store-caller.js';
export { StoreConnection } from './registry/store-connection.js';
export type {
  EntryBlock,
  KeptState,
  OpenedStore,
  RegistryStore,
  OpenedSpace,
  SnapshotSource,
  StoreFigures,
  StoreLine,
  StoreReport,
  StoreStart,
} from './registry/registry-store.js';
export type { BulkOptions, UpsertOptions } from './registry/upsert-options.js';
export type { Resync, Watch, WatchEvent, WatchOptions } from './registry/watch.js';
export type { Figure, Figures } from './figure.js';
export { figures } from './figures.js';
export type { HistogramValue } from './histogram-value.js';
export {
  ObserverRegistryStats,
  type ObserverStats,
  type SupervisorStats,
} from './supervision/observer-stats.js';
export type { DeadLetter } from './supervision/dead-letters.js';
export { systemLoad } from './supervision/system-load.js';
export { hardLimitMb } from './limits.js';
export type { ObserverEnd } from './supervision/observer-end.js';
export type { ObserverLine } from './supervision/observer-lines.js';
export type { MetricReading, ObserverMetrics } from './supervision/observer-metrics.js';
export type {
  AskOptions,
  MetricsOptions,
  ObserverHandle,
  QueryCalls,
} from './supervision/observer-handle.js';
export { type ObserverState, observerStates } from './supervision/observer-state.js';
export type { OwnerCalls, WaitOptions } from './supervision/owner-calls.js';
export type { RestartType } from './supervision/policies/restart-policy.js';
export {
  type ObserverTerms,
  type MisplacedTerm,
  misplacedTerms,
  observerTerms,
  registrationSchema,
} from './supervision/observer-terms.js';
export { Supervisor } from './supervision/supervisor.js';
export { ObserverTimeoutError } from './observer-timeout-error.js';
export { RegistryFencedError, StoreError, type StoreErrorCode } from './store-error.js';
export { takeAll, tellAll } from './tell-all.js';
export {
  type Inspect,
  type InspectObserver,
  type InspectedEvent,
  type InspectedSignal,
  type InspectedSnapshot,
  type InspectedState,
  ownInspect,
} from './tracing/inspect.js';
export {
  type TraceListener,
  type TracedCommand,
  type TracedHandling,
  type TracedOutcome,
  type TracedVote,
  type Tracer,
  ownTracer,
} from './tracing/tracer.js';
export type { VoteStats } from './voting/vote-figures.js';
export type { OnUnavailable, OnVoteFailure } from './voting/voter.js';
