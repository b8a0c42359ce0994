import { type Clock, messageOf } from '@panoptes/core';
import type { WorkServer, WorkShare } from '@panoptes/cluster';
import type { FileCache } from './file-cache.js';
import { JobFolder } from './job-folder.js';
import { type SweepJob, jsonBytes, readJob, sha256 } from './sweep-job.js';
import type { TellWorker } from './worker-events.js';
import type { Presence } from './worker-watch.js';

/** The sweeps that a worker knows of: which of them it takes runs of, and their files. */
export class WorkerDesk {
  readonly #options: WorkerDeskOptions;
  readonly #deps: WorkerDeskDeps;
  readonly #known = new Map<string, KnownSweep>();
  #next = 0;

  constructor(options: WorkerDeskOptions, deps: WorkerDeskDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  /** Looks which sweeps there are, and tells each that this worker is there. */
  async look(): Promise<void> {
    const { server, signal } = this.#deps;
    const offered = await server.offered(signal);
    for (const id of this.#known.keys()) if (!offered.includes(id)) this.leave(id);
    for (const id of offered) if (!this.#known.has(id)) await this.#join(id);
    for (const { share, refusal } of this.#known.values()) {
      const presence: Presence = { worker: this.#options.name, refusal };
      share.tell(jsonBytes(presence));
    }
  }

  /** The next sweep to take a run of, each in its turn; undefined when there is none. */
  next(): TakenSweep | undefined {
    const open = [...this.#known.values()].flatMap(({ taken }) => taken ?? []);
    return open.length === 0 ? undefined : open[this.#next++ % open.length];
  }

  /** Forgets a sweep that is not there any more. */
  leave(id: string): void {
    const known = this.#known.get(id);
    if (known === undefined) return;
    this.#known.delete(id);
    this.#deps.tell({ event: 'left', sweep: known.name });
    void known.taken?.remove();
  }

  /** Removes all folders. */
  async end(): Promise<void> {
    for (const { taken } of this.#known.values()) await taken?.remove();
  }

  async #join(id: string): Promise<void> {
    const { server, tell, signal } = this.#deps;
    let share: WorkShare;
    try {
      share = await server.join(id, signal);
    } catch (error) {
      if (isGoneWork(error)) return;
      throw error;
    }
    const read = readJob(share.job);
    const refusal = 'refusal' in read ? read.refusal : this.#refusalOf(read.job);
    if ('refusal' in read || refusal !== undefined) {
      const name = 'refusal' in read ? (read.name ?? id) : read.job.name;
      tell({ event: 'refused', sweep: name, reason: refusal! });
      this.#known.set(id, { name, share, refusal });
      return;
    }
    const { job } = read;
    tell({ event: 'joined', sweep: job.name });
    this.#known.set(id, { name: job.name, share, taken: new TakenSweep(job, share, this.#deps) });
  }

  #refusalOf({ hasCode }: SweepJob): string | undefined {
    if (!hasCode || this.#options.allowModules) return undefined;
    return 'it has modules or processes of its user, which this worker does not allow; --allow-modules allows them';
  }
}

/** What a worker is. */
export interface WorkerDeskOptions {
  readonly name: string;
  /** Whether it runs code that is sent to it. */
  readonly allowModules: boolean;
}

/** What a worker's desk depends on. */
export interface WorkerDeskDeps {
  readonly server: WorkServer;
  readonly clock: Clock;
  readonly cache: FileCache;
  /** Where folders of sweeps are made. */
  readonly jobs: string;
  readonly tell: TellWorker;
  readonly signal: AbortSignal;
}

interface KnownSweep {
  readonly name: string;
  readonly share: WorkShare;
  readonly refusal?: string | undefined;
  readonly taken?: TakenSweep;
}

/** A sweep that this worker takes runs of. */
export class TakenSweep {
  readonly #deps: WorkerDeskDeps;
  readonly job: SweepJob;
  readonly share: WorkShare;
  /** Of what was said of the job: runs say which they mean. */
  readonly hash: string;
  #folder: Promise<JobFolder> | undefined;
  #inUse = 0;
  #isLeft = false;

  constructor(job: SweepJob, share: WorkShare, deps: WorkerDeskDeps) {
    this.job = job;
    this.share = share;
    this.hash = sha256(share.job);
    this.#deps = deps;
  }

  /** Does something with the files of the sweep, which are fetched before the first time. */
  async withFiles<Result>(use: (folder: JobFolder) => Promise<Result>): Promise<Result> {
    const { cache, jobs, signal } = this.#deps;
    this.#folder ??= JobFolder.make(this.job, this.share, cache, jobs, signal);
    const making = this.#folder;
    this.#inUse++;
    try {
      return await use(
        await making.catch((error: unknown) => {
          // The next run tries again.
          if (this.#folder === making) this.#folder = undefined;
          throw new Error(`its files cannot be had: ${messageOf(error)}`, { cause: error });
        }),
      );
    } finally {
      this.#inUse--;
      if (this.#isLeft) await this.remove();
    }
  }

  /** Removes its files, as soon as no run needs them. */
  async remove(): Promise<void> {
    this.#isLeft = true;
    if (this.#inUse > 0) return;
    const folder = await this.#folder?.catch(() => undefined);
    folder?.remove();
  }
}

/** Whether work is not on the servers any more. */
export const isGoneWork = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'WORK_GONE';
