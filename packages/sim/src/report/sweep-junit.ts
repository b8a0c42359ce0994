import { resultFailures } from '../sweep/result-failures.js';
import type { SweepResult } from '../sweep/sweep-journal.js';
import { pointName, type SweepTask } from '../sweep/sweep-plan.js';
import type { SweepOutcome } from '../sweep/sweep-table.js';
import { type JunitCase, junitXml } from './junit-xml.js';

/**
 * A sweep as a JUnit report: a suite for each point, named by its values, with a test for each of its
 * runs, named by its seed. A run that an interrupted sweep has not come to counts as skipped.
 */
export function sweepJunit({ name, seed, points, tasks, results }: JudgedSweep): string {
  const suites = points.map((point, at) => {
    const group = pointName(point) || name;
    const own = tasks.filter((task) => task.point === at);
    return { name: group, cases: own.map((task) => caseOf(group, task, results.get(task.index))) };
  });
  return junitXml(`${name}, seed ${seed}`, suites);
}

/** What of a sweep its runs are judged by. */
type JudgedSweep = Pick<SweepOutcome, 'name' | 'seed' | 'points' | 'tasks' | 'results'>;

function caseOf(group: string, { seed }: SweepTask, result: SweepResult | undefined): JunitCase {
  const test = { group, name: `seed ${seed}` };
  if (result === undefined) return { ...test, skipped: 'the sweep was interrupted' };
  const failures = resultFailures(result);
  const { run } = result;
  return {
    ...test,
    failure: failures.length === 0 ? undefined : failures.join('; '),
    seconds: run === undefined ? undefined : run.durationMs / 1000,
  };
}
