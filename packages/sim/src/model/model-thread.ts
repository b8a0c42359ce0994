import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads';
import { type Cancel, type Clock, fileBeside, nextTurn } from '@panoptes/core';
import {
  type ChurnEvent,
  subscriptionShape,
  CallBoard,
  callText,
  modelCalls,
  type ModelAccount,
  type ModelPort,
  type ObserverProfile,
} from '@panoptes/testkit';
import { lastWordsOf, startWorker } from '@panoptes/workers/contained';
import { z } from 'zod';
import type { ChurnOrigin } from './churn-origin.js';
import { ModelError } from './model-error.js';
import type { ModelObserverSpec, ModelRequest, ModelStart } from './model-messages.js';

/**
 * The plain model on a thread of its own, with all observers' own code: it makes or reads the same
 * changes by itself, or gets those that cannot be made again. An observer that hangs there, exits or
 * takes too much memory ends the model, and this class says whose code it was; one that throws is out
 * of the comparison by itself.
 */
export class ModelThread implements ModelPort {
  readonly #options: ModelOptions;
  readonly #board = new CallBoard();
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #exited: Promise<void>;
  readonly #waiting: Waiting[] = [];
  #profiles: readonly ObserverProfile[] = [];
  #end: ModelError | undefined;
  #cancelLook: Cancel | undefined;
  #unsent: ChurnEvent[] = [];
  #changes = 0;
  #sent = 0;

  private constructor(options: ModelOptions) {
    this.#options = options;
    // What is printed there goes nowhere: the same observer prints on its own thread, too.
    this.#worker = startWorker(entry, { name: 'panoptes:model', stdout: true, stderr: true });
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    const { observers, origin, epochMs } = options;
    const board = this.#board.buffer;
    const start: ModelStart = { port: port2, board, observers, origin, epochMs };
    this.#worker.postMessage(start, [port2]);
    port1.on('message', (answer: unknown) => this.#take(answer));
    this.#worker.on('error', (error) => this.#fail(`failed: ${lastWordsOf(error).message}`));
    this.#exited = new Promise((resolve) => {
      this.#worker.on('exit', (code) => {
        this.#fail(`has ended its thread (exit code ${code})`);
        resolve();
      });
    });
  }

  /**
   * Starts the thread, and every observer on it.
   *
   * @throws {ModelError} when an observer's module cannot be loaded; `observer` says whose
   */
  static async start(options: ModelOptions): Promise<ModelThread> {
    const model = new ModelThread(options);
    try {
      const count = options.observers.length;
      const profiles = z.array(profile).length(count);
      model.#profiles = model.#checked(profiles, await model.#answer());
      return model;
    } catch (error) {
      await model.close();
      throw error;
    }
  }

  /** What each observer's module says of itself, in the order they were given in. */
  get profiles(): readonly ObserverProfile[] {
    return this.#profiles;
  }

  get progress(): number {
    return this.#board.beats;
  }

  apply(change: ChurnEvent): Promise<void> | undefined {
    this.#changes++;
    if (this.#options.origin === undefined) this.#unsent.push(change);
    return this.#changes % changesATime === 0 ? this.#goOn() : undefined;
  }

  async account(): Promise<ModelAccount> {
    // Its failure is the account's, too.
    void this.#advance().catch(() => undefined);
    return this.#checked(account, await this.#ask({ kind: 'account' }));
  }

  async stamps(): Promise<ReadonlyMap<string, number>> {
    return this.#checked(z.map(z.string(), z.number()), await this.#ask({ kind: 'stamps' }));
  }

  /**
   * Ends the thread. May be called again.
   *
   * @returns whether it has ended: native code that does not return keeps it
   */
  async close(): Promise<boolean> {
    this.#fail('was closed');
    const { clock } = this.#options;
    let cancel: Cancel | undefined;
    const late = new Promise<boolean>((resolve) => {
      const limitMs = this.#board.inHand === undefined ? endMs.otherwise : endMs.inCall;
      cancel = clock.after(limitMs, () => resolve(false), { background: true });
    });
    const hasEnded = await Promise.race([this.#exited.then(() => true), late]);
    cancel?.();
    if (!hasEnded) this.#worker.unref();
    return hasEnded;
  }

  /** Tells it to go on, and lets this thread's event loop have its turn. */
  async #goOn(): Promise<void> {
    const { origin } = this.#options;
    const done = this.#advance().catch(() => undefined);
    await nextTurn();
    // What it makes by itself takes no room while it is behind.
    if (origin === undefined && this.#sent > mostSent) await done;
  }

  async #advance(): Promise<void> {
    const changes = this.#unsent;
    this.#unsent = [];
    this.#sent += changes.length;
    await this.#ask({ kind: 'advance', to: this.#changes, changes });
    this.#sent -= changes.length;
  }

  #ask(request: ModelRequest): Promise<unknown> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    this.#port.postMessage(request);
    return this.#answer();
  }

  /** The answer to what was asked last. */
  #answer(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#cancelLook ??= this.#look({ beats: this.#board.beats, silentMs: 0 });
    });
  }

  #take(given: unknown): void {
    const { data: answer } = answerShape.safeParse(given);
    if (answer === undefined) return this.#fail('gives answers that make no sense');
    const waiting = this.#waiting.shift();
    if (this.#waiting.length === 0) {
      this.#cancelLook?.();
      this.#cancelLook = undefined;
    }
    if (answer.error === undefined) return waiting?.resolve(answer.value);
    const { message, observer } = answer.error;
    waiting?.reject(new ModelError(message, observer));
    this.#fail(message, observer);
  }

  /** Watches, while a call is waited for, whether the observer that is called shows a heartbeat. */
  #look(before: Look): Cancel {
    const { clock, hangTimeoutMs } = this.#options;
    return clock.after(lookMs, () => {
      const { beats, inHand } = this.#board;
      if (inHand === undefined || beats !== before.beats) {
        this.#cancelLook = this.#look({ beats, silentMs: 0 });
        return;
      }
      // Each look counts for no more than its own time: this thread may have been stalled as well.
      const silentMs = before.silentMs + lookMs;
      const limitMs = inHand.call === 'loading' ? Math.max(loadMs, hangTimeoutMs) : hangTimeoutMs;
      if (silentMs >= limitMs) {
        this.#fail(`shows no sign of life for ${limitMs} ms (hangTimeoutMs)`);
        return;
      }
      // Asking takes a millisecond: nothing is asked while all goes on.
      const rss = process.memoryUsage.rss();
      const { rss: rssBefore = rss } = before;
      if (rss - rssBefore > mostGrownBytes) {
        this.#fail(`uses more than ${mostGrownBytes / 2 ** 20} MB`);
      } else this.#cancelLook = this.#look({ beats, silentMs, rss: rssBefore });
    });
  }

  /** Ends the model, if it has not ended yet; pending calls are rejected. */
  #fail(what: string, culprit?: string): void {
    if (this.#end !== undefined) return;
    const { inHand } = this.#board;
    const observer = culprit ?? this.#options.observers[inHand?.observer ?? -1]?.name;
    const where = inHand === undefined ? '' : ` in ${callText(inHand)}`;
    const who = observer === undefined ? 'the plain model' : `observer '${observer}'`;
    this.#end = new ModelError(`${who} ${what}${where}`, observer);
    this.#cancelLook?.();
    this.#cancelLook = undefined;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#end);
    this.#port.close();
    void this.#worker.terminate();
  }

  /** What the thread says is believed as far as it makes sense. */
  #checked<T>(schema: z.ZodType<T>, value: unknown): T {
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    this.#fail('gives answers that make no sense');
    throw this.#end!;
  }
}

