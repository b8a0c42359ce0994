import { type CsvCell, csvText } from '../report/csv.js';
import { figuresAt } from '../scenario/run/figure-path.js';
import type { SweepResult } from './sweep-journal.js';
import type { SweepPoint, SweepTask } from './sweep-plan.js';
import { type Estimate, estimateMean } from './student-interval.js';

/** The version of the document of a sweep; it changes when a field's meaning does. */
const sweepSchema = 'panoptes.sweep/1';

/** A point of a sweep, with its figures over all replications. */
export interface SweepRow {
  /** Values by key. */
  readonly values: Readonly<Record<string, unknown>>;
  /** By the figure's path; null where no run has it. */
  readonly figures: Readonly<Record<string, Estimate | null>>;
  readonly runs: number;
  /** Runs whose verdict was not `pass`, or of which a threshold failed. */
  readonly failed: number;
  /** Why runs came to nothing. */
  readonly failures: readonly string[];
  /** Log digests, one a replication; null where there is none. */
  readonly digests: readonly (string | null)[];
}

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

function sweepRow(
  { overrides }: SweepPoint,
  figures: readonly string[],
  results: readonly (SweepResult | undefined)[],
): SweepRow {
  const runs = results.flatMap((result) => result?.run ?? []);
  return {
    values: Object.fromEntries(overrides.map(({ key, value }) => [key, value])),
    figures: Object.fromEntries(
      figures.map((path) => [path, estimateMean(runs.flatMap((run) => numbersAt(run, path)))]),
    ),
    runs: runs.length,
    failed: runs.filter(
      ({ verdict, thresholds }) => verdict !== 'pass' || thresholds.some(({ passed }) => !passed),
    ).length,
    failures: results.flatMap((result) => result?.failure ?? []),
    digests: results.map((result) => result?.run?.logDigest ?? null),
  };
}

function numbersAt(run: unknown, path: string): number[] {
  const lookup = figuresAt(run, path);
  if ('problem' in lookup) return [];
  return lookup.found.flatMap(({ value }) => (typeof value === 'number' ? [value] : []));
}

/** The table as CSV: keys, then each figure with the ends of its interval. */
export function sweepCsv({ keys, figures, rows }: SweepDocument): string {
  const head = [
    ...keys,
    ...figures.flatMap((path) => [path, `${path} low`, `${path} high`]),
    'runs',
    'failed',
  ];
  const lines = rows.map(({ values, figures: own, runs, failed }): CsvCell[] => [
    ...keys.map((key) => {
      const value = values[key];
      return typeof value === 'number' || typeof value === 'string' ? value : JSON.stringify(value);
    }),
    ...figures.flatMap((path) => {
      const estimate = own[path];
      return [estimate?.mean, estimate?.low, estimate?.high];
    }),
    runs,
    failed,
  ]);
  return csvText([head, ...lines]);
}
