import { createReadStream } from 'node:fs';
import {
  AckPolicy,
  DiscardPolicy,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream';
import { type ObjectStore, Objm } from '@nats-io/obj';
import { type PatientServer, pause } from './patient-server.js';
import { isMissing, isThere } from './stream-problem.js';
import { WorkError } from './work-error.js';
import { type WorkNames, keyOf, workNames, workersConsumer } from './work-names.js';

/**
 * Work as whoever has it sees it: what workers need lies in a bucket by content hash, tasks wait in a queue, and
 * results come back in a stream. All of it is kept for a week at most, should nobody come for it.
 */
export class WorkOffer {
  readonly #server: PatientServer;
  readonly #names: WorkNames;
  readonly #job: Uint8Array;
  readonly #options: WorkOfferOptions;
  #place = 1;
  #wake: () => void = () => undefined;

  /** Use {@link WorkServer.offer}. */
  constructor(server: PatientServer, id: string, job: Uint8Array, options: WorkOfferOptions) {
    this.#server = server;
    this.#names = workNames(id);
    this.#job = job;
    this.#options = options;
  }

  /** Says what the work is, unless that is there already, and makes room for its results. */
  async begin(): Promise<void> {
    const { results, job, resultSubject } = this.#names;
    await this.#make({
      name: results,
      subjects: [job, resultSubject('*')],
      description: 'What came of the tasks of some work of Panoptes',
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.Old,
    });
    const found = await this.#ask(results, 'cannot be read', () =>
      this.#streams.getMessage(results, { last_by_subj: job }),
    );
    if (found === null) await this.#publish(results, job, this.#job);
  }

  /** Puts files there by their hashes; those that are there already are not sent again. */
  async putFiles(files: readonly OfferedFile[]): Promise<void> {
    const { files: bucket } = this.#names;
    const options = { storage: StorageType.File, replicas: this.#options.replicas, ttl: ageNanos };
    const store = await this.#ask(bucket, 'cannot be made', () =>
      new Objm(this.#server.server.client).create(bucket, options),
    );
    for (const file of files) {
      await this.#ask(bucket, `does not take ${file.hash}`, () => put(store, file));
    }
  }

  /** Puts tasks into the queue; those that wait there, or are under way, stay as they are. */
  async addTasks(tasks: readonly OfferedTask[]): Promise<void> {
    const { tasks: queue, taskSubject } = this.#names;
    await this.#make({
      name: queue,
      subjects: [taskSubject('*')],
      description: 'The tasks of some work of Panoptes, each until a worker has done it',
      retention: RetentionPolicy.Workqueue,
      discard: DiscardPolicy.New,
      discard_new_per_subject: true,
      max_msgs_per_subject: 1,
    });
    await this.#ask(queue, 'cannot be consumed', () =>
      this.#server.server.streams.consumers.add(queue, {
        durable_name: workersConsumer,
        ack_policy: AckPolicy.Explicit,
        ack_wait: this.#options.leaseMs * nanosAMs,
        // A task that ends its workers is told by the one that gets it next.
        max_deliver: -1,
        max_ack_pending: mostUnderWay,
      }),
    );
    const waiting = [...tasks];
    const send = async (): Promise<void> => {
      for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) {
        await this.#publish(queue, taskSubject(task.key), task.data);
      }
    };
    await Promise.all(Array.from({ length: sendersAtATime }, send));
  }

  /** How many tasks wait or are under way; undefined when the queue is not there any more. */
  tasksLeft(): Promise<number | undefined> {
    const { tasks } = this.#names;
    return this.#ask(tasks, 'cannot be looked at', async () => {
      try {
        return (await this.#streams.info(tasks)).state.messages;
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    });
  }

  /** Results that came since the last call, the first ones at first; none when those are all. */
  async takeResults(signal?: AbortSignal): Promise<WorkResult[]> {
    const { results, resultSubject } = this.#names;
    const taken: WorkResult[] = [];
    while (taken.length < mostResults) {
      const query = { seq: this.#place, next_by_subj: resultSubject('*') };
      const look = () => this.#streams.getMessage(results, query);
      const found = await this.#ask(results, 'cannot be read', look, signal);
      if (found === null) break;
      this.#place = found.seq + 1;
      const key = keyOf(found.subject);
      if (key !== undefined) taken.push({ key, data: found.data });
    }
    return taken;
  }

  /** Waits until a result comes, but no longer than so many milliseconds. */
  async nextResult(limitMs: number, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    await pause(limitMs, AbortSignal.any([woken.signal, signal]));
  }

  /**
   * Calls `told` with what each worker says of itself, as it comes: bytes of anybody who is let in there.
   *
   * @returns ends that
   */
  watch(told: (presence: Uint8Array) => void): () => void {
    const { connection } = this.#server.server;
    const { workers, resultSubject } = this.#names;
    const subscriptions = [
      connection.subscribe(workers, { callback: (_, { data }) => told(data) }),
      connection.subscribe(resultSubject('*'), { callback: () => this.#wake() }),
    ];
    return () => subscriptions.forEach((subscription) => subscription.unsubscribe());
  }

  /** Takes all tasks back. What is under way is finished; its results stay. */
  async withdraw(signal?: AbortSignal): Promise<void> {
    await this.#remove(this.#names.tasks, signal);
  }

  /** Leaves nothing on the servers. */
  async remove(signal?: AbortSignal): Promise<void> {
    const { tasks, results, files } = this.#names;
    for (const stream of [tasks, results, `OBJ_${files}`]) await this.#remove(stream, signal);
    this.#place = 1;
  }

  get #streams(): PatientServer['server']['streams']['streams'] {
    return this.#server.server.streams.streams;
  }

  #ask<Answer>(
    name: string,
    doing: string,
    work: () => Promise<Answer>,
    signal = this.#options.signal,
  ): Promise<Answer> {
    return this.#server.ask(name, doing, work, signal);
  }

  async #make(config: Partial<StreamConfig> & { readonly name: string }): Promise<void> {
    await this.#ask(config.name, 'cannot be made', async () => {
      try {
        await this.#streams.info(config.name);
      } catch (error) {
        if (!isMissing(error)) throw error;
        await this.#streams.add({
          ...config,
          storage: StorageType.File,
          num_replicas: this.#options.replicas,
          max_age: ageNanos,
        });
      }
    });
  }

  async #remove(stream: string, signal?: AbortSignal): Promise<void> {
    const remove = async (): Promise<void> => {
      try {
        await this.#streams.delete(stream);
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
    };
    await this.#ask(stream, 'cannot be removed', remove, signal);
  }

  /** Sends a message to a stream; one that has its place already stays as it is. */
  async #publish(stream: string, subject: string, data: Uint8Array): Promise<void> {
    const most = this.#server.mostBytes;
    if (data.length > most) {
      throw new WorkError(
        'WORK_TOO_LARGE',
        `stream ${stream}: expected messages of at most ${most} bytes, got ${data.length}; ` +
          'raise max_payload of the server',
      );
    }
    await this.#ask(stream, 'takes no more', async () => {
      try {
        await this.#server.server.client.publish(subject, data);
      } catch (error) {
        if (!isThere(error)) throw error;
      }
    });
  }
}

