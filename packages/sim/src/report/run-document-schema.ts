import {
  type Place,
  type RuleVerdict,
  type Violation,
  ruleNames,
  type InjectedFault,
} from '@panoptes/testkit';
import { z } from 'zod';
import type { LatencyFigures } from '../latency/latency-histogram.js';
import { findingsOf } from '../scenario/file/issue-messages.js';
import type { SkippedEntry } from '../traces/skipped.js';
import type {
  Incident,
  ObserverSeries,
  PhaseFigures,
  PhaseObserver,
  RunDocument,
  RunObserver,
  Series,
  Spread,
  StreamFacts,
  ThresholdOutcome,
} from './run-document.js';
import { amount, listOf, maybe, objectOf, text, whole } from './document-values.js';
import { metric, metricSeries, phaseMetric } from './metric-schema.js';
import { runSchema } from './run-document.js';
import type { RefusedEvent } from './summary.js';

/** The published JSON Schema (draft 7) of the document of a run. */
export const runJsonSchema = (): object => ({
  ...z.toJSONSchema(runDocument, { target: 'draft-7' }),
  title: 'Panoptes run',
  description:
    'What `panoptes run`, `panoptes replay` and `panoptes serve` print with --json and write as summary.json: the ' +
    'figures of a run, their course, and what it takes to run it again.',
});

const verdict = z.enum(['pass', 'fail']);
const rule = z.enum(ruleNames);

const latency = objectOf<LatencyFigures>({
  count: whole,
  p50: amount.nullable(),
  p90: amount.nullable(),
  p99: amount.nullable(),
  max: amount.nullable(),
});

const observer = objectOf<RunObserver>({
  name: text,
  state: text,
  delivered: whole,
  lag: whole,
  resyncs: whole,
  restarts: whole,
  digest: text.nullable(),
  digestMatches: z.boolean().nullable(),
  notCompared: maybe(z.literal(true)),
  problem: maybe(text),
  latencyMs: latency,
  metrics: maybe(listOf(metric)),
});

const phase = objectOf<PhaseFigures>({
  name: text,
  kind: text,
  startsAt: amount,
  endsAt: amount,
  joins: whole,
  updates: whole,
  leaves: whole,
  peers: objectOf<PhaseFigures['peers']>({ mean: amount, peak: whole, final: whole }),
  observers: listOf(
    objectOf<PhaseObserver>({
      name: text,
      lag: objectOf<Spread>({ mean: amount.nullable(), max: whole.nullable() }),
      memoryMiB: maybe(objectOf<Spread>({ mean: amount.nullable(), max: amount.nullable() })),
      restarts: maybe(whole),
      latencyMs: maybe(latency),
      metrics: maybe(listOf(phaseMetric)),
    }),
  ),
});

const incident = objectOf<Incident>({
  observer: text,
  incarnation: whole,
  code: text,
  message: text,
  fault: text.nullable(),
  atMs: amount,
  detectMs: amount.nullable(),
  recoverMs: amount.nullable(),
});

const fault = objectOf<InjectedFault>({
  fault: text,
  observer: text,
  atMs: amount,
  seq: whole.nullable(),
});

const violation = objectOf<Violation>({
  rule,
  place: maybe(
    objectOf<Place>({
      observer: text,
      incarnation: whole,
      record: whole,
      offset: maybe(whole),
    }),
  ),
  seq: maybe(whole),
  expected: text,
  got: text,
});

const outcome = objectOf<ThresholdOutcome>({
  figure: text,
  condition: text,
  passed: z.boolean(),
  actual: listOf(
    objectOf<ThresholdOutcome['actual'][number]>({
      figure: text,
      value: z.union([text, z.number(), z.boolean(), z.null()]),
    }),
  ),
  problem: maybe(text),
});

const course = objectOf<ObserverSeries>({
  name: text,
  state: listOf(text),
  lag: listOf(whole),
  delivered: listOf(whole),
  resyncs: listOf(whole),
  restarts: listOf(whole),
  memoryMiB: maybe(listOf(amount.nullable())),
  latencyMs: maybe(listOf(amount.nullable())),
  metrics: maybe(listOf(metricSeries)),
}).superRefine(({ name: _, metrics = [], ...columns }, context) => {
  const all = [...Object.values(columns), ...metrics.map(({ values }) => values)];
  if (new Set(all.map(({ length }) => length)).size > 1) {
    context.addIssue('expected columns of one length');
  }
});

