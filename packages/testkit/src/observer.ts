/*
 * What the thread of an observer needs of this package. It is also in the index; from here it comes
 * without the registry and its schemas, and a thread that loads less starts sooner.
 */
export { canonicalEvent } from './canonical/canonical-event.js';
export type {
  EntryMark,
  EntryTraits,
  HistoryRecord,
  SeenChange,
  SeenEvent,
} from './checkers/history.js';
export { markOf } from './recorded-log/seen-event.js';
export { type HistorySink, witnessed } from './recorded-log/witnessed.js';
export { sharedMicros } from './wrapping/shared-time.js';
export {
  type ObserverHooks,
  type Wrapped,
  whenHandled,
  wrapObserver,
} from './wrapping/wrap-observer.js';
export { wrappedIn, wrappedModule } from './wrapping/wrapped-module.js';
