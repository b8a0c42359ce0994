import { defineObserver, type ObserverContext } from '../../runtime/define-observer.js';
import { readValidatorOptions, type ValidatorOptions } from './validator-options.js';
import { validatorsMetrics } from './validators-metrics.js';
import { ValidatorSet } from './validator-set.js';

/** The observer that keeps the active validator set. */
export const validatorsObserver = defineObserver({
  name: 'validators',
  setup: (ctx: ObserverContext<ValidatorOptions | undefined>) =>
    new ValidatorSet(readValidatorOptions(ctx)),
  onSnapshot: (peers, set) => set.reset(peers),
  onEvents: (batch, set) => set.follow(batch),
  onProposal: (proposal, set) => set.guard.judge(proposal),
  onAborted: (ids, set) => set.guard.aborted(ids),
  queries: {
    activeSet: (set: ValidatorSet) => set.activeSet(),
    weightOf: (set: ValidatorSet, nodeId: string) => set.weightOf(nodeId),
    totalWeight: (set: ValidatorSet) => set.totalWeight(),
    quorum: (set: ValidatorSet) => set.quorum(),
    changesSince: (set: ValidatorSet, seq: number) => set.changesSince(seq),
  },
  metrics: validatorsMetrics,
  digest: (set) => set.digest(),
});
