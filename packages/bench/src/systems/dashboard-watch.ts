import { Worker } from 'node:worker_threads';
import { fileBeside, takeAll } from '@panoptes/core';
import { type Dashboard, startDashboard } from '@panoptes/dashboard';
import type { PeerRegistry } from '@panoptes/workers';
import { BenchThreadError } from '../bench-error.js';
import type {
  WatcherOrder,
  WatcherReport,
  WatcherWorkerData,
} from '../workers/watcher-messages.js';

/** A dashboard of a registry, and those who watch it, on a thread of theirs, when they are told to. */
export class DashboardWatch {
  readonly #dashboard: Dashboard;
  readonly #worker: Worker;
  readonly #failure: Promise<never>;
  #isClosed = false;

  private constructor(dashboard: Dashboard, watchers: number) {
    this.#dashboard = dashboard;
    const { port, token } = dashboard;
    const url = `http://127.0.0.1:${port}/api/live`;
    const workerData: WatcherWorkerData = { url, token, watchers };
    this.#worker = new Worker(entry, { workerData });
    this.#failure = new Promise((_, reject) => {
      const failed = (cause: unknown): void => {
        const what = this.#isClosed ? 'the benchmark was ended' : 'who watches has ended unasked';
        reject(new BenchThreadError(what, { cause }));
      };
      this.#worker.on('error', failed);
      this.#worker.on('exit', failed);
    });
    this.#failure.catch(() => undefined);
  }

  /** Serves a dashboard that nobody watches yet. */
  static async open(registry: PeerRegistry, watchers: number): Promise<DashboardWatch> {
    return new DashboardWatch(await startDashboard(registry), watchers);
  }

  /** Resolves when all watch and each has had a sample. */
  async begin(): Promise<void> {
    await this.#order('watch');
  }

  /** Resolves when nobody watches any more. */
  async end(): Promise<void> {
    await this.#order('leave');
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await takeAll(
      () => this.#worker.terminate(),
      () => this.#dashboard.close(),
    );
  }

  #order(order: WatcherOrder): Promise<WatcherReport> {
    const report = new Promise<WatcherReport>((resolve) => this.#worker.once('message', resolve));
    this.#worker.postMessage(order);
    return Promise.race([report, this.#failure]);
  }
}

const entry = fileBeside(import.meta.url, '../workers/dashboard-watcher.js');
