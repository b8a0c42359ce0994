import type { Worker } from 'node:worker_threads';
import { type Cancel, type Clock, errorOf, systemClock } from '@panoptes/core';
import type {
  EndedMessage,
  OpenRequest,
  ProcessEnd,
  RelayRequest,
  RelaySettings,
} from '../process/relay/relay-request.js';
import { startWorker } from './worker-flags.js';

/**
 * The thread that relays between a registry and the processes of its observers. There is one while there
 * is any such observer, and for a moment after that.
 */
export class RelayThread {
  readonly #entries: RelayEntries;
  readonly #settings: Omit<RelaySettings, 'childEntry'>;
  readonly #clock: Clock;
  readonly #open = new Map<number, (end: ProcessEnd) => void>();
  #lastChannel = 0;
  #worker: Worker | undefined;
  #cancelEnd: Cancel | undefined;
  /** Threads that have not ended yet. */
  readonly #ending = new Set<Promise<void>>();

  constructor(
    entries: RelayEntries,
    settings: Omit<RelaySettings, 'childEntry'>,
    clock: Clock = systemClock,
  ) {
    this.#entries = entries;
    this.#settings = settings;
    this.#clock = clock;
  }

  /**
   * Starts an incarnation.
   *
   * @param ended - called once, when it has ended and nothing of it runs any more
   */
  open(request: Omit<OpenRequest, 'channel'>, ended: (end: ProcessEnd) => void): RelayedChannel {
    this.#cancelEnd?.();
    const worker = (this.#worker ??= this.#start());
    // As a thread of an observer would, it keeps this process alive.
    worker.ref();
    const channel = ++this.#lastChannel;
    this.#open.set(channel, ended);
    const { port } = request.line;
    const send = (message: RelayRequest, ports: (typeof port)[] = []): void =>
      worker.postMessage(message, ports);
    send({ open: { ...request, channel } }, [port]);
    return { kill: () => send({ kill: channel }) };
  }

  /** Resolves when no thread is left, and no process but of observers that were given up. */
  async close(): Promise<void> {
    this.#cancelEnd?.();
    this.#worker?.ref();
    this.#end();
    if (this.#open.size === 0) await Promise.all(this.#ending);
  }

  #start(): Worker {
    const settings: RelaySettings = {
      ...this.#settings,
      childEntry: this.#entries.child().href,
    };
    const worker = startWorker(this.#entries.relay(), {
      name: 'panoptes:relay',
      workerData: settings,
    });
    let error: Error | undefined;
    worker.on('message', ({ channel, end }: EndedMessage) => this.#ended(channel, end));
    worker.on('error', (thrown) => (error = errorOf(thrown)));
    const ended = new Promise<void>((resolve) => worker.on('exit', () => resolve()));
    this.#ending.add(ended);
    void ended.then(() => {
      this.#ending.delete(ended);
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      // A bug in there: it has ended all processes.
      const message = `the relay's thread has ended: ${error?.message ?? 'by itself'}`;
      for (const channel of [...this.#open.keys()])
        this.#ended(channel, { code: 'relay', message });
    });
    return worker;
  }

  #ended(channel: number, end: ProcessEnd): void {
    const ended = this.#open.get(channel);
    this.#open.delete(channel);
    if (this.#open.size === 0) {
      this.#worker?.unref();
      this.#cancelEnd = this.#clock.after(lingerMs, () => this.#end(), { background: true });
    }
    ended?.(end);
  }

  /** Has the thread end when all its processes have. */
  #end(): void {
    const worker = this.#worker;
    this.#worker = undefined;
    const request: RelayRequest = { close: true };
    worker?.postMessage(request);
  }
}

/** An incarnation at the relay's. */
export interface RelayedChannel {
  /** Ends it by force. */
  kill(): void;
}

/** With which modules threads and processes start; each is asked for when the first one does. */
export interface RelayEntries {
  readonly relay: () => URL;
  readonly child: () => URL;
}

/** How long the thread waits for another observer after the last has ended. */
const lingerMs = 2_000;