const entry = fileBeside(import.meta.url, './model-worker.js');

/** Changes between two times that the model is told to go on. */
const changesATime = 1_024;
/** Changes that were sent and not worked through, at most. */
const mostSent = 16 * changesATime;
/** Between two looks at what the model is doing. */
const lookMs = 25;
/** What the process may grow by in one call of an observer: as much as the registry lets one use. */
const mostGrownBytes = 512 * 2 ** 20;
/** How long a module may take to load, where that is longer than an observer may hang. */
const loadMs = 30_000;
/** How long the thread may take to end once it was told to, in an observer's code and outside of it. */
const endMs = { inCall: 10_000, otherwise: 60_000 } as const;

/** What the model's thread is started with. */
export interface ModelOptions {
  readonly observers: readonly ModelObserverSpec[];
  /** Where it gets the changes by itself; unless given, they are sent to it. */
  readonly origin: ChurnOrigin | undefined;
  /** When virtual time begins, in Unix milliseconds. */
  readonly epochMs: number;
  /** How long an observer may run without a heartbeat. */
  readonly hangTimeoutMs: number;
  /** Real time. */
  readonly clock: Clock;
}

/** What a look at a call found. */
interface Look {
  readonly beats: number;
  /** For how long the call has shown no heartbeat. */
  readonly silentMs: number;
  /** Memory of the process when it was first seen silent, in bytes. */
  readonly rss?: number;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: ModelError) => void;
}

const answerShape = z.object({
  value: z.unknown().optional(),
  error: z.object({ message: z.string(), observer: z.string().optional() }).optional(),
});
const profile = z.object({
  name: z.string().min(1).max(256),
  subscribe: subscriptionShape.exactOptional(),
});
const failure = z.object({
  call: z.enum(modelCalls),
  seq: z.int().min(0),
  message: z.string(),
});
const account = z.object({
  seq: z.int().min(0),
  peers: z.int().min(0),
  sum: z.int().min(0),
  findings: z.map(
    z.string(),
    z.object({ digest: z.string().exactOptional(), failure: failure.exactOptional() }),
  ),
});
