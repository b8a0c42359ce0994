import { Worker } from 'node:worker_threads';
import {
  type EntryBlock,
  ReplicaError,
  type RunSource,
  type SnapshotRequest,
  type SourceHead,
  type SourceSnapshot,
  StoreCaller,
  StoreError,
  fileBeside,
  isA,
  parseOptions,
  storeThreadOptions,
} from '@panoptes/core';
import { z } from 'zod';
import { StreamHead } from './stream-head.js';
import {
  type StreamServerOptions,
  serverOptions,
  streamServerOptions,
} from './stream-server-options.js';
import type { OpenSourceRequest, SourceCalls } from './thread-messages.js';

/**
 * The stream of a registry as the source of a replica: `createReplica({ source: streamSource({ servers, name }) })`
 * has the peers of the primary that writes there, and every change after that, in the same order with the same
 * seqs. It goes on by itself when its server was gone. It is read on a thread of its own. Nothing is opened
 * before a replica asks; one source is for one replica.
 *
 * @throws {ConfigError} naming the first bad option
 */
export function streamSource(options: StreamServerOptions): RunSource {
  const { name, ...server } = parseOptions(optionsSchema, options, 'the options of streamSource');
  return new StreamSource({ name, server: serverOptions(server) });
}

const optionsSchema = z.strictObject(streamServerOptions);

/** A stream as a replica's thread has it: what comes is read and put together on another. */
class StreamSource implements RunSource {
  readonly #request: OpenSourceRequest;
  readonly #head = new StreamHead(() => this.#calls.call('head'));
  #thread: StoreCaller<SourceCalls> | undefined;

  constructor(request: OpenSourceRequest) {
    this.#request = request;
  }

  async snapshot(asked: SnapshotRequest): Promise<SourceSnapshot> {
    const thread = this.#calls;
    const state = await settled(thread.call('snapshot', asked));
    return { state, entries: () => entriesOf(thread) };
  }

  runs(after: number): AsyncIterable<Uint8Array> {
    return { [Symbol.asyncIterator]: () => new ThreadRuns(this.#calls, after) };
  }

  newest(): SourceHead | undefined {
    return this.#thread && this.#head.look();
  }

  async close(): Promise<void> {
    const thread = this.#thread;
    await thread?.endAfter(() => thread.call('close'));
  }

  /** Its thread, which is started when it is first asked for something. */
  get #calls(): StoreCaller<SourceCalls> {
    if (this.#thread === undefined) {
      this.#thread = new StoreCaller(
        `stream '${this.#request.name}'`,
        startThread(),
        () => undefined,
      );
      // Whatever is called next says what is wrong.
      this.#thread.call('open', this.#request).catch(() => undefined);
    }
    return this.#thread;
  }
}

/** The runs that a thread reads, one of them ahead of who takes them. */
class ThreadRuns implements AsyncIterator<Uint8Array, undefined> {
  readonly #thread: StoreCaller<SourceCalls>;
  #next: Promise<Uint8Array | undefined>;

  constructor(thread: StoreCaller<SourceCalls>, after: number) {
    this.#thread = thread;
    thread.call('follow', after).catch(() => undefined);
    this.#next = this.#ask();
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const value = await this.#next;
    if (value === undefined) return { done: true, value };
    this.#next = this.#ask();
    return { done: false, value };
  }

  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    await settled(this.#thread.call('leave'));
    return { done: true, value: undefined };
  }

  #ask(): Promise<Uint8Array | undefined> {
    const asked = settled(this.#thread.call('run'));
    // Whoever leaves is not told of it.
    asked.catch(() => undefined);
    return asked;
  }
}

/** The entries that a thread reads, a block ahead of who takes them; their memory goes back and forth. */
async function* entriesOf(thread: StoreCaller<SourceCalls>): AsyncGenerator<EntryBlock> {
  const ask = (taken?: ArrayBuffer): Promise<EntryBlock | undefined> => {
    const asked = settled(thread.call('entries', taken));
    asked.catch(() => undefined);
    return asked;
  };
  for (let next = ask(), taken: ArrayBuffer | undefined; ;) {
    const block = await next;
    if (block === undefined) return;
    next = ask(taken);
    yield block;
    taken = block.buffer;
  }
}

/** What a thread answers; that something is kept no more is said as replicas know it. */
async function settled<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (cause) {
    if (!isA(cause, StoreError) || cause.code !== 'STORE_HISTORY_GONE') throw cause;
    throw new ReplicaError('REPLICA_GAP', cause.message, { cause });
  }
}

const startThread = (): Worker =>
  new Worker(
    fileBeside(import.meta.url, './source-entry.js'),
    storeThreadOptions('panoptes:replica'),
  );
