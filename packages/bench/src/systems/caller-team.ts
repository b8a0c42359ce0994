import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { fileBeside, takeAll } from '@panoptes/core';
import { type PeerRegistry, createRegistry } from '@panoptes/workers';
import { expose } from 'comlink';
import { BenchMismatchError, BenchThreadError } from '../bench-error.js';
import {
  type CallerOrder,
  type CallerReport,
  type CallerWay,
  type ResultMessage,
  type UpsertCalls,
  type UpsertMessage,
  callerWays,
} from '../workers/caller-messages.js';

/** Threads that call registries on this one, each in every way that there is; a registry for each way. */
export class CallerTeam {
  readonly #registries: ReadonlyMap<CallerWay, PeerRegistry>;
  readonly #workers: readonly Worker[];
  /** Rejects when a thread ends before the team is closed. */
  readonly #failure: Promise<never>;
  #fail!: (error: Error) => void;
  #isClosed = false;

  private constructor(registries: ReadonlyMap<CallerWay, PeerRegistry>, options: TeamOptions) {
    this.#registries = registries;
    this.#failure = new Promise<never>((_, reject) => (this.#fail = reject));
    // It is looked at only while there is work.
    this.#failure.catch(() => undefined);
    this.#workers = Array.from({ length: options.callers }, (_, caller) =>
      this.#hire(caller, options),
    );
  }

  /** Starts a team; resolves when all of its threads are ready. */
  static async open(options: TeamOptions): Promise<CallerTeam> {
    const registries = new Map<CallerWay, PeerRegistry>();
    for (const way of callerWays) {
      const maxPeers = options.peers * options.callers;
      registries.set(way, await createRegistry({ peers: { maxPeers } }));
    }
    const team = new CallerTeam(registries, options);
    try {
      await team.#reports();
      return team;
    } catch (error) {
      await team.close();
      throw error;
    }
  }

  /**
   * Has all threads together do so many upserts.
   *
   * @throws {BenchMismatchError} when not every one of them was committed
   */
  async run(order: CallerOrder): Promise<void> {
    const registry = this.#registries.get(order.way)!;
    const before = registry.lastSeq;
    const reports = this.#reports();
    const callers = this.#workers.length;
    for (const [at, worker] of this.#workers.entries()) {
      const count = Math.floor(order.count / callers) + Number(at < order.count % callers);
      worker.postMessage({ ...order, count } satisfies CallerOrder);
    }
    const told = (await reports).reduce((sum, { committed }) => sum + committed, 0);
    const committed = registry.lastSeq - before;
    if (told !== order.count || committed !== order.count) {
      const what = `callers through ${order.way}`;
      throw new BenchMismatchError(
        `${what}: of ${order.count} upserts ${committed} were committed, and ${told} told of`,
      );
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#fail(new BenchThreadError('the benchmark was ended'));
    await takeAll(
      () => Promise.all(this.#workers.map((worker) => worker.terminate())),
      ...[...this.#registries.values()].map((registry) => () => registry.close()),
    );
  }

  #hire(caller: number, { peers, seed }: TeamOptions): Worker {
    const ports = Object.fromEntries(
      callerWays.map((way) => [way, portOf(way, this.#registries.get(way)!)]),
    );
    const worker = new Worker(entry, {
      workerData: { ports, peers, seed: `${seed}/${caller}` },
      transferList: Object.values(ports),
    });
    const failed = (cause: unknown): void => {
      if (this.#isClosed) return;
      this.#fail(new BenchThreadError('a worker of a benchmark has ended unasked', { cause }));
    };
    worker.on('error', failed);
    worker.on('exit', failed);
    return worker;
  }

  /** The next report of every thread. */
  #reports(): Promise<CallerReport[]> {
    const all = this.#workers.map(
      (worker) => new Promise<CallerReport>((resolve) => worker.once('message', resolve)),
    );
    return Promise.race([Promise.all(all), this.#failure]);
  }
}

/** How many threads, and what they change. */
export interface TeamOptions {
  readonly callers: number;
  /** Of each thread. */
  readonly peers: number;
  readonly seed: string;
}

const entry = fileBeside(import.meta.url, '../workers/caller-worker.js');

/** The end of a way to a registry that is for a thread. */
function portOf(way: CallerWay, registry: PeerRegistry): MessagePort {
  if (way === 'panoptes') return registry.port();
  const { port1, port2 } = new MessageChannel();
  if (way === 'comlink') {
    const calls: UpsertCalls = { upsert: (peer) => registry.upsert(peer) };
    expose(calls, port1);
  } else {
    port1.on('message', ({ id, entries }: UpsertMessage) => {
      void Promise.all(entries.map((peer) => registry.upsert(peer))).then((results) =>
        port1.postMessage({ id, results } satisfies ResultMessage),
      );
    });
  }
  return port2;
}
