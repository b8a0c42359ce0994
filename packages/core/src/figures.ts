import { deepFreeze } from './deep-freeze.js';

/** What a figure counts in. */
export type CounterUnit = 'count' | 'seq' | 'ms' | 'bytes' | 'share' | 'Unix ms';

/** One figure, described once for statistics, documents and whoever prints them. */
export interface Counter<Id extends string = string> {
  readonly id: Id;
  readonly unit: CounterUnit;
  /** What it says, in one sentence. */
  readonly says: string;
}

/** The figures of one observer, counted through all its lives unless they say otherwise. */
export const observerCounters = deepFreeze([
  { id: 'registeredAt', unit: 'Unix ms', says: 'When it was registered.' },
  {
    id: 'lastActivityAt',
    unit: 'Unix ms',
    says: 'When it last finished a transaction, answered a query or was touched.',
  },
  { id: 'incarnation', unit: 'count', says: 'Which life it is in, from 1.' },
  {
    id: 'cursor',
    unit: 'seq',
    says: 'The last transaction it has finished; 0 while it has no life.',
  },
  { id: 'lag', unit: 'count', says: 'Transactions it is behind.' },
  {
    id: 'delivered',
    unit: 'count',
    says: 'Transactions it has handled; those that a snapshot stood for are not among them.',
  },
  { id: 'failed', unit: 'count', says: 'Lives that failed: they did not end in good order.' },
  { id: 'resyncs', unit: 'count', says: 'Times it was overtaken and got a new snapshot.' },
  { id: 'restarts', unit: 'count', says: 'Times it was started again.' },
  {
    id: 'deadLetters',
    unit: 'count',
    says: 'Times a life failed with transactions in hand, which it did not get again.',
  },
  {
    id: 'handlerP50Ms',
    unit: 'ms',
    says: 'Half of the calls of its handler in its present or last life took no longer.',
  },
  {
    id: 'handlerP99Ms',
    unit: 'ms',
    says: '99 % of the calls of its handler in its present or last life took no longer.',
  },
  {
    id: 'utilization',
    unit: 'share',
    says: 'Share of the last look’s time in which its event loop was busy, from 0 to 1.',
  },
  { id: 'heapBytes', unit: 'bytes', says: 'Used heap of its thread when it was seen last.' },
  {
    id: 'externalBytes',
    unit: 'bytes',
    says: 'Memory of its thread outside of the heap when it was seen last.',
  },
  { id: 'outputLost', unit: 'count', says: 'Lines it printed too fast, which were dropped.' },
  {
    id: 'messagesDropped',
    unit: 'count',
    says: 'Messages that its own code sent to the main thread, which went nowhere.',
  },
] as const satisfies readonly Counter[]);

/** The figures of the supervisor itself. */
export const supervisorCounters = deepFreeze([
  { id: 'evicted', unit: 'count', says: 'Observers evicted because they were inactive.' },
  { id: 'zombies', unit: 'count', says: 'Threads that were given up and have not ended.' },
  { id: 'deadLetters', unit: 'count', says: 'Dead letters of all observers so far.' },
] as const satisfies readonly Counter[]);

/** The figures that a table of counters describes. */
export type Figures<Counters extends readonly Counter[]> = Readonly<
  Record<Counters[number]['id'], number>
>;
