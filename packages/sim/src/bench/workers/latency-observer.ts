import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { defineObserver } from '@panoptes/workers/observer';
import { sharedMicros } from '../measure/shared-time.js';

/** Microseconds: from one to a minute, three digits. */
const emptyHistogram = (): RecordableHistogram =>
  createHistogram({ lowest: 1, highest: 60_000_000, figures: 3 });

interface LatencyState {
  histogram: RecordableHistogram;
}

/** Measures how long ago the moment was that each event's entry carries in `tokensEarned`. */
const latencyObserver = defineObserver({
  name: 'latency',
  setup: (): LatencyState => ({ histogram: emptyHistogram() }),
  onEvents(batch, { histogram }) {
    for (const event of batch) {
      if (event.kind === 'BatchUpdate') continue;
      const micros = Math.round(sharedMicros() - event.entry.tokensEarned);
      // The threads' clocks agree to some 10 µs only.
      histogram.record(Math.max(1, micros));
    }
  },
  queries: {
    /** The latencies since this was last asked, in microseconds. */
    take(state: LatencyState): RecordableHistogram {
      const { histogram } = state;
      state.histogram = emptyHistogram();
      return histogram;
    },
  },
});

/** The observer, for those who register it. */
export type LatencyObserver = typeof latencyObserver;
export default latencyObserver;
