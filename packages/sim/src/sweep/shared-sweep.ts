import { gunzipSync } from 'node:zlib';
import { messageOf } from '@panoptes/core';
import type { OfferedTask, WorkOffer, WorkResult, WorkServer } from '@panoptes/cluster';
import type { SweepFiles } from './sweep-files.js';
import { jsonBytes } from './sweep-job.js';
import { type SweepResult, resultProblem } from './sweep-journal.js';
import type { SweepTask } from './sweep-plan.js';
import { type SweepRunDeps, type SweepRunOptions, openTasks } from './sweep-run.js';
import type { WorkerWatch } from './worker-watch.js';

/** A sweep while its runs are with workers. */
export class SharedSweep {
  readonly #offer: WorkOffer;
  readonly #job: string;
  readonly #options: ClusterSweepOptions;
  readonly #deps: ClusterSweepDeps;
  readonly #open: Map<number, SweepTask>;

  constructor(offer: WorkOffer, job: string, options: ClusterSweepOptions, deps: ClusterSweepDeps) {
    this.#offer = offer;
    this.#job = job;
    this.#options = options;
    this.#deps = deps;
    this.#open = new Map(openTasks(options.tasks, deps.journal).map((task) => [task.index, task]));
  }

  async run(): Promise<void> {
    const { signal, watch } = this.#deps;
    const stopWatching = this.#offer.watch((presence) => watch.hear(presence));
    try {
      await this.#offer.begin();
      // What failed in an earlier sweep is tried again.
      await this.#take(({ run }) => run !== undefined);
      if (this.#open.size > 0) await this.#send();
      while (this.#open.size > 0 && !signal.aborted) {
        if (await this.#take(() => true)) continue;
        watch.look();
        await this.#offer.nextResult(lookMs, signal);
        if (await this.#take(() => true)) continue;
        await this.#mend();
      }
    } finally {
      stopWatching();
    }
  }

  async #send(): Promise<void> {
    await this.#offer.putFiles(this.#options.files.offered);
    await this.#offer.addTasks([...this.#open.values()].map((task) => this.#sent(task)));
  }

  /** A run that is neither in the queue nor done was lost: by the servers, or by who was to give it back. */
  async #mend(): Promise<void> {
    const left = await this.#offer.tasksLeft();
    if (left !== undefined && left > 0) return;
    if (left === undefined) await this.#offer.begin();
    // A result is there before its run leaves the queue.
    await this.#take(() => true);
    if (this.#open.size > 0) await this.#send();
  }

  #sent({ index, seed, overrides }: SweepTask): OfferedTask {
    const data = jsonBytes({ job: this.#job, index, seed, overrides });
    return { key: index, data };
  }

  /** @returns whether there were any */
  async #take(isWanted: (result: SweepResult) => boolean): Promise<boolean> {
    const { journal, onResult, signal } = this.#deps;
    let count = 0;
    for (;;) {
      const results = await this.#offer.takeResults(signal);
      if (results.length === 0) return count > 0;
      for (const sent of results) {
        const task = this.#open.get(sent.key);
        if (task === undefined) continue;
        const result = resultOf(sent, task);
        if (!isWanted(result)) continue;
        this.#open.delete(task.index);
        journal.add(result);
        onResult(result);
        count++;
      }
    }
  }
}

/** What to run, and how. */
export interface ClusterSweepOptions extends SweepRunOptions {
  /** What the scenario is called. */
  readonly name: string;
  readonly files: SweepFiles;
  /** Where the sweep's own results are kept. */
  readonly out: string;
  /** Whether what an earlier sweep left is forgotten. */
  readonly isFresh: boolean;
  /** How long a worker may be silent before its run is given to another, in milliseconds. */
  readonly leaseMs: number;
}

/** What a sweep depends on whose runs are with workers. */
export interface ClusterSweepDeps extends SweepRunDeps {
  readonly server: WorkServer;
  readonly watch: WorkerWatch;
}

/** What a worker says of a run; what is none is told as the run's failure. */
function resultOf({ data }: WorkResult, { index, seed }: SweepTask): SweepResult {
  let value: unknown;
  try {
    value = JSON.parse(gunzipSync(data, { maxOutputLength: mostBytes }).toString());
    const problem = resultProblem(value);
    if (problem !== undefined) throw new Error(problem);
  } catch (cause) {
    return { index, seed, failure: `a worker sent what is no result: ${messageOf(cause)}` };
  }
  const result = value as SweepResult;
  if (result.index === index && result.seed === seed) return result;
  const got = `run ${result.index} with seed ${result.seed}`;
  return { index, seed, failure: `a worker sent the result of another run: ${got}` };
}

/** Of a result, unpacked. */
const mostBytes = 64 * 2 ** 20;
/** How often it is looked whether all is well. */
const lookMs = 2_000;
