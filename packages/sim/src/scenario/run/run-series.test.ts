import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RunSeries } from './run-series.js';

const quiet = {
  name: 'mesh',
  state: 'live',
  delivered: 0,
  lag: 0,
  resyncs: 0,
  restarts: 0,
  incarnation: 1,
  externalBytes: 0,
  reasons: [],
};

it('what is known of a sample stays with it, however many are left out since', () => {
  const samples = fc.integer({ min: 1, max: 200 });
  const mosts = fc.constantFrom(4, 6, 10);
  fc.assert(
    fc.property(samples, fc.nat(50), fc.nat(200), mosts, (count, late, later, most) => {
      const series = new RunSeries({ everyMs: 1, most, samplesAReading: 1 }, ['mesh']);
      series.follow('mesh', ['links', 'parts.p50']);
      for (let sample = 0; sample < count; sample++) {
        expect(series.taken).toBe(sample);
        if (sample === later) series.follow('mesh', ['links', 'parts.p50', 'new']);
        const observer = { ...quiet, heapBytes: (sample + 1) * 2 ** 20 };
        series.add({
          at: sample,
          realMs: sample,
          online: 0,
          churn: { joins: 0, updates: 0, leaves: 0 },
          rssMiB: 0,
          observers: sample < late ? [] : [observer],
          metricsOf: () => [sample, null, sample],
        });
      }
      const { at, observers } = series.figures((_, sample) => sample);
      const own = at.filter((time) => time >= late);
      expect(at.length).toBeLessThanOrEqual(most);
      expect(observers[0]!.latencyMs).toEqual(own);
      expect(observers[0]!.metrics).toEqual([
        { figure: 'links', values: own },
        { figure: 'parts.p50', values: own.map(() => null) },
        // Nothing was known of it before.
        ...(later < count
          ? [{ figure: 'new', values: own.map((at) => (at < later ? null : at)) }]
          : []),
      ]);
      expect(observers[0]!.memoryMiB).toEqual(own.map((sample) => sample + 1));
    }),
  );
});
