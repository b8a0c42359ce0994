import { type FoundFigure, figuresAt } from '../scenario/run/figure-path.js';
import { resultFailures } from '../sweep/result-failures.js';
import type { SweepResult } from '../sweep/sweep-journal.js';
import type { SweepTask } from '../sweep/sweep-plan.js';
import type { SweepOutcome } from '../sweep/sweep-table.js';
import { anyCell, type CsvCell, csvText } from './csv.js';

/**
 * The runs of a sweep as CSV, a line for each that has ended, a column for each key that was varied and
 * for each figure that is tabulated or has a threshold. No two columns have one name: `seed` is the
 * run's own, also where it is what was varied.
 */
export function runsCsv({ figures, tasks, results }: SweepRuns): string {
  const runs = tasks.flatMap((task) => {
    const result = results.get(task.index);
    return result === undefined ? [] : [endedRun(task, result, figures)];
  });
  const paths = new Set([...figures, ...runs.flatMap(({ found }) => [...found.keys()])]);
  const columns = new Set([
    ...tasks.flatMap(({ overrides }) => overrides.map(({ key }) => key)),
    'replication',
    'verdict',
    ...[...paths].flatMap((path) => {
      const names = runs.flatMap(({ found }) => found.get(path)?.map(({ figure }) => figure) ?? []);
      return names.length === 0 ? [path] : names;
    }),
    'failure',
  ]);
  const head = [...columns];
  return csvText([head, ...runs.map(({ cells }) => head.map((name) => cells.get(name)))]);
}

/** What of a sweep its runs are told from. */
type SweepRuns = Pick<SweepOutcome, 'figures' | 'tasks' | 'results'>;

/** A run with its cells by column, and the figures that each path led to. */
interface EndedRun {
  readonly found: ReadonlyMap<string, readonly FoundFigure[]>;
  readonly cells: ReadonlyMap<string, CsvCell>;
}

function endedRun(task: SweepTask, result: SweepResult, figures: readonly string[]): EndedRun {
  const { run } = result;
  const judged = run?.thresholds.map(({ figure }) => figure) ?? [];
  const found = new Map([...figures, ...judged].map((path) => [path, foundAt(run, path)]));
  const failures = resultFailures(result);
  const cells = new Map<string, CsvCell>([
    ...[...found.values()].flat().map(({ figure, value }) => [figure, figureCell(value)] as const),
    ...task.overrides.map(({ key, value }) => [key, anyCell(value)] as const),
    ['replication', task.replication],
    ['verdict', run?.verdict],
    ['failure', failures.length === 0 ? undefined : failures.join('; ')],
  ]);
  return { found, cells };
}

function foundAt(run: unknown, path: string): readonly FoundFigure[] {
  const lookup = figuresAt(run, path);
  return 'found' in lookup ? lookup.found : [];
}

/** A group of figures is none. */
const figureCell = (value: unknown): CsvCell =>
  typeof value === 'object' ? undefined : anyCell(value);
