import { deepFreeze } from './deep-freeze.js';
import type { Figure } from './figure.js';

/** Those of a registry that follows a primary elsewhere. */
export const replicaFigures = deepFreeze([
  {
    id: 'follows',
    kind: 'gauge',
    unit: 'count',
    says: '1 while it follows its primary, 0 when it was stopped, or is the primary itself.',
  },
  {
    id: 'lag',
    kind: 'gauge',
    unit: 'count',
    says: 'Transactions that its source knows of and that are not applied here.',
  },
  {
    id: 'lagMs',
    kind: 'gauge',
    unit: 'ms',
    says: 'How much later the newest of these was handed in than the last that is applied.',
  },
] as const satisfies readonly Figure[]);
