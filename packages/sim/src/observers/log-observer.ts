import { defineObserver } from '@panoptes/workers/observer';
import { FollowedLog, logQueries } from './followed-log.js';
import { logName } from './log-name.js';

/**
 * Follows the log and digests it: two runs with equal digests saw the same changes in the same order,
 * down to each field. It has nothing to say after a resync, which skips events.
 */
export default defineObserver({
  name: logName,
  setup: () => ({ followed: new FollowedLog() }),
  onSnapshot: ({ seq }, { followed }) => followed.begin(seq),
  onEvents(batch, { followed }) {
    for (const event of batch) followed.add(event);
  },
  digest: ({ followed }) => followed.digest,
  queries: logQueries,
});
