import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { HistogramFigure, MetricFigure } from '../metric-figure.js';
import type { HistogramValue } from '../histogram-value.js';
import { MetricReadings } from './observer-metrics.js';

const who = { observer: 'x', incarnation: 1 };
const words = { unit: 'count', says: 'How many.' };

it('a histogram’s quantiles are the least bounds that so many are not above', () => {
  const numbers = fc.array(fc.integer({ min: -5, max: 25 }), { maxLength: 40 });
  const bounds = fc.uniqueArray(fc.integer({ min: 0, max: 20 }), { minLength: 1 });
  fc.assert(
    fc.property(numbers, bounds, (given, unsorted) => {
      const sorted = [...unsorted].sort((a, b) => a - b);
      const figure: HistogramFigure = { id: 'h', kind: 'histogram', ...words, bounds: sorted };
      const counts = [...sorted, Infinity].map(
        (bound, at) =>
          given.filter((one) => one <= bound && one > (sorted[at - 1] ?? -Infinity)).length,
      );
      const sum = given.reduce((total, one) => total + one, 0);
      const answer = { seq: 1, values: [{ counts, sum }] };
      const [reading] = new MetricReadings().take(who, [figure], answer).readings;
      const value = reading!.value as HistogramValue;
      expect(value).toMatchObject({ count: given.length, sum, counts });
      expect(value.mean).toBe(given.length === 0 ? null : sum / given.length);
      for (const [share, quantile] of [
        [0.5, value.p50],
        [0.99, value.p99],
      ] as const) {
        const enough = sorted.filter(
          (bound) => given.filter((one) => one <= bound).length >= share * given.length,
        );
        expect(quantile).toBe(given.length === 0 ? null : (enough[0] ?? null));
      }
    }),
  );
});

it('takes anything for an answer, and gives a value or an error for each figure', () => {
  const figures: MetricFigure[] = [
    { id: 'gauge', kind: 'gauge', ...words },
    { id: 'counter', kind: 'counter', ...words },
    { id: 'histogram', kind: 'histogram', ...words, bounds: [1, 2] },
  ];
  const readings = new MetricReadings();
  fc.assert(
    fc.property(fc.array(fc.anything(), { maxLength: 5 }), (values) => {
      const taken = readings.take(who, figures, { seq: 1, values });
      expect(taken.readings.map(({ id }) => id)).toEqual(['gauge', 'counter', 'histogram']);
      for (const { id, value, error } of taken.readings) {
        expect(value === undefined).toBe(error !== undefined);
        if (error === undefined) continue;
        expect(error).toMatchObject({ code: 'METRIC_FAILED', observer: 'x', metric: id });
        expect(error.message.length).toBeLessThan(300);
      }
    }),
  );
});

it('a counter begins anew with each incarnation', () => {
  const figure: MetricFigure = { id: 'counter', kind: 'counter', ...words };
  const readings = new MetricReadings();
  const read = (incarnation: number, value: number) =>
    readings.take({ ...who, incarnation }, [figure], { seq: 1, values: [value] }).readings[0]!;
  expect(read(1, 5).value).toBe(5);
  expect(read(1, 4).error!.message).toContain('expected a counter from 5 on');
  expect(read(2, 4).value).toBe(4);
  expect(read(2, -0).error).toBeDefined();
});
