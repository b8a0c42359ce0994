import { deepFreeze } from './deep-freeze.js';
import type { Figure } from './figure.js';

/** Those of a registry's store. */
export const storeFigures = deepFreeze([
  { id: 'durableSeq', kind: 'gauge', unit: 'seq', says: 'The last transaction that is on disk.' },
  {
    id: 'unsynced',
    kind: 'gauge',
    unit: 'count',
    says: 'Transactions that are committed and not on disk yet.',
  },
  {
    id: 'syncP50Ms',
    kind: 'histogram',
    quantile: { of: 'syncMs', at: 0.5 },
    unit: 'ms',
    says: 'Half of the last flushes to disk took no longer; NaN before the first.',
  },
  {
    id: 'syncP99Ms',
    kind: 'histogram',
    quantile: { of: 'syncMs', at: 0.99 },
    unit: 'ms',
    says: '99 % of the last flushes to disk took no longer; NaN before the first.',
  },
  { id: 'bytesOnDisk', kind: 'gauge', unit: 'bytes', says: 'What it takes on disk.' },
  {
    id: 'historyFrom',
    kind: 'gauge',
    unit: 'seq',
    says: 'The first transaction whose change itself is kept; NaN when none is.',
  },
] as const satisfies readonly Figure[]);
