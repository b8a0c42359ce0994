import type { HistogramValue, MetricFigure } from '@panoptes/core';
import { Findings, type InjectedFault } from '@panoptes/testkit';
import { builtInMetrics } from '@panoptes/workers';
import type { LatencyFigures } from '../../latency/latency-histogram.js';
import {
  type Incident,
  type PhaseCourse,
  type RunDocument,
  runSchema,
} from '../../report/run-document.js';
import { scenarioSpans } from '../churn/phase-spans.js';
import { observerNames } from '../observer-roster.js';
import { onlyTheRunKnows } from '../run/figure-path.js';
import { chaos } from './faults.js';
import type { Scenario } from './scenario.js';

/**
 * Every figure that a run of a scenario may have, each with some value of its kind: what is not in
 * here can be said to be wrong before the run.
 *
 * @param metricsOf - the figures of observers' own; those of built-in ones are known before they start
 */
export function possibleFigures(
  scenario: Scenario,
  metricsOf: MetricsOf = builtInMetricsOf(scenario),
): Required<Figures> {
  const spans = scenarioSpans(scenario);
  const { rules } = new Findings().verdicts();
  const names = scenario.observers.flatMap(observerNames);
  const counts = { joins: 0, updates: 0, leaves: 0 };
  return {
    schema: runSchema,
    startedAt: '',
    machine: { cpu: '', cores: 0 },
    node: '',
    name: scenario.name,
    about: scenario.about,
    source: { name: '', kind: '' },
    seed: scenario.seed,
    continued: { seq: 0, epoch: 0, wasWhole: true },
    interrupted: false,
    failure: { code: '', message: '', event: { kind: 'join', nodeId: '', atMs: 0 } },
    recordingProblem: '',
    eventsProblem: '',
    skipped: { count: 0, first: several(entry) },
    events: 0,
    ...counts,
    virtualMs: 0,
    peers: { initial: 0, peak: 0, mean: 0, final: 0, distinct: 0 },
    durationMs: 0,
    upsertsPerSecond: 0,
    comparedWith: 'plain model',
    checks: 0,
    registryDigest: digest,
    registryMatches: true,
    registryProblem: '',
    logDigest: digest,
    logDigestMatches: true,
    logProblem: '',
    observers: names.map((name) => ({
      name,
      state: '',
      delivered: 0,
      lag: 0,
      resyncs: 0,
      restarts: 0,
      digest,
      digestMatches: true,
      notCompared: true,
      problem: '',
      latencyMs: latency,
      metrics: listOf(metricsOf(name), (figure) => ({ ...figure, value: valueOf(figure) })),
    })),
    faults: scenario.faults.some(({ fault }) => fault === chaos)
      ? several(injected)
      : scenario.faults.map(() => injected),
    threadsLeft: 0,
    rules,
    violations: several({ rule: 'W1', seq: 0, expected: '', got: '' }),
    verdict: 'pass',
    phases: spans.map(({ phase: { name, kind }, startsAt, endsAt }) => ({
      name,
      kind,
      startsAt,
      endsAt,
      ...counts,
      peers: { mean: 0, peak: 0, final: 0 },
      observers: names.map((observer) => ({
        name: observer,
        lag: { mean: 0, max: 0 },
        memoryMiB: { mean: 0, max: 0 },
        restarts: 0,
        latencyMs: latency,
        metrics: listOf(metricsOf(observer), ({ id, kind }) => {
          return { id, value: kind === 'histogram' ? coursesOfParts : course };
        }),
      })),
    })),
    latencyMs: latency,
    memory: { peakRssMiB: 0 },
    incidents: several(incident),
  };
}

/** What conditions may be on: the figures of a run, without their course. */
type Figures = Omit<RunDocument, 'thresholds' | 'series' | 'stream' | 'scenario'>;

/** The figures of an observer's own, by its name; nothing while only the run knows. */
export type MetricsOf = (name: string) => readonly MetricFigure[] | undefined;

/** Modules of users have figures that are known when they have started. */
function builtInMetricsOf({ observers }: Scenario): MetricsOf {
  const known = new Map(
    observers.flatMap((entry) => {
      const used = typeof entry === 'string' ? entry : 'use' in entry ? entry.use : undefined;
      return observerNames(entry).map((name) => [name, used && builtInMetrics[used]] as const);
    }),
  );
  return (name) => known.get(name);
}

const listOf = <Item>(
  figures: readonly MetricFigure[] | undefined,
  item: (figure: MetricFigure) => Item,
): readonly Item[] => figures?.map(item) ?? (onlyTheRunKnows as never);

const valueOf = (figure: MetricFigure): number | HistogramValue =>
  figure.kind === 'histogram'
    ? { count: 0, sum: 0, mean: 0, p50: 0, p99: 0, counts: [...figure.bounds, 0] }
    : 0;

const course: PhaseCourse = { mean: 0, min: 0, max: 0, last: 0 };
const coursesOfParts = { count: course, mean: course, p50: course, p99: course };

const digest = '';
const latency: LatencyFigures = { count: 0, p50: 0, p90: 0, p99: 0, max: 0 };
const incident: Incident = {
  observer: '',
  incarnation: 0,
  code: '',
  message: '',
  fault: '',
  atMs: 0,
  detectMs: 0,
  recoverMs: 0,
};
const injected: InjectedFault = { fault: '', observer: '', atMs: 0, seq: 0 };
const entry = { file: '', line: 0, field: '', reason: '' };

/** A list whose length is not known before. */
const several = <Item>(item: Item): Item[] => Array<Item>(100).fill(item);
