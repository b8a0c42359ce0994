import { systemClock } from '@panoptes/core/observer';
import type { Fault, FaultScene } from '../fault.js';

/** An observer that does its work, but badly. */
export const slowFaults: Readonly<Record<string, Fault>> = {
  slow: {
    family: 'dawdling',
    about: 'keeps its thread busy for 300 ms at every batch of events from then on',
    place: 'events',
    detectedAs: ['slow-handler'],
    ms: 300,
    lasts: true,
    strike({ ms }: FaultScene) {
      const until = systemClock.monotonic() + ms;
      while (systemClock.monotonic() < until);
    },
  },
  'crashes-on-seq': {
    family: 'throwing',
    about: 'throws whenever it is given one particular transaction, in every incarnation',
    place: 'events',
    detectedAs: ['error'],
    clings: true,
    strike() {
      throw new Error('an injected fault: this transaction again');
    },
  },
};
