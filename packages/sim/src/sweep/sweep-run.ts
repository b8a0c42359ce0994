import { type Clock, fileBeside } from '@panoptes/core';
import { Piscina } from 'piscina';
import type { Reading } from '../input/reading.js';
import type { ScenarioSource } from '../scenario/file/scenario-file.js';
import { formatDuration } from '../time/duration.js';
import { messageOf } from '../traces/trace-error.js';
import type { SweepFigures, SweepJournal, SweepResult } from './sweep-journal.js';
import type { SweepTask } from './sweep-plan.js';

/** What to run, and how. */
export interface SweepRunOptions {
  readonly source: ScenarioSource;
  /** How the files that it names are read. */
  readonly reading: Reading;
  readonly tasks: readonly SweepTask[];
  readonly journal: SweepJournal;
  readonly threads: number;
  /** Real milliseconds that one run may take. */
  readonly timeLimitMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called after each run. */
  readonly onResult: (result: SweepResult) => void;
}

/** The pool's entry, as it was compiled. */
const workerFile = fileBeside(import.meta.url, './sweep-worker.js').href;

/**
 * Runs what the journal does not hold yet, several at a time on threads of their own, and keeps each
 * result as it comes. A run that fails or takes too long is a result too; one that was interrupted is
 * not, and is run again when the sweep goes on. Resolves when all threads have ended.
 */
export async function runSweep(options: SweepRunOptions): Promise<void> {
  const { tasks, journal, threads, signal } = options;
  const open = tasks.filter(({ index }) => journal.results.get(index)?.run === undefined);
  const pool = new Piscina({ filename: workerFile, minThreads: 0, maxThreads: threads });
  try {
    let next = 0;
    const work = async (): Promise<void> => {
      while (next < open.length && !signal.aborted) {
        const result = await runOne(pool, open[next++]!, options);
        if (result === undefined) return;
        journal.add(result);
        options.onResult(result);
      }
    };
    await Promise.all(Array.from({ length: Math.min(threads, open.length) }, work));
  } finally {
    await pool.destroy();
  }
}

/** Undefined when it was interrupted. */
async function runOne(
  pool: Piscina,
  { index, seed, overrides }: SweepTask,
  { source, reading, timeLimitMs, clock, signal }: SweepRunOptions,
): Promise<SweepResult | undefined> {
  const stop = new AbortController();
  const cancel = clock.after(timeLimitMs, () => stop.abort());
  const own: ScenarioSource = { ...source, overrides: [...source.overrides, ...overrides] };
  try {
    const either = AbortSignal.any([stop.signal, signal]);
    const run = (await pool.run({ source: own, reading }, { signal: either })) as SweepFigures;
    return { index, seed, run };
  } catch (error) {
    if (signal.aborted) return undefined;
    const failure = stop.signal.aborted
      ? `took longer than ${formatDuration(timeLimitMs)}`
      : messageOf(error);
    return { index, seed, failure };
  } finally {
    cancel();
  }
}
