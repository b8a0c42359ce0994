/*
 * What the thread of an observer needs of this package. It is also in the index; from here it comes
 * without the registry and its schemas, and a thread that loads less starts sooner.
 */
export type {
  EntryMark,
  EntryTraits,
  HistoryRecord,
  RunEnding,
  RunFacts,
  SeenChange,
  SeenEvent,
} from './checkers/history.js';
export type { Verdicts } from './checkers/verdicts.js';
export { LogBytes } from './canonical/log-bytes.js';
export { LogDigest } from './canonical/log-digest.js';
export { markOf, seenEvent } from './recorded-log/seen-event.js';
export { HistoryChecker, type RecordOrigin } from './checkers/history-checker.js';
export { type HistorySink, recordSnapshot, witnessed } from './recorded-log/witnessed.js';
export { sharedMicros } from './wrapping/shared-time.js';
export {
  type ObserverHooks,
  type Wrapped,
  whenHandled,
  wrapObserver,
} from './wrapping/wrap-observer.js';
export { wrappedIn, wrappedModule } from './wrapping/wrapped-module.js';
