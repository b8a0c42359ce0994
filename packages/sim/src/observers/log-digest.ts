import { createHash, type Hash } from 'node:crypto';
import { canonicalEvent } from '@panoptes/testkit/observer';
import { defineObserver } from '@panoptes/workers/observer';

/** What the digest says when events were missed. */
export const gapDigest = 'gap';

/** The log as far as it was seen: every event in order, from the first. */
interface LogState {
  hash: Hash;
  /** Whether events were missed: a digest of the rest would say nothing. */
  gap: boolean;
}

/**
 * Follows the log and hashes every event: two runs with equal digests saw the same changes in the
 * same order, down to each field. It has nothing to say after a resync, which skips events.
 */
export default defineObserver({
  // What no scenario can call an observer of its own.
  name: 'the log',
  setup: (): LogState => ({ hash: createHash('sha256'), gap: false }),
  onSnapshot(snapshot, state) {
    state.gap = snapshot.seq > 0;
  },
  onEvents(batch, state) {
    for (const event of batch) state.hash.update(canonicalEvent(event));
  },
  digest: ({ hash, gap }) => (gap ? gapDigest : hash.copy().digest('hex')),
});
