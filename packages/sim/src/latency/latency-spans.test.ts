import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LatencyHistogram } from './latency-histogram.js';
import { LatencySpans } from './latency-spans.js';

it('latencies of each span are those of a histogram of its own', () => {
  const latencies = fc.array(
    fc.record({ ms: fc.integer({ min: 0, max: 100_000 }), pause: fc.nat({ max: 3 }) }),
  );
  fc.assert(
    fc.property(latencies, (given) => {
      const spans = new LatencySpans(new LatencyHistogram(), (own) => own.figures());
      const expected = new Map<number, LatencyHistogram>();
      let span = 0;
      for (const { ms, pause } of given) {
        span += pause;
        spans.record(ms, span);
        const own = expected.get(span) ?? new LatencyHistogram();
        own.record(ms);
        expected.set(span, own);
      }
      for (let at = 0; at <= span + 1; at++) {
        expect(spans.of(at)).toEqual(expected.get(at)?.figures());
      }
    }),
  );
});

it('two digits of a latency are right to within a hundredth', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.001, max: 1e7, noNaN: true }), (ms) => {
      const histogram = new LatencyHistogram(2);
      histogram.record(ms);
      const told = histogram.percentile(50)!;
      // It is told in whole microseconds.
      expect(Math.abs(told - ms)).toBeLessThanOrEqual(ms / 100 + 0.001);
    }),
  );
});
