/*
 * Runs an observer's code on a thread of another kind than an observer's: how that is started, the
 * containment, which comes before the code is loaded, and what loads it.
 */
export { startWorker } from './host/worker-flags.js';
export { contain } from './runtime/containment.js';
export { keepLastWordsShort, lastWordsOf } from './runtime/last-words.js';
export { loadDefinition } from './runtime/load-definition.js';
