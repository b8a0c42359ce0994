import { RegistryFencedError, StoreError, type StoreErrorCode } from '../store-error.js';
import type { SentError, ThreadMessage } from './store-messages.js';

/** Calls the thread of a store; `StoreAnswers` is its other side. Every call settles. */
export class StoreCaller<Calls> {
  /** Resolves when the store cannot follow any more, or its thread has ended before its time. */
  readonly failed: Promise<StoreError>;
  readonly #name: string;
  readonly #thread: StoreWorker;
  readonly #told: (message: unknown) => void;
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;
  #isEnding = false;
  #fail!: (error: StoreError) => void;
  /** Why it answers nothing any more. */
  #death: StoreError | undefined;

  /**
   * @param name - what errors call the store, as in `store <path>`
   * @param thread - was started for it
   * @param told - is handed what this kind of store tells unasked
   */
  constructor(name: string, thread: StoreWorker, told: (message: unknown) => void) {
    this.#name = name;
    this.#thread = thread;
    this.#told = told;
    this.failed = new Promise((resolve) => (this.#fail = resolve));
    thread.on('message', (message) => this.#receive(message as ThreadMessage));
    thread.on('error', (cause: unknown) => this.#die({ cause }));
    thread.on('exit', () => this.#die());
  }

  /** @throws {StoreError} what the thread answers, or that it has ended */
  call<Name extends string & keyof Calls>(
    name: Name,
    ...args: ArgumentsOf<Calls[Name]>
  ): Promise<ResultOf<Calls[Name]>> {
    return new Promise((resolve, reject) => {
      if (this.#death !== undefined) {
        reject(this.#death);
        return;
      }
      const id = ++this.#calls;
      this.#waiting.set(id, { resolve: resolve as Waiting['resolve'], reject });
      this.#thread.postMessage({ id, name, args }, args.filter(isMemory));
    });
  }

  /** Ends the thread when the last step has been taken, whatever came of that. */
  async endAfter(lastStep: () => Promise<unknown>): Promise<void> {
    this.#isEnding = true;
    try {
      await lastStep();
    } finally {
      await this.#thread.terminate();
    }
  }

  /** Says that the store has failed. */
  fail(error: StoreError): void {
    this.#fail(error);
  }

  #receive(message: ThreadMessage): void {
    if ('failed' in message) this.#fail(storeErrorOf(message.failed));
    else if ('told' in message) this.#told(message.told);
    else {
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if ('error' in message) waiting?.reject(storeErrorOf(message.error));
      else waiting?.resolve(message.value);
    }
  }

  #die(options?: ErrorOptions): void {
    this.#death ??= this.#isEnding
      ? new StoreError('STORE_CLOSED', `${this.#name} is closed`)
      : new StoreError('STORE_FAILED', `the thread of ${this.#name} has ended`, options);
    if (!this.#isEnding) this.#fail(this.#death);
    for (const { reject } of this.#waiting.values()) reject(this.#death);
    this.#waiting.clear();
  }
}

/** What is used of a thread. */
export interface StoreWorker {
  on(event: 'message' | 'error' | 'exit', told: (value: unknown) => void): unknown;
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  terminate(): Promise<unknown>;
}

/**
 * What the thread of a store is started with: flags of this process are not handed on, for they say how a
 * program is started, watched or ended.
 */
export function storeThreadOptions(name: string): StoreThreadOptions {
  const env = { ...process.env };
  delete env['NODE_OPTIONS'];
  return { name, env, execArgv: [] };
}

/** As the options of a thread are called. */
export interface StoreThreadOptions {
  readonly name: string;
  readonly env: NodeJS.ProcessEnv;
  readonly execArgv: string[];
}

/** The error that a store's thread has sent. */
export function storeErrorOf({ code, message, cause }: SentError): StoreError {
  const options = cause === undefined ? {} : { cause: new Error(cause) };
  if (code === 'STORE_FENCED') return new RegistryFencedError(message, options);
  return new StoreError(code as StoreErrorCode, message, options);
}

/** Who waits for the answer to a call. */
interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

type ArgumentsOf<Call> = Call extends (...args: infer Args) => unknown ? Args : never;
type ResultOf<Call> = Call extends (...args: never[]) => infer Result ? Result : never;

/** What is handed over with a call, and not copied. */
const isMemory = (argument: unknown): argument is ArrayBuffer => argument instanceof ArrayBuffer;
