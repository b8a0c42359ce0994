/*
 * What follows the log on a thread of its own and takes the changes elsewhere needs of this package: a
 * store, a relay, a publisher. It comes without the registry, its machines and its schemas.
 */
export { isA, messageOf } from './error-of.js';
export { PanoptesError } from './errors.js';
export { RegistryFencedError, StoreError, type StoreErrorCode } from './store-error.js';
export { nextTurn } from './turns.js';
export { systemClock } from './clock.js';
export { hardLimitMb, mostLogBytes } from './limits.js';
export { recordKind } from './log/change-record.js';
export { EncodedRun } from './log/encoded-run.js';
export { RunEvents } from './log/event-view.js';
export { type FollowedReader, type Follower, follow } from './log/follower.js';
export { RECORD_HEADER_BYTES, ReaderState, RecordOffset, UNIT_BYTES } from './log/log-layout.js';
export {
  type LogBuffer,
  type LogMemory,
  type LogPoint,
  attachLogMemory,
  maxTransactionUnits,
} from './log/log-memory.js';
export { LogReader } from './log/log-reader.js';
export type { LogRun } from './log/log-run.js';
export { ReaderLine } from './log/reader-line.js';
export { MessageKind, MessageReceiver } from './log/message-ring.js';
export { ReceivedRun } from './log/received-run.js';
export { eachChange } from './log/run-changes.js';
export { RunError, type RunProblem } from './log/run-error.js';
export {
  RUN_HEADER_BYTES,
  RUN_VERSION,
  type RunHead,
  type RunOrigin,
  checkRun,
  encodeRun,
} from './log/run-format.js';
export { RunReader } from './log/run-reader.js';
export { type SharedRun, SharedRuns } from './log/shared-runs.js';
export { sharedBytes } from './log/shared-bytes.js';
export * from './log/space-frame.js';
export { SpaceAnswers, type SpaceMemory, createSpaceMemory } from './log/space-memory.js';
export type { SnapshotData } from './log/snapshot.js';
export { checkedEntryLength } from './peers/encoded-entry-check.js';
export { type EntryMemory, entryMemory, maxEntryBytes } from './peers/entry-layout.js';
export { entryLength } from './peers/entry-reader.js';
export { decodeEntry } from './peers/entry-view.js';
export { fieldsHash } from './peers/fields-hash.js';
export { nodeIdOf } from './peers/identity-index.js';
export { EntryBlocks } from './registry/entry-blocks.js';
export { StoreAnswers, sentOf } from './registry/store-answers.js';
export type { Asynchronous, KeptRun, SentError, StoreCalls } from './registry/store-messages.js';
export { SyncFigures } from './registry/sync-figures.js';
