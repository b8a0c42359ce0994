import type { Worker } from 'node:worker_threads';
import {
  type CommandGate,
  type ExitReason,
  type FollowEnd,
  HealthBoard,
  type HostFactory,
  type LogBuffer,
  type LogPoint,
  type MemoryUse,
  type MetricsAnswer,
  ObserverCrashedError,
  type ObserverDescription,
  type ObserverHost,
  type ObserverSpec,
  type ProposalPoint,
  type SnapshotData,
  type SpaceMemory,
  type ThreadActivity,
  hardLimitMb,
  inMicrotask,
  type VotingMemory,
} from '@panoptes/core';
import { type Remote, releaseProxy, wrap } from 'comlink';
import type { ControlApi, StartMessage } from '../runtime/control-api.js';
import { lastWordsOf } from '../runtime/last-words.js';
import { packArguments, unpack } from '../runtime/payload.js';
import { installThrowHandler } from '../runtime/throw-handler.js';
import { AnswerReader } from './answer-reader.js';
import { checkDescription, checkDigest, checkEnd, checkMetrics } from './answer-checks.js';
import { SafeEndpoint } from './safe-endpoint.js';
import { startWorker } from './worker-flags.js';

installThrowHandler();

/** An observer on a worker thread of its own. */
class ThreadHost implements ObserverHost {
  readonly exited: Promise<ExitReason>;
  readonly health = new HealthBoard();
  readonly measure: (() => Promise<MemoryUse>) | undefined;
  readonly #worker: Worker;
  readonly #start: StartMessage;
  readonly #endpoint: SafeEndpoint;
  /** Held as long as the incarnation runs: when it is collected, Comlink disconnects the worker. */
  readonly #control: Remote<ControlApi>;
  /** Set at its end: what every call that it did not answer fails with. */
  #death: ObserverCrashedError | undefined;
  #error: Error | undefined;
  #ending: 'stopped' | 'killed' | undefined;

  constructor(
    entry: URL,
    spec: ObserverSpec,
    incarnation: number,
    log: LogBuffer,
    commands: CommandGate,
    voting?: VotingMemory,
    space?: SpaceMemory,
  ) {
    const { module, name, options, ownThreads } = spec;
    const { limit: maxCommands } = commands;
    const health = this.health.buffer;
    this.#start = {
      module,
      name,
      options,
      ownThreads,
      incarnation,
      log,
      voting,
      space,
      health,
      maxCommands,
    };
    this.#worker = startWorker(entry, {
      name: `panoptes:${name}`,
      // Not to this process's own: what it prints goes to its board.
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: hardLimitMb },
    });
    this.measure = measureOf(this.#worker);
    this.#endpoint = new SafeEndpoint({
      commands,
      broken: (error) => {
        this.#error ??= error;
        void this.#worker.terminate();
      },
    });
    const { line } = this.#endpoint;
    this.#worker.postMessage(line, [line.port]);
    this.#control = wrap<ControlApi>(this.#endpoint);
    this.#worker.on('error', (error) => (this.#error ??= lastWordsOf(error)));
    this.exited = new Promise((resolve) => {
      this.#worker.on('exit', (exitCode) => {
        const reason = this.#reasonOf(exitCode);
        this.#die(
          new ObserverCrashedError(`the thread of observer '${name}' has ended (${reason.code})`, {
            cause: reason.error,
          }),
        );
        // After the failures that were just sent: Comlink forgets waiting calls when it is released.
        inMicrotask(() => this.#control[releaseProxy]());
        resolve(reason);
      });
    });
  }

  start(): Promise<ObserverDescription> {
    return this.#alive(async () => checkDescription(await this.#control.start(this.#start)));
  }

  load(snapshot: SnapshotData, line: number): Promise<void> {
    return this.#alive(() => this.#control.load(snapshot, line));
  }

  replay(run: Uint8Array): Promise<void> {
    return this.#alive(() => this.#control.replay(run));
  }

  resume(from: LogPoint, line: number): Promise<void> {
    return this.#alive(() => this.#control.resume(from, line));
  }

  follow(proposals?: ProposalPoint): Promise<FollowEnd> {
    return this.#alive(async () => checkEnd(await this.#control.follow(proposals)));
  }

  pause(): Promise<void> {
    return this.#alive(() => this.#control.pause());
  }

  query(name: string, args: readonly unknown[]): Promise<unknown> {
    return this.#alive(async () =>
      answers.take(await this.#control.query(name, packArguments(args))),
    );
  }

  digest(): Promise<string> {
    return this.#alive(async () => checkDigest(await this.#control.digest()));
  }

  metrics(after: number): Promise<MetricsAnswer> {
    return this.#alive(async () =>
      checkMetrics(await answers.take(await this.#control.metrics(after))),
    );
  }

  activity(): ThreadActivity {
    return this.#worker.performance.eventLoopUtilization();
  }

  probe(): Promise<void> {
    return this.#alive(() => this.#control.probe());
  }

  async stop(): Promise<void> {
    await this.#alive(() => this.#control.stop());
    this.#ending ??= 'stopped';
  }

  async kill(reason: ObserverCrashedError): Promise<void> {
    this.#ending ??= 'killed';
    this.#die(reason);
    await this.#worker.terminate();
    await this.exited;
  }

  /** It answers nothing any more, whether its thread has ended or not. */
  #die(reason: ObserverCrashedError): void {
    this.#death ??= reason;
    this.#endpoint.end(this.#death);
  }

  /**
   * The endpoint fails every call that the thread leaves unanswered; here it fails with the reason
   * itself. No race against a promise of the thread's end, which would remember every call until then.
   */
  async #alive<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw this.#death ?? error;
    }
  }

  #reasonOf(exitCode: number): ExitReason {
    if (this.#ending !== undefined) {
      return { normal: this.#ending === 'stopped', code: this.#ending, error: this.#error };
    }
    if (this.#error !== undefined) return { normal: false, code: 'error', error: this.#error };
    return { normal: exitCode === 0, code: `exit-${exitCode}`, error: undefined };
  }
}

/** Of all observers, for there is one thread that reads them. */
const answers = new AnswerReader((bytes) => unpack(bytes, 'an answer'));

/**
 * Runs every observer on a worker thread of its own.
 *
 * @param entry - gives the module with which threads start; asked when the first one does
 */
export const threadHosts =
  (entry: () => URL): HostFactory =>
  (...incarnation) =>
    new ThreadHost(entry(), ...incarnation);

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
