/*
 * What the thread of an observer needs of this package. It is also in the index; from here it comes
 * without the registry, its machines and its schemas, and a thread that loads less starts sooner.
 */
export { boundedJson, TooLongError } from './bounded-json.js';
export {
  type Cancel,
  type Chance,
  type Clock,
  systemChance,
  systemClock,
  withDeadline,
} from './clock.js';
export { deepFreeze } from './deep-freeze.js';
export { errorOf, isA, messageOf, textOf } from './error-of.js';
export * from './errors.js';
export { EventFilter } from './log/event-filter.js';
export { type Run, RunEvents, toObject } from './log/event-view.js';
export { FormattedRun } from './log/formatted-run.js';
export { type Follower, follow } from './log/follower.js';
export { HealthBoard, type HealthBuffer, type MemoryUse } from './log/health-board.js';
export {
  type LogBuffer,
  type LogMemory,
  type LogPoint,
  attachLogMemory,
} from './log/log-memory.js';
export { LogReader } from './log/log-reader.js';
export { MetricError } from './metric-error.js';
export {
  type GivenFigure,
  type MetricFigure,
  maxMetrics,
  ownMetricFigures,
} from './metric-figure.js';
export {
  MessageKind,
  MessageReceiver,
  MessageSender,
  type MessageBuffer,
} from './log/message-ring.js';
export { ReceivedRun } from './log/received-run.js';
export type { OutputLine, OutputRing } from './log/output-ring.js';
export { AdaptiveSpin } from './log/adaptive-spin.js';
export { sharedBytes } from './log/shared-bytes.js';
export { SharedNumbers, type SharedNumbersBuffer } from './log/shared-numbers.js';
export { RunProposals } from './log/proposal-view.js';
export { type SnapshotBytes, type SnapshotData, SnapshotView } from './log/snapshot.js';
export * from './log/space-frame.js';
export { SpaceAnswers, type SpaceMemory, createSpaceMemory } from './log/space-memory.js';
export type { Subscription } from './log/subscription.js';
export { Verdict, VoteCaster, voteDetails, voteReason } from './log/vote-box.js';
export { suggestion } from './misspelling.js';
export { isCollection } from './own-record.js';
export {
  compareDistance,
  dhtKey,
  dhtKeyBytes,
  logDistance,
  placeWords,
  putPlace,
} from './peers/dht-key.js';
export { entryStamp } from './peers/entry-stamp.js';
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
export { peersDigest, withoutPeer, withPeer } from './peers/peers-sum.js';
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
} from './log/events.js';
export type { Proposal } from './log/proposal.js';
export type { CommandGate, ObserverCommand } from './supervision/command-gate.js';
export type {
  ExitReason,
  FollowEnd,
  HostFactory,
  MetricsAnswer,
  ObserverDescription,
  ObserverHost,
  ThreadActivity,
} from './supervision/host.js';
export type { ObserverSpec } from './supervision/observer-terms.js';
export { ObserverStoreFullError } from './space-error.js';
export { inMicrotask, inNextTurn, nextTurn } from './turns.js';
export type { ProposalPoint, VotingMemory } from './voting/voter-session.js';
