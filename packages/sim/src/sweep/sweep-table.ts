import { anyCell, type CsvCell, csvText } from '../report/csv.js';
import { figuresAt } from '../scenario/run/figure-path.js';
import { resultFailures } from './result-failures.js';
import type { SweepResult } from './sweep-journal.js';
import { pointName, type SweepPoint, type SweepTask } from './sweep-plan.js';
import { type Estimate, estimateMean } from './student-interval.js';

/** Adds up a sweep. It depends on the results alone, not on the order in which they came. */
export function sweepDocument(outcome: SweepOutcome): SweepDocument {
  const { name, about, seed, replications, figures, points, tasks, results } = outcome;
  return {
    schema: sweepSchema,
    name,
    about,
    seed,
    replications,
    keys: [...new Set(points.flatMap(({ overrides }) => overrides.map(({ key }) => key)))],
    figures,
    rows: points.map((point, at) => {
      const own = tasks.filter((task) => task.point === at).map(({ index }) => results.get(index));
      return sweepRow(point, figures, own);
    }),
    interrupted: tasks.some(({ index }) => !results.has(index)),
  };
}

/** A point of a sweep, with its figures over all replications. */
export interface SweepRow {
  /** Values by key. */
  readonly values: Readonly<Record<string, unknown>>;
  /** By the figure's path; null where no run has it. */
  readonly figures: Readonly<Record<string, Estimate | null>>;
  readonly runs: number;
  /** Runs without a result, whose verdict was not `pass`, or of which a threshold failed. */
  readonly failed: number;
  /** Why, one a failed run, with its seed. */
  readonly failures: readonly string[];
  /** Log digests, one a replication; null where there is none. */
  readonly digests: readonly (string | null)[];
}

/** The version of the document of a sweep; it changes when a field's meaning does. */
const sweepSchema = 'panoptes.sweep/2';

/** All that is known of a sweep: a row for each point. */
export interface SweepDocument {
  readonly schema: typeof sweepSchema;
  readonly name: string;
  readonly about: string;
  readonly seed: string;
  readonly replications: number;
  /** Keys that were varied, in order. */
  readonly keys: readonly string[];
  /** Paths of the figures. */
  readonly figures: readonly string[];
  readonly rows: readonly SweepRow[];
  /** Whether runs are still missing. */
  readonly interrupted: boolean;
}

/** What a document is made of. */
export interface SweepOutcome {
  readonly name: string;
  readonly about: string;
  readonly seed: string;
  readonly replications: number;
  readonly figures: readonly string[];
  readonly points: readonly SweepPoint[];
  readonly tasks: readonly SweepTask[];
  readonly results: ReadonlyMap<number, SweepResult>;
}

function sweepRow(
  { overrides }: SweepPoint,
  figures: readonly string[],
  results: readonly (SweepResult | undefined)[],
): SweepRow {
  const runs = results.flatMap((result) => result?.run ?? []);
  const failures = results.flatMap((result) => failureOf(result) ?? []);
  return {
    values: Object.fromEntries(overrides.map(({ key, value }) => [key, value])),
    figures: Object.fromEntries(
      figures.map((path) => [path, estimateMean(runs.flatMap((run) => numbersAt(run, path)))]),
    ),
    runs: runs.length,
    failed: failures.length,
    failures,
    digests: results.map((result) => result?.run?.logDigest ?? null),
  };
}

/** Why a run failed, if it did. */
function failureOf(result: SweepResult | undefined): string | undefined {
  if (result === undefined) return undefined;
  const reasons = resultFailures(result);
  return reasons.length === 0 ? undefined : `seed ${result.seed}: ${reasons.join('; ')}`;
}

function numbersAt(run: unknown, path: string): number[] {
  const lookup = figuresAt(run, path);
  if ('problem' in lookup) return [];
  return lookup.found.flatMap(({ value }) => (typeof value === 'number' ? [value] : []));
}

/** Failures that are told one by one. */
const mostTold = 20;

/** Which runs failed and why, for people to read: the first of them, and how many more there are. */
export function sweepFailures({ keys, rows }: SweepDocument): string[] {
  const all = rows.flatMap(({ values, failures }) => {
    const point = pointName({ overrides: keys.map((key) => ({ key, value: values[key] })) });
    return failures.map((failure) => (point === '' ? failure : `${point}, ${failure}`));
  });
  const more = all.length - mostTold;
  return [...all.slice(0, mostTold), ...(more > 0 ? [`${more} more`] : [])];
}

/** The table as CSV: keys, each figure with the ends of its interval, and why runs failed. */
export function sweepCsv({ keys, figures, rows }: SweepDocument): string {
  const head = [
    ...keys,
    ...figures.flatMap((path) => [path, `${path} low`, `${path} high`]),
    'runs',
    'failed',
    'failures',
  ];
  const lines = rows.map(({ values, figures: own, runs, failed, failures }): CsvCell[] => [
    ...keys.map((key) => anyCell(values[key])),
    ...figures.flatMap((path) => {
      const estimate = own[path];
      return [estimate?.mean, estimate?.low, estimate?.high];
    }),
    runs,
    failed,
    failures.length === 0 ? undefined : failures.join(' | '),
  ]);
  return csvText([head, ...lines]);
}
