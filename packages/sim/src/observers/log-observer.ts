import { LogDigest } from '@panoptes/testkit/observer';
import { defineObserver } from '@panoptes/workers/observer';
import { gapDigest, logName } from './log-name.js';

/**
 * Follows the log and digests it: two runs with equal digests saw the same changes in the same order,
 * down to each field. It has nothing to say after a resync, which skips events.
 */
export default defineObserver({
  name: logName,
  setup: () => ({ digest: new LogDigest(), hasGap: false }),
  onSnapshot(snapshot, log) {
    log.hasGap = snapshot.seq > 0;
  },
  onEvents(batch, { digest }) {
    for (const event of batch) digest.add(event);
  },
  digest: ({ digest, hasGap }) => (hasGap ? gapDigest : digest.text),
});