const series = objectOf<Series>({
  at: listOf(amount),
  realMs: listOf(amount),
  online: listOf(whole),
  joins: listOf(whole),
  updates: listOf(whole),
  leaves: listOf(whole),
  rssMiB: listOf(amount),
  observers: listOf(course),
}).superRefine(({ observers, ...columns }, context) => {
  const { length } = columns.at;
  const isLonger = observers.some(({ lag }) => lag.length > length);
  if (isLonger || Object.values(columns).some((column) => column.length !== length)) {
    context.addIssue(
      `expected columns of ${length} samples, like 'at', and none of an observer longer`,
    );
  }
  if (columns.at.some((at, sample) => at < (columns.at[sample - 1] ?? 0))) {
    context.addIssue({ path: ['at'], message: 'expected times in order' } as never);
  }
});

/** A run’s document as it is written; what is read may be something else. */
const runDocument = objectOf<RunDocument>({
  schema: z.literal(runSchema),
  name: text,
  about: text,
  node: text,
  source: objectOf<RunDocument['source']>({ name: text, kind: text }),
  seed: text,
  startedAt: text,
  machine: objectOf<RunDocument['machine']>({ cores: whole, cpu: text }),
  continued: maybe(
    objectOf<NonNullable<RunDocument['continued']>>({
      seq: whole,
      epoch: whole,
      wasWhole: z.boolean(),
    }),
  ),
  interrupted: z.boolean(),
  failure: maybe(
    objectOf<NonNullable<RunDocument['failure']>>({
      code: text.nullable(),
      message: text,
      event: maybe(
        objectOf<RefusedEvent>({
          kind: z.enum(['join', 'update', 'patch', 'leave']),
          nodeId: text,
          atMs: amount,
        }),
      ),
    }),
  ),
  skipped: maybe(
    objectOf<NonNullable<RunDocument['skipped']>>({
      count: whole,
      first: listOf(
        objectOf<SkippedEntry>({
          file: text,
          line: maybe(whole),
          field: maybe(text),
          reason: text,
        }),
      ),
    }),
  ),
  events: whole,
  joins: whole,
  updates: whole,
  leaves: whole,
  virtualMs: amount,
  peers: objectOf<RunDocument['peers']>({
    initial: whole,
    peak: whole,
    mean: amount,
    final: whole,
    distinct: whole,
  }),
  durationMs: amount,
  upsertsPerSecond: amount,
  comparedWith: z.enum(['plain model', 'fresh observers', 'nothing']),
  checks: whole,
  registryDigest: text,
  registryMatches: z.boolean().nullable(),
  registryProblem: maybe(text),
  logDigest: text.nullable(),
  logDigestMatches: z.boolean().nullable(),
  logProblem: maybe(text),
  observers: listOf(observer),
  faults: listOf(fault),
  threadsLeft: maybe(whole),
  recordingProblem: maybe(text),
  eventsProblem: maybe(text),
  rules: listOf(
    objectOf<RuleVerdict>({
      rule,
      claim: text,
      checked: whole,
      skipped: whole,
      violations: whole,
    }),
  ),
  violations: listOf(violation),
  verdict,
  phases: listOf(phase),
  latencyMs: latency,
  memory: objectOf<RunDocument['memory']>({ peakRssMiB: amount }),
  incidents: listOf(incident),
  thresholds: listOf(outcome),
  series,
  stream: maybe(
    objectOf<StreamFacts>({
      name: text,
      servers: listOf(text),
      acknowledge: z.enum(['stream', 'local']),
      epoch: whole,
      lastSeq: whole,
      streamSeq: whole,
    }),
  ),
  scenario: objectOf<RunDocument['scenario']>({
    file: text,
    text,
    overrides: listOf(
      objectOf<RunDocument['scenario']['overrides'][number]>({ key: text, value: z.unknown() }),
    ),
  }),
});

/** What is wrong first with a document, with its place; undefined when it is a run’s. */
export function runDocumentProblem(document: unknown): string | undefined {
  const { error } = runDocument.safeParse(document);
  if (error === undefined) return undefined;
  const { path, message } = findingsOf(error.issues, document)[0]!;
  return `${path.map(String).join('.')}: ${message}`;
}
