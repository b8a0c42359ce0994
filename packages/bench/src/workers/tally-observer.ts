import { inNextTurn } from '@panoptes/core/observer';
import { accept, defineObserver, veto } from '@panoptes/workers/observer';
import { reading, TallyCounter } from '../workload/tally.js';

/** Reads two fields of each event and adds them up. */
const tallyObserver = defineObserver({
  name: 'tally',
  setup: () => new TallyCounter(),
  onEvents(batch, tally) {
    for (const event of batch) {
      // Batches of changes do not occur: every transaction is one upsert below the cap.
      if (event.kind !== 'BatchUpdate') tally.add(reading(event.entry));
    }
  },
  // Looks at the same two fields before it agrees.
  onProposal({ changes }) {
    return reading(changes[0]!.entry) >= 0 ? accept() : veto('a sum that cannot be');
  },
  queries: {
    take: (tally: TallyCounter) => tally.take(),
    /** Keeps the thread busy for ever. */
    hang: (): never => {
      for (;;);
    },
    /** Ends the thread with an error, after the answer. */
    crash: (): void => {
      inNextTurn(() => {
        throw new Error('crashed on demand');
      });
    },
  },
});

/** The observer, for those who register it. */
export type TallyObserver = typeof tallyObserver;
export default tallyObserver;
