import type { Worker } from 'node:worker_threads';
import { type Clock, fileBeside, withDeadline, messageOf } from '@panoptes/core';
import { Piscina } from 'piscina';
import type { Reading } from '../input/reading.js';
import type { ScenarioSource } from '../scenario/file/scenario-file.js';
import { formatDuration } from '../time/duration.js';
import type { SweepFigures, SweepJournal, SweepResult } from './sweep-journal.js';
import type { SweepTask } from './sweep-plan.js';

/**
 * Runs what the journal does not hold yet, several at a time on threads of their own, and keeps each
 * result as it comes. A run that fails or takes too long is a result too; one that was interrupted is
 * not, and is run again when the sweep goes on.
 *
 * @returns whether all threads have ended; one that is stuck in native code, or waits for an
 *   observer's that is, does not
 */
export async function runSweep(options: SweepRunOptions, deps: SweepRunDeps): Promise<boolean> {
  const { tasks, threads } = options;
  const { journal, clock, signal, onResult } = deps;
  const open = tasks.filter(({ index }) => journal.results.get(index)?.run === undefined);
  const pool = new Piscina({ filename: workerFile, minThreads: 0, maxThreads: threads });
  const crew = new Crew(pool);
  let haveEnded: boolean;
  try {
    let next = 0;
    const work = async (): Promise<void> => {
      while (next < open.length && !signal.aborted) {
        const result = await runOne(pool, crew, open[next++]!, options, deps);
        if (result === undefined) return;
        journal.add(result);
        onResult(result);
      }
    };
    await Promise.all(Array.from({ length: Math.min(threads, open.length) }, work));
  } finally {
    haveEnded = await crew.end(clock);
  }
  return haveEnded;
}

/** What to run, and how. */
export interface SweepRunOptions {
  readonly source: ScenarioSource;
  /** How the files that it names are read. */
  readonly reading: Reading;
  readonly tasks: readonly SweepTask[];
  /** Runs at a time. */
  readonly threads: number;
  /** Real milliseconds that one run may take. */
  readonly timeLimitMs: number;
}

interface SweepRunDeps {
  readonly journal: SweepJournal;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called after each run. */
  readonly onResult: (result: SweepResult) => void;
}

/** How long the pool's threads may take to end. */
const endMs = 5_000;

/** The pool's entry, as it was compiled. */
const workerFile = fileBeside(import.meta.url, './sweep-worker.js').href;

/** All threads that a pool has ever had: it forgets those that it has told to end, ended or not. */
class Crew {
  readonly #exits = new Map<Worker, Promise<unknown>>();

  constructor(private readonly pool: Piscina) {}

  /** To be called when the pool may have started one. */
  look(): void {
    for (const worker of this.pool.threads) {
      if (this.#exits.has(worker)) continue;
      this.#exits.set(worker, new Promise((resolve) => worker.once('exit', resolve)));
    }
  }

  /** @returns whether all have ended in time */
  async end(clock: Clock): Promise<boolean> {
    this.look();
    const ended = Promise.all([this.pool.destroy(), ...this.#exits.values()]);
    const late = (): Error => new Error('threads of the pool do not end');
    return withDeadline(clock, ended, endMs, late).then(
      () => true,
      () => false,
    );
  }
}

/** Undefined when it was interrupted. */
async function runOne(
  pool: Piscina,
  crew: Crew,
  { index, seed, overrides }: SweepTask,
  { source, reading, timeLimitMs }: SweepRunOptions,
  { clock, signal }: SweepRunDeps,
): Promise<SweepResult | undefined> {
  const stop = new AbortController();
  const cancel = clock.after(timeLimitMs, () => stop.abort());
  const own: ScenarioSource = { ...source, overrides: [...source.overrides, ...overrides] };
  try {
    const either = AbortSignal.any([stop.signal, signal]);
    const running = pool.run({ source: own, reading }, { signal: either }) as Promise<SweepFigures>;
    crew.look();
    return { index, seed, run: await running };
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
