/*
 * What the module of an observer needs of this package. It is also in the index; from here it comes
 * without the registry, and a thread that loads less starts sooner.
 */
export { detachedRegistry, type ObserverRegistry } from './runtime/command-sender.js';
export {
  type AnyObserver,
  defineObserver,
  type HistogramCounts,
  type HistogramMetric,
  type MetricsOf,
  type ObserverContext,
  type ObserverDefinition,
  type ObserverMetric,
  type ObserverQuery,
  type OptionsOf,
  type QueriesOf,
} from './runtime/define-observer.js';
export type { ObserverStore } from './runtime/observer-store.js';
export type { StoredValue } from './runtime/stored-value.js';
export { accept, type Vote, veto } from './runtime/vote.js';
