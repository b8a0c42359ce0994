import { sharedMicros } from '@panoptes/testkit/observer';
import { defineObserver } from '@panoptes/workers/observer';

/** Measures how long ago the moment was that each event's entry carries in `tokensEarned`. */
const latencyObserver = defineObserver({
  name: 'latency',
  setup: (): LatencyState => ({ micros: [] }),
  onEvents(batch, { micros }) {
    for (const event of batch) {
      if (event.kind === 'BatchUpdate') continue;
      micros.push(Math.round(sharedMicros() - event.entry.tokensEarned));
    }
  },
  queries: {
    /** The latencies since this was last asked, in whole microseconds, from 1 to a minute. */
    take(state: LatencyState): Uint32Array {
      // The threads' clocks agree to some 10 µs only.
      const taken = Uint32Array.from(state.micros, (one) => Math.min(60e6, Math.max(1, one)));
      state.micros = [];
      return taken;
    },
  },
});

interface LatencyState {
  micros: number[];
}

/** The observer, for those who register it. */
export type LatencyObserver = typeof latencyObserver;
export default latencyObserver;
