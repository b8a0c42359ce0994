import { deepFreeze } from './deep-freeze.js';
import type { Figure } from './figure.js';
import { registryFigures } from './registry-figures.js';
import { replicaFigures } from './replica-figures.js';
import { storeFigures } from './store-figures.js';

/** Those of the change log, from its start. */
export const logFigures = deepFreeze([
  { id: 'lastSeq', kind: 'gauge', unit: 'seq', says: 'The last transaction written.' },
  {
    id: 'capacityBytes',
    kind: 'gauge',
    unit: 'bytes',
    says: 'Bytes of transactions that it keeps for those who are behind.',
  },
  {
    id: 'writtenBytes',
    kind: 'counter',
    unit: 'bytes',
    says: 'Bytes of transactions written, padding at the end of the ring included.',
  },
  {
    id: 'waits',
    kind: 'counter',
    unit: 'count',
    says: 'Transactions that waited because an observer with `onLag: block` was a whole log behind, or the store too far.',
  },
  { id: 'waitedMs', kind: 'counter', unit: 'ms', says: 'How long these waited, together.' },
  {
    id: 'passed',
    kind: 'counter',
    unit: 'count',
    says: 'Times that an observer kept one waiting for `blockTimeoutMs` and was overtaken.',
  },
] as const satisfies readonly Figure[]);

/** Those of one observer, counted through all its incarnations unless they say otherwise. */
export const observerFigures = deepFreeze([
  { id: 'registeredAt', kind: 'gauge', unit: 'Unix ms', says: 'When it was registered.' },
  {
    id: 'lastActivityAt',
    kind: 'gauge',
    unit: 'Unix ms',
    says: 'When it last finished a transaction, answered a query or was touched.',
  },
  {
    id: 'pausedAt',
    kind: 'gauge',
    unit: 'Unix ms',
    says: 'When it was paused; 0 while it is not.',
  },
  {
    id: 'incarnation',
    kind: 'gauge',
    unit: 'count',
    says: 'The number of its incarnation, from 1.',
  },
  {
    id: 'cursor',
    kind: 'gauge',
    unit: 'seq',
    says: 'The last transaction it has finished; 0 while it has no incarnation.',
  },
  { id: 'lag', kind: 'gauge', unit: 'count', says: 'Transactions it is behind.' },
  {
    id: 'delivered',
    kind: 'counter',
    unit: 'count',
    says: 'Transactions it has handled; those that a snapshot stood for are not among them.',
  },
  {
    id: 'failed',
    kind: 'counter',
    unit: 'count',
    says: 'Incarnations that failed: they did not end normally.',
  },
  {
    id: 'resyncs',
    kind: 'counter',
    unit: 'count',
    says: 'Times it was overtaken and got a new snapshot.',
  },
  {
    id: 'resumes',
    kind: 'counter',
    unit: 'count',
    says: 'Times it went on from a transaction in place of a snapshot, after a restart or overtaken.',
  },
  { id: 'restarts', kind: 'counter', unit: 'count', says: 'Times it was started again unasked.' },
  {
    id: 'deadLetters',
    kind: 'counter',
    unit: 'count',
    says: 'Times an incarnation failed at a transaction, which was not given again.',
  },
  {
    id: 'handlerP50Ms',
    kind: 'histogram',
    quantile: { of: 'handlerMs', at: 0.5 },
    unit: 'ms',
    says: 'Half of the handler calls in its present or last incarnation took no longer.',
  },
  {
    id: 'handlerP99Ms',
    kind: 'histogram',
    quantile: { of: 'handlerMs', at: 0.99 },
    unit: 'ms',
    says: '99 % of the handler calls in its present or last incarnation took no longer.',
  },
  {
    id: 'utilization',
    kind: 'gauge',
    unit: 'share',
    says: 'Share of the last look’s time in which its event loop was busy, from 0 to 1.',
  },
  {
    id: 'heapBytes',
    kind: 'gauge',
    unit: 'bytes',
    says: 'Used heap of its thread when it was seen last.',
  },
  {
    id: 'externalBytes',
    kind: 'gauge',
    unit: 'bytes',
    says: 'Memory of its thread outside of the heap when it was seen last.',
  },
  {
    id: 'outputLost',
    kind: 'counter',
    unit: 'count',
    says: 'Lines it printed too fast, which were dropped.',
  },
  {
    id: 'messagesDropped',
    kind: 'counter',
    unit: 'count',
    says: 'Messages that its own code sent to the main thread, which went nowhere.',
  },
] as const satisfies readonly Figure[]);

