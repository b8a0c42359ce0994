import type { Worker } from 'node:worker_threads';
import { type Clock, fileBeside, messageOf, withDeadline } from '@panoptes/core';
import { Piscina } from 'piscina';
import type { Reading } from '../input/reading.js';
import type { ScenarioSource } from '../scenario/file/scenario-file.js';
import { formatDuration } from '../time/duration.js';
import type { SweepFigures, SweepResult } from './sweep-journal.js';
import type { SweepTask } from './sweep-plan.js';

/** Threads on which runs of sweeps go on, each on one of its own. */
export class RunPool {
  readonly #pool: Piscina;
  /** All threads that there ever were: the pool forgets those that it has told to end, ended or not. */
  readonly #exits = new Map<Worker, Promise<unknown>>();

  /** @param threads - runs at a time */
  constructor(threads: number) {
    this.#pool = new Piscina({
      filename: workerFile,
      minThreads: 0,
      maxThreads: threads,
      idleTimeout: idleMs,
    });
  }

  /**
   * Does one run. One that fails or takes too long is a result too.
   *
   * @returns undefined when it was interrupted
   */
  async run(
    { index, seed }: Pick<SweepTask, 'index' | 'seed'>,
    { source, reading, timeLimitMs }: PooledRun,
    { clock, signal }: RunPoolDeps,
  ): Promise<SweepResult | undefined> {
    const stop = new AbortController();
    const cancel = clock.after(timeLimitMs, () => stop.abort());
    try {
      const either = AbortSignal.any([stop.signal, signal]);
      const running = this.#pool.run({ source, reading }, { signal: either });
      this.#look();
      return { index, seed, run: (await running) as SweepFigures };
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

  /**
   * Ends all threads.
   *
   * @returns whether they have ended in time; one that is stuck in native code, or waits for an
   *   observer's that is, does not
   */
  async end(clock: Clock): Promise<boolean> {
    this.#look();
    const ended = Promise.all([this.#pool.destroy(), ...this.#exits.values()]);
    const late = (): Error => new Error('threads of the pool do not end');
    return withDeadline(clock, ended, endMs, late).then(
      () => true,
      () => false,
    );
  }

  /** To be called when the pool may have started a thread. */
  #look(): void {
    for (const worker of this.#pool.threads) {
      if (this.#exits.has(worker)) continue;
      this.#exits.set(worker, new Promise((resolve) => worker.once('exit', resolve)));
    }
  }
}

/** What is run, and how. */
export interface PooledRun {
  readonly source: ScenarioSource;
  /** How the files that it names are read. */
  readonly reading: Reading;
  /** Real milliseconds that it may take. */
  readonly timeLimitMs: number;
}

interface RunPoolDeps {
  readonly clock: Clock;
  /** Interrupts it. */
  readonly signal: AbortSignal;
}

/** How long a thread waits for the next run, which may have to be fetched: a new one starts cold. */
const idleMs = 10_000;

/** How long the pool's threads may take to end. */
const endMs = 5_000;

/** The pool's entry, as it was compiled. */
const workerFile = fileBeside(import.meta.url, './sweep-worker.js').href;