/** How work is kept. */
export interface WorkOfferOptions {
  /** How long a worker may be silent before its task is given to another, in milliseconds. */
  readonly leaseMs: number;
  /** On how many servers it is kept. */
  readonly replicas: number;
  /** Ends waiting for a server that is gone. */
  readonly signal?: AbortSignal | undefined;
}

/** A file that workers need. */
export interface OfferedFile {
  /** Of its content: SHA-256 in hexadecimal digits. */
  readonly hash: string;
  /** Where it is, or what it is. */
  readonly content: string | Uint8Array;
}

/** Something to be done once, by its key among all tasks of the work. */
export interface OfferedTask {
  readonly key: number;
  readonly data: Uint8Array;
}

/** What came of a task: bytes of anybody who is let in there. */
export interface WorkResult {
  readonly key: number;
  readonly data: Uint8Array;
}

async function put(store: ObjectStore, { hash, content }: OfferedFile): Promise<void> {
  const found = await store.info(hash);
  if (found !== null && !found.deleted) return;
  const chunks = typeof content === 'string' ? createReadStream(content) : [content];
  const stream = ReadableStream.from<Uint8Array>(chunks);
  await store.put({ name: hash, options: { max_chunk_size: chunkBytes } }, stream, {
    timeout: chunkMs,
  });
}

const nanosAMs = 1_000_000;
/** After a week nobody comes back for it. */
const ageNanos = 7 * 86_400_000 * nanosAMs;
/** As many slots as all workers of one sweep may have. */
const mostUnderWay = 10_000;
const sendersAtATime = 32;
const mostResults = 64;
/** Of one message; a server takes a MiB unless it was told otherwise. */
const chunkBytes = 512 * 1024;
const chunkMs = 10_000;