/** Those of a critical observer's votes, through all its incarnations. */
export const voteFigures = deepFreeze([
  { id: 'votes', kind: 'counter', unit: 'count', says: 'Votes in time, vetoes included.' },
  { id: 'vetoes', kind: 'counter', unit: 'count', says: 'Vetoes in time.' },
  {
    id: 'timeouts',
    kind: 'counter',
    unit: 'count',
    says: 'Proposals it had not voted on when the deadline passed.',
  },
  {
    id: 'failures',
    kind: 'counter',
    unit: 'count',
    says: 'Proposals it could not vote on: its handler threw, or it died.',
  },
  {
    id: 'proceededWithout',
    kind: 'counter',
    unit: 'count',
    says: 'Transactions that went on without its vote (`onVoteFailure: proceed`).',
  },
  {
    id: 'refusedWithout',
    kind: 'counter',
    unit: 'count',
    says: 'Transactions refused because it was not there (`onVoteFailure: abort`).',
  },
  { id: 'late', kind: 'counter', unit: 'count', says: 'Votes that came after the deadline.' },
  { id: 'unknown', kind: 'counter', unit: 'count', says: 'Votes on what it was not asked.' },
  { id: 'double', kind: 'counter', unit: 'count', says: 'Votes on what it had voted on.' },
  {
    id: 'posthumous',
    kind: 'counter',
    unit: 'count',
    says: 'Votes of an incarnation that was given up.',
  },
  {
    id: 'latencyP50Ms',
    kind: 'histogram',
    quantile: { of: 'latencyMs', at: 0.5 },
    unit: 'ms',
    says: 'Half of its votes took no longer from the proposal on; 0 before the first.',
  },
  {
    id: 'latencyP99Ms',
    kind: 'histogram',
    quantile: { of: 'latencyMs', at: 0.99 },
    unit: 'ms',
    says: '99 % of its votes took no longer from the proposal on; 0 before the first.',
  },
] as const satisfies readonly Figure[]);

/** Those of the commands that an observer sent, through all its incarnations. */
export const commandFigures = deepFreeze([
  { id: 'sent', kind: 'counter', unit: 'count', says: 'Commands handed in.' },
  { id: 'refused', kind: 'counter', unit: 'count', says: 'Commands refused, for whatever reason.' },
  {
    id: 'dropped',
    kind: 'counter',
    unit: 'count',
    says: 'Commands that came after the end of their incarnation.',
  },
] as const satisfies readonly Figure[]);

/** Those of the supervisor itself. */
export const supervisorFigures = deepFreeze([
  {
    id: 'evicted',
    kind: 'counter',
    unit: 'count',
    says: 'Observers evicted because they were inactive.',
  },
  {
    id: 'zombies',
    kind: 'gauge',
    unit: 'count',
    says: 'Threads that were given up and have not ended.',
  },
  {
    id: 'deadLetters',
    kind: 'counter',
    unit: 'count',
    says: 'Dead letters of all observers so far.',
  },
] as const satisfies readonly Figure[]);

/** All figures, by what they describe. */
export const figures = Object.freeze({
  registry: registryFigures,
  log: logFigures,
  observers: observerFigures,
  votes: voteFigures,
  commands: commandFigures,
  supervisor: supervisorFigures,
  store: storeFigures,
  replica: replicaFigures,
});
