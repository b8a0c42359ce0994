import type { Clock } from '@panoptes/core';
import { type PooledRun, RunPool } from './run-pool.js';
import type { SweepJournal, SweepResult } from './sweep-journal.js';
import type { SweepTask } from './sweep-plan.js';

/**
 * Runs what the journal does not hold yet, several at a time on threads of their own, and keeps each
 * result as it comes. A run that fails or takes too long is a result too; one that was interrupted is
 * not, and is run again when the sweep goes on.
 *
 * @returns whether all threads have ended; one that is stuck in native code, or waits for an
 *   observer's that is, does not
 */
export async function runSweep(options: LocalSweepOptions, deps: SweepRunDeps): Promise<boolean> {
  const { source, tasks, threads } = options;
  const { journal, clock, signal, onResult } = deps;
  const open = openTasks(tasks, journal);
  const pool = new RunPool(threads);
  let haveEnded: boolean;
  try {
    let next = 0;
    const work = async (): Promise<void> => {
      while (next < open.length && !signal.aborted) {
        const task = open[next++]!;
        const own = { ...source, overrides: [...source.overrides, ...task.overrides] };
        const result = await pool.run(task, { ...options, source: own }, { clock, signal });
        if (result === undefined) return;
        journal.add(result);
        onResult(result);
      }
    };
    await Promise.all(Array.from({ length: Math.min(threads, open.length) }, work));
  } finally {
    haveEnded = await pool.end(clock);
  }
  return haveEnded;
}

/** What to run, and how. */
export interface SweepRunOptions extends PooledRun {
  readonly tasks: readonly SweepTask[];
}

interface LocalSweepOptions extends SweepRunOptions {
  /** Runs at a time. */
  readonly threads: number;
}

/** What a sweep depends on, wherever its runs are. */
export interface SweepRunDeps {
  readonly journal: SweepJournal;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called after each run. */
  readonly onResult: (result: SweepResult) => void;
}

/** Tasks of which the journal has no figures. */
export const openTasks = (tasks: readonly SweepTask[], { results }: SweepJournal): SweepTask[] =>
  tasks.filter(({ index }) => results.get(index)?.run === undefined);
