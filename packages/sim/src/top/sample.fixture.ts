import type { DashboardSample, SampledObserver } from './dashboard-sample.js';

/** A sample of these observers, as a dashboard sends it. */
export const sampleOf = (
  observers: readonly Partial<SampledObserver>[],
  overview: Partial<DashboardSample['overview']> = {},
): DashboardSample => ({
  overview: {
    ...{ at: 1_000, frozenAt: null, about: [], registry: { state: 'open.idle' } },
    figures: { watched: { peers: 3 } },
    ...overview,
  },
  observers: observers.map((one) => ({
    ...{ name: 'one', state: 'live', role: 'best-effort', lag: 0, delivered: 0, restarts: 0 },
    ...{ resyncs: 0, handlerP50Ms: 1, handlerP99Ms: 2, heapBytes: 2 ** 20, externalBytes: 0 },
    utilization: 0.25,
    ...one,
  })),
});
