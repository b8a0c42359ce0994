import { deepFreeze } from '@panoptes/core/observer';
import type { ObserverMetric } from '../../runtime/define-observer.js';
import type { ValidatorSet } from './validator-set.js';

/** What the `validators` observer tells of itself. */
export const validatorsMetrics = deepFreeze({
  active: {
    kind: 'gauge',
    unit: 'count',
    says: 'Active validators.',
    read: (set: ValidatorSet) => set.size,
  },
  quorum: {
    kind: 'gauge',
    unit: 'count',
    says: 'The smallest number of them that is more than two thirds.',
    read: (set: ValidatorSet) => set.quorum().quorumSize,
  },
  weight: {
    kind: 'gauge',
    unit: 'millionths',
    says: 'Weight of all active validators.',
    read: (set: ValidatorSet) => set.totalWeight(),
  },
} satisfies Readonly<Record<string, ObserverMetric<ValidatorSet>>>);
