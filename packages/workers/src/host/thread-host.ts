import type { Worker } from 'node:worker_threads';
import {
  type ExitReason,
  type HostFactory,
  type MemoryUse,
  ObserverCrashedError,
  type ThreadActivity,
  hardLimitMb,
} from '@panoptes/core';
import { lastWordsOf } from '../runtime/last-words.js';
import { type HostedIncarnation, RemoteHost } from './remote-host.js';
import { startWorker } from './worker-flags.js';

/** An observer on a worker thread of its own. */
class ThreadHost extends RemoteHost {
  readonly measure: (() => Promise<MemoryUse>) | undefined;
  readonly #worker: Worker;
  #error: Error | undefined;

  constructor(entry: URL, incarnation: HostedIncarnation) {
    super(incarnation, (error) => {
      this.#error ??= error;
      void this.#worker.terminate();
    });
    const [{ name }] = incarnation;
    this.#worker = startWorker(entry, {
      name: `panoptes:${name}`,
      // Not to this process's own: what it prints goes to its board.
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: hardLimitMb },
    });
    this.measure = measureOf(this.#worker);
    const { line } = this;
    this.#worker.postMessage(line, [line.port]);
    this.#worker.on('error', (error) => (this.#error ??= lastWordsOf(error)));
    this.#worker.on('exit', (exitCode) => {
      const reason = this.#reasonOf(exitCode);
      const message = `the thread of observer '${name}' has ended (${reason.code})`;
      this.exit(reason, new ObserverCrashedError(message, { cause: reason.error }));
    });
  }

  activity(): ThreadActivity {
    return this.#worker.performance.eventLoopUtilization();
  }

  async kill(reason: ObserverCrashedError): Promise<void> {
    this.ending ??= 'killed';
    this.die(reason);
    await this.#worker.terminate();
    await this.exited;
  }

  #reasonOf(exitCode: number): ExitReason {
    if (this.ending !== undefined) {
      return { normal: this.ending === 'stopped', code: this.ending, error: this.#error };
    }
    if (this.#error !== undefined) return { normal: false, code: 'error', error: this.#error };
    return { normal: exitCode === 0, code: `exit-${exitCode}`, error: undefined };
  }
}

/**
 * Runs every observer on a worker thread of its own.
 *
 * @param entry - gives the module with which threads start; asked when the first one does
 */
export const threadHosts =
  (entry: () => URL): HostFactory =>
  (...incarnation) =>
    new ThreadHost(entry(), incarnation);

/** What V8 says of a thread's memory. */
interface HeapStatistics {
  readonly used_heap_size: number;
  readonly external_memory: number;
}

/** A worker of a runtime that can look into its memory while it is busy: Node 22.16 and later. */
interface MeasurableWorker {
  getHeapStatistics?(): Promise<HeapStatistics>;
}

function measureOf(worker: Worker & MeasurableWorker): (() => Promise<MemoryUse>) | undefined {
  if (worker.getHeapStatistics === undefined) return undefined;
  return async () => {
    const { used_heap_size: heapBytes, external_memory: externalBytes } =
      await worker.getHeapStatistics!();
    return { heapBytes, externalBytes };
  };
}
