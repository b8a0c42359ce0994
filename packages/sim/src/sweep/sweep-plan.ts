import type { Override } from '../scenario/file/scenario-document.js';
import type { SweepSpec } from '../scenario/schema/sweep.js';

/** One combination of values. */
export interface SweepPoint {
  readonly overrides: readonly Override[];
}

/** A point by its values, as in `population.peers 5, topology.model "none"`; nothing without keys. */
export const pointName = ({ overrides }: SweepPoint): string =>
  overrides.map(({ key, value }) => `${key} ${JSON.stringify(value)}`).join(', ');

/** One run of a sweep. */
export interface SweepTask {
  /** Position among all tasks, from 0. */
  readonly index: number;
  /** Position of its point. */
  readonly point: number;
  /** Which run of the point, from 1. */
  readonly replication: number;
  /** The run's own seed: with it and the point's values, the run can be repeated by itself. */
  readonly seed: string;
  readonly overrides: readonly Override[];
}

/** Runs in all, at most. */
export const mostTasks = 10_000;

/** How many runs a sweep has, without making them. */
export function countRuns({ grid, zip, replications }: SweepSpec): number {
  const sizes = Object.values(grid).map(({ length }) => length);
  const together = Object.values(zip)[0]?.length ?? 1;
  return sizes.reduce((product, size) => product * size, together * replications);
}

/**
 * All points of a sweep: every combination of the grid's values with every row of the zip, the last
 * key changing fastest.
 */
export function sweepPoints({ grid, zip }: Pick<SweepSpec, 'grid' | 'zip'>): SweepPoint[] {
  let rows: Override[][] = [[]];
  for (const [key, values] of Object.entries(grid)) {
    rows = rows.flatMap((row) => values.map((value) => [...row, { key, value }]));
  }
  const length = Object.values(zip)[0]?.length ?? 1;
  const together = Array.from({ length }, (_, at) =>
    Object.entries(zip).map(([key, values]): Override => ({ key, value: values[at] })),
  );
  return rows.flatMap((row) => together.map((more) => ({ overrides: [...row, ...more] })));
}

/**
 * All runs of a sweep. The n-th replication of every point has the same seed, so that points differ
 * by their values and not by chance, unless the seed is one of these values.
 *
 * @param seed - the scenario's
 */
export function sweepTasks(
  points: readonly SweepPoint[],
  seed: string,
  replications: number,
): SweepTask[] {
  return points.flatMap(({ overrides }, point) => {
    const swept = overrides.find(({ key }) => key === 'seed');
    const base = swept === undefined ? seed : String(swept.value);
    return Array.from({ length: replications }, (_, at): SweepTask => {
      const own = replications === 1 ? base : `${base}#${at + 1}`;
      return {
        index: point * replications + at,
        point,
        replication: at + 1,
        seed: own,
        overrides: [...overrides, { key: 'seed', value: own }],
      };
    });
  });
}
