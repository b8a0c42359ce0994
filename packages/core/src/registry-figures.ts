import { deepFreeze } from './deep-freeze.js';
import type { Figure } from './figure.js';

/** How long commits take. */
export const commitMs = deepFreeze({
  id: 'commitMs',
  kind: 'histogram',
  unit: 'ms',
  says: 'How long transactions took from when their command came until its caller was told, with the wait for votes and, where `durability` is `commit`, for the disk.',
  bounds: [
    0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000,
    10_000,
  ],
} as const satisfies Figure);

/** The registry's own, from its start. */
export const registryFigures = deepFreeze([
  { id: 'committed', kind: 'counter', unit: 'count', says: 'Transactions committed.' },
  { id: 'added', kind: 'counter', unit: 'count', says: 'Peers added.' },
  { id: 'updated', kind: 'counter', unit: 'count', says: 'Peers updated.' },
  { id: 'removed', kind: 'counter', unit: 'count', says: 'Peers removed, for whatever reason.' },
  {
    id: 'evicted',
    kind: 'counter',
    unit: 'count',
    says: 'Of those removed, peers evicted at the cap.',
  },
  {
    id: 'expired',
    kind: 'counter',
    unit: 'count',
    says: 'Of those removed, peers that had expired.',
  },
  { id: 'unchanged', kind: 'counter', unit: 'count', says: 'Commands that changed nothing.' },
  { id: 'rejected', kind: 'counter', unit: 'count', says: 'Commands refused.' },
  {
    id: 'vetoed',
    kind: 'counter',
    unit: 'count',
    says: 'Of those refused, transactions that a critical observer vetoed.',
  },
  {
    id: 'voteFailed',
    kind: 'counter',
    unit: 'count',
    says: 'Of those refused, transactions that a critical observer could not vote on.',
  },
  {
    id: 'proceededWithout',
    kind: 'counter',
    unit: 'count',
    says: 'Transactions committed without the vote of some critical observer.',
  },
  commitMs,
] as const satisfies readonly Figure[]);
