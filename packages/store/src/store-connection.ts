import { Worker } from 'node:worker_threads';
import {
  type EntryBlock,
  type KeptState,
  type OpenedSpace,
  type OpenedStore,
  SpaceAnswers,
  StoreError,
  type StoreErrorCode,
  type StoreFigures,
  type StoreLine,
  fileBeside,
} from '@panoptes/core';
import { SyncFigures } from './sync-figures.js';
import type {
  CallMessage,
  OpenRequest,
  SentError,
  StoreCalls,
  ThreadMessage,
} from './thread-messages.js';

/** A store as the registry's thread has it: everything is done on the store's own. */
export class StoreConnection implements OpenedStore {
  readonly failed: Promise<StoreError>;
  readonly #path: string;
  readonly #figures = new SyncFigures();
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #spaces = new Map<number, ConnectedSpace>();
  #calls = 0;
  #opened = 0;
  #kept: KeptState | undefined;
  #isClosing = false;
  #end: Promise<void> | undefined;
  #fail!: (error: StoreError) => void;
  /** Why it answers nothing any more. */
  #death: StoreError | undefined;

  private constructor(path: string) {
    this.#path = path;
    this.failed = new Promise((resolve) => {
      this.#fail = (error) => {
        // Its thread may not be there to do so.
        for (const { answers } of this.#spaces.values()) answers.end();
        resolve(error);
      };
    });
    this.#worker = startThread();
    this.#worker.on('message', (message: ThreadMessage) => this.#receive(message));
    this.#worker.on('error', (cause: unknown) => this.#die({ cause }));
    this.#worker.on('exit', () => this.#die());
  }

  /**
   * Opens a store on a thread of its own.
   *
   * @throws {StoreError} when it cannot be had or read
   */
  static async open(request: Omit<OpenRequest, 'figures'>): Promise<StoreConnection> {
    const store = new StoreConnection(request.path);
    try {
      const figures = store.#figures.buffer;
      store.#kept = await store.#call('open', { ...request, figures });
      return store;
    } catch (error) {
      store.#isClosing = true;
      await store.#worker.terminate();
      throw error;
    }
  }

  get kept(): KeptState {
    return this.#kept!;
  }

  async *entries(): AsyncGenerator<EntryBlock> {
    // One ahead: the thread reads the next while the registry takes this one. Their memory goes back and
    // forth, for new memory has to be filled with zeros, and collected in the end.
    let next = this.#call('entries', undefined);
    let taken: ArrayBuffer | undefined;
    for (;;) {
      const block = await next;
      if (block === undefined) return;
      next = this.#call('entries', taken);
      // Whoever stops early is not told of it.
      next.catch(() => undefined);
      yield block;
      taken = block.buffer;
    }
  }

  follow(line: StoreLine): void {
    this.#call('follow', line).catch((error: unknown) => this.#fail(error as StoreError));
  }

  figures(): StoreFigures {
    return this.#figures.read();
  }

  async *history(from: number): AsyncGenerator<Uint8Array> {
    for (let seq = from; ;) {
      const run = await this.#call('run', seq);
      if (run === undefined) return;
      yield run.bytes;
      seq = run.lastSeq + 1;
    }
  }

  async space(name: string, format: string, room: number): Promise<OpenedSpace> {
    const space = ++this.#opened;
    let hasBroken!: (error: Error) => void;
    const broken = new Promise<Error>((resolve) => (hasBroken = resolve));
    const { memory, cursor } = await this.#call('openSpace', { space, name, format, room });
    this.#spaces.set(space, { answers: new SpaceAnswers(memory), broken: hasBroken });
    const end = async (isOver: boolean): Promise<void> => {
      // Of a thread that is no more there is nothing to wait for.
      await this.#call('endSpace', space, isOver).catch(() => undefined);
      this.#spaces.delete(space);
    };
    return { memory, cursor, broken, end };
  }

  close(): Promise<void> {
    this.#end ??= this.#close();
    return this.#end;
  }

  async #close(): Promise<void> {
    this.#isClosing = true;
    try {
      await this.#call('close');
    } finally {
      await this.#worker.terminate();
    }
  }

  #call<Name extends keyof StoreCalls>(
    name: Name,
    ...args: Parameters<StoreCalls[Name]>
  ): Promise<ReturnType<StoreCalls[Name]>> {
    return new Promise((resolve, reject) => {
      if (this.#death !== undefined) {
        reject(this.#death);
        return;
      }
      const id = ++this.#calls;
      this.#waiting.set(id, { resolve: resolve as Waiting['resolve'], reject });
      const message: CallMessage = { id, name, args };
      this.#worker.postMessage(message, args.filter(isMemory));
    });
  }

  #receive(message: ThreadMessage): void {
    if ('failed' in message) {
      this.#fail(errorOf(message.failed));
      return;
    }
    if ('brokenSpace' in message) {
      this.#spaces.get(message.brokenSpace)?.broken(errorOf(message.error));
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if ('error' in message) waiting?.reject(errorOf(message.error));
    else waiting?.resolve(message.value);
  }

  /** Its thread has ended. */
  #die(options?: ErrorOptions): void {
    this.#death ??= this.#isClosing
      ? new StoreError('STORE_CLOSED', `store ${this.#path} is closed`)
      : new StoreError('STORE_FAILED', `the thread of store ${this.#path} has ended`, options);
    if (!this.#isClosing) this.#fail(this.#death);
    for (const { reject } of this.#waiting.values()) reject(this.#death);
    this.#waiting.clear();
  }
}

/** A space that is open. */
interface ConnectedSpace {
  readonly answers: SpaceAnswers;
  readonly broken: (error: Error) => void;
}

/** Who waits for the answer to a call. */
interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** What is handed over with a call, and not copied. */
const isMemory = (argument: unknown): argument is ArrayBuffer => argument instanceof ArrayBuffer;

/** Flags of this process are not handed on: they say how a program is started, watched or ended. */
function startThread(): Worker {
  const env = { ...process.env };
  delete env['NODE_OPTIONS'];
  return new Worker(fileBeside(import.meta.url, './thread-entry.js'), {
    name: 'panoptes:store',
    env,
    execArgv: [],
  });
}

function errorOf({ code, message, cause }: SentError): StoreError {
  const options = cause === undefined ? {} : { cause: new Error(cause) };
  return new StoreError(code as StoreErrorCode, message, options);
}
