import type { MetricFigure, MetricReading, ObserverMetrics } from '@panoptes/core';
import { expect, it } from 'vitest';
import type { ObserverPort } from '../../driver/registry-port.js';
import { MetricWatch } from './metric-watch.js';
import { phaseMetrics } from './phase-samples.js';

const words = { unit: 'count', says: 'How many.' };
const size: MetricFigure = { id: 'size', kind: 'gauge', ...words };
const sizes: MetricFigure = { id: 'sizes', kind: 'histogram', ...words, bounds: [1] };
const counted = { count: 2, sum: 3, mean: 1.5, p50: 1, p99: null, counts: [1, 1] };

const port = (
  name: string,
  figures: readonly MetricFigure[],
  read: (after: number) => readonly MetricReading[],
): ObserverPort => ({
  name,
  digest: () => Promise.resolve(''),
  ask: () => Promise.resolve(undefined),
  metricFigures: figures,
  metrics: ({ after }) =>
    new Promise((resolve) => {
      const readings = read(after);
      resolve({ observer: name, incarnation: 1, seq: after, readings } satisfies ObserverMetrics);
    }),
});

it('reads all observers that have figures at one transaction, and knows nothing before and after', async () => {
  const watch = new MetricWatch();
  const asked: [string, number][] = [];
  for (const name of ['a', 'b']) {
    const read = (after: number): MetricReading[] => {
      asked.push([name, after]);
      return [
        { ...size, value: after, error: undefined },
        { ...sizes, value: counted, error: undefined },
      ] as MetricReading[];
    };
    watch.add(port(name, [size, sizes], read));
  }
  watch.add(port('none', [], () => []));
  expect(watch.look(0)).toBeUndefined();
  expect(watch.partsOf('a')).toEqual([null, null, null, null, null]);
  await watch.look(7);
  expect(asked).toEqual([
    ['a', 7],
    ['b', 7],
  ]);
  expect(watch.partsOf('b')).toEqual([7, 2, 1.5, 1, null]);
  expect(watch.metricsOf('a')[0]).toEqual({ ...size, value: 7 });
  expect(watch.metricsOf('none')).toEqual([]);
  watch.sent();
  expect(watch.metricsOf('a')[0]).toEqual({
    ...{ ...size, value: null, problem: 'the run ended before it could be read' },
  });
});

it('one that cannot be read or asked is not known, with why, and the others are', async () => {
  const watch = new MetricWatch();
  const error = new Error('no luck '.repeat(1_000)) as never;
  watch.add(port('bad', [size, sizes], () => [{ ...size, value: undefined, error }] as never));
  watch.add(
    port('dead', [size], () => {
      throw new Error('it is in backoff');
    }),
  );
  watch.add(port('good', [size], (value) => [{ ...size, value, error: undefined }] as never));
  await watch.look(3);
  const problems = ['bad', 'dead', 'good'].flatMap((name) =>
    watch.metricsOf(name).map(({ value, problem }) => value ?? problem?.slice(0, 15)),
  );
  expect(problems).toEqual(['no luck no luck', 'the observer do', 'it is in backof', 3]);
  expect(watch.metricsOf('bad')[0]!.problem!.length).toBe(500);
});

it('shows what only a later incarnation describes, and what one does not describe any more', async () => {
  const watch = new MetricWatch();
  const described: MetricFigure[][] = [[], [size], [sizes]];
  let incarnation = 0;
  watch.add({
    ...port('changing', [], (value) =>
      described[incarnation]!.map(
        (figure) =>
          ({
            ...figure,
            value: figure === size ? value : counted,
            error: undefined,
          }) as MetricReading,
      ),
    ),
    get metricFigures() {
      return described[incarnation]!;
    },
  });
  expect(watch.look(1)).toBeUndefined();
  incarnation = 1;
  await watch.look(2);
  expect(watch.metricsOf('changing')).toEqual([{ ...size, value: 2 }]);
  incarnation = 2;
  await watch.look(3);
  expect(watch.figuresOf('changing')).toEqual([size, sizes]);
  expect(watch.metricsOf('changing')).toMatchObject([
    { ...size, value: null, problem: 'the observer does not describe it any more' },
    { ...sizes, value: counted },
  ]);
});

it('keeps so many figures of an observer that describes others in each incarnation, and no more', async () => {
  const watch = new MetricWatch();
  let incarnation = 0;
  watch.add({
    ...port('inventive', [], () => []),
    get metricFigures() {
      return Array.from({ length: 64 }, (_, at) => ({ ...size, id: `of${incarnation}x${at}` }));
    },
  });
  for (incarnation = 1; incarnation < 9; incarnation++) await watch.look(1);
  expect(watch.figuresOf('inventive')).toHaveLength(256);
});

it('a phase has mean, ends and last of each part of a figure', () => {
  const course = (n: number) => ({ mean: n, min: n, max: n, last: n });
  const none = { mean: null, min: null, max: null, last: null };
  expect(phaseMetrics([size, sizes], [1, 2, 3, 4].map(course))).toEqual([
    { id: 'size', value: course(1) },
    { id: 'sizes', value: { count: course(2), mean: course(3), p50: course(4), p99: none } },
  ]);
});
