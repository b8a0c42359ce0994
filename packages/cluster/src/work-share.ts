import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Consumer } from '@nats-io/jetstream';
import { Objm } from '@nats-io/obj';
import type { PatientServer } from './patient-server.js';
import { TakenTask } from './taken-task.js';
import { WorkError, gone, isGone } from './work-error.js';
import { type WorkNames, workNames, workersConsumer } from './work-names.js';

/** Work as a worker sees it: what it is, its files, and its tasks one by one. */
export class WorkShare {
  readonly #server: PatientServer;
  readonly #names: WorkNames;
  readonly #consumer: Consumer;
  /** How long this may be silent before a task is given to another. */
  readonly #leaseMs: number;
  readonly id: string;
  /** Says what the work is: bytes of anybody who is let in there. */
  readonly job: Uint8Array;

  private constructor(
    server: PatientServer,
    { id, job, consumer, leaseMs }: Pick<WorkShare, 'id' | 'job'> & ShareParts,
  ) {
    this.#server = server;
    this.#names = workNames(id);
    this.#consumer = consumer;
    this.#leaseMs = leaseMs;
    this.id = id;
    this.job = job;
  }

  /** Use {@link WorkServer.join}. */
  static async join(server: PatientServer, id: string, signal?: AbortSignal): Promise<WorkShare> {
    const { tasks, results, job } = workNames(id);
    const { client, streams } = server.server;
    try {
      return await server.ask(
        tasks,
        'cannot be joined',
        async () => {
          const said = await streams.streams.getMessage(results, { last_by_subj: job });
          if (said === null) throw gone(id);
          const consumer = await client.consumers.get(tasks, workersConsumer);
          const { config } = await consumer.info(true);
          const leaseMs = (config.ack_wait ?? 0) / nanosAMs;
          return new WorkShare(server, { id, job: said.data, consumer, leaseMs });
        },
        signal,
      );
    } catch (error) {
      throw isGone(error) ? gone(id, error) : error;
    }
  }

  /**
   * Takes a task, or waits a second for one.
   *
   * @returns undefined when none came
   * @throws {WorkError} `WORK_GONE` when the work is finished or was withdrawn
   */
  async take(signal: AbortSignal): Promise<TakenTask | undefined> {
    const { tasks } = this.#names;
    const take = async (): Promise<TakenTask | undefined> => {
      try {
        const message = await this.#consumer.next({ expires: waitMs });
        if (message === null) return undefined;
        return new TakenTask(this.#server, this.id, message, this.#leaseMs);
      } catch (error) {
        // What the client says of a queue that was removed meanwhile depends on when that was.
        await this.#consumer.info();
        throw error;
      }
    };
    try {
      return await this.#server.ask(tasks, 'gives no task', take, signal);
    } catch (error) {
      throw isGone(error) ? gone(this.id, error) : error;
    }
  }

  /**
   * Fetches a file, as long as it is what it should be; nothing else is left at the path.
   *
   * @param hash - of its content
   * @param bytes - its length
   * @throws {WorkError} `WORK_FILE` when it is not there, or has another content
   */
  async fetchFile(hash: string, bytes: number, path: string, signal?: AbortSignal): Promise<void> {
    const { files } = this.#names;
    const fetch = async (): Promise<void> => {
      const store = await new Objm(this.#server.server.client).open(files);
      const found = await store.get(hash);
      if (found === null) throw wrongFile(hash, 'is not there');
      // The stream of its data says the same.
      found.error.catch(() => undefined);
      const digest = createHash('sha256');
      let length = 0;
      await pipeline(
        found.data,
        async function* (chunks: AsyncIterable<Uint8Array>) {
          for await (const chunk of chunks) {
            length += chunk.length;
            if (length > bytes) throw wrongFile(hash, `has more than ${bytes} bytes`);
            digest.update(chunk);
            yield chunk;
          }
        },
        createWriteStream(path),
      );
      const got = digest.digest('hex');
      if (got !== hash) throw wrongFile(hash, `has hash ${got}`);
    };
    await this.#server.ask(files, `does not give ${hash}`, fetch, signal);
  }

  /** Says how this worker is, to whoever offers the work; nobody else hears it, and nothing keeps it. */
  tell(presence: Uint8Array): void {
    this.#server.server.connection.publish(this.#names.workers, presence);
  }
}

interface ShareParts {
  readonly consumer: Consumer;
  readonly leaseMs: number;
}

const wrongFile = (hash: string, problem: string): WorkError =>
  new WorkError(
    'WORK_FILE',
    `file ${hash} ${problem}: expected the content that its hash says; who else writes there?`,
  );

const nanosAMs = 1_000_000;
/** As short as the client takes. */
const waitMs = 1_000;
