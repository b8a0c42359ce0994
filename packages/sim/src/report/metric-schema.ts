import type { HistogramValue } from '@panoptes/core';
import { z } from 'zod';
import { listOf, maybe, objectOf, text, whole } from './document-values.js';
import type { HistogramPart } from './metric-parts.js';
import type { MetricSeries, PhaseCourse, PhaseMetric, RunMetric } from './run-document.js';

const anyNumber = z.number();

/** A figure of an observer's own at the end of a run. */
export const metric = objectOf<RunMetric>({
  id: text,
  kind: z.enum(['gauge', 'counter', 'histogram']),
  unit: text,
  says: text,
  bounds: maybe(listOf(anyNumber)),
  value: z.union([
    anyNumber,
    objectOf<HistogramValue>({
      count: whole,
      sum: anyNumber,
      mean: anyNumber.nullable(),
      p50: anyNumber.nullable(),
      p99: anyNumber.nullable(),
      counts: listOf(whole),
    }),
    z.null(),
  ]),
  problem: maybe(text),
});

const phaseCourse = objectOf<PhaseCourse>({
  mean: anyNumber.nullable(),
  min: anyNumber.nullable(),
  max: anyNumber.nullable(),
  last: anyNumber.nullable(),
});

/** The same in a phase. */
export const phaseMetric = objectOf<PhaseMetric>({
  id: text,
  value: z.union([
    phaseCourse,
    objectOf<Record<HistogramPart, PhaseCourse>>({
      count: phaseCourse,
      mean: phaseCourse,
      p50: phaseCourse,
      p99: phaseCourse,
    }),
  ]),
});

/** Its course. */
export const metricSeries = objectOf<MetricSeries>({
  figure: text,
  values: listOf(anyNumber.nullable()),
});
