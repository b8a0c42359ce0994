import type { JsMsg } from '@nats-io/jetstream';
import { headers } from '@nats-io/transport-node';
import { systemClock } from '@panoptes/core/follower';
import type { PatientServer } from './patient-server.js';
import { isThere } from './stream-problem.js';
import { keyOf, lostHeader, workNames } from './work-names.js';
import { WorkError, gone, isGone } from './work-error.js';

/** A task that a worker has taken: nobody else gets it while the worker says that it has it. */
export class TakenTask {
  readonly #server: PatientServer;
  readonly #work: string;
  readonly #message: JsMsg;
  #cancel: () => void = () => undefined;
  readonly key: number | undefined;
  /** Bytes of anybody who is let in there. */
  readonly data: Uint8Array;
  /** How many workers had it before, and were not heard of again. */
  readonly lost: number;

  constructor(server: PatientServer, work: string, message: JsMsg, leaseMs: number) {
    this.#server = server;
    this.#work = work;
    this.#message = message;
    this.key = keyOf(message.subject);
    this.data = message.data;
    this.lost = message.info.deliveryCount - 1 + lostBefore(message);
    this.#keep(leaseMs / 3);
  }

  /** The most that a result may have, in bytes. */
  get mostBytes(): number {
    return this.#server.mostBytes;
  }

  /**
   * Says what came of it. It is nobody's then.
   *
   * @throws {WorkError} `WORK_GONE` when the work is finished or was withdrawn, `WORK_TOO_LARGE`
   */
  async finish(result: Uint8Array): Promise<void> {
    if (result.length > this.mostBytes) {
      throw new WorkError(
        'WORK_TOO_LARGE',
        `expected a result of at most ${this.mostBytes} bytes, got ${result.length}; raise max_payload of the server`,
      );
    }
    const { results, resultSubject } = workNames(this.#work);
    try {
      await this.#publish(results, resultSubject(this.key!), result);
      await this.#drop();
    } finally {
      this.#cancel();
    }
  }

  /**
   * Puts it back into the queue, where the next worker finds it. Whoever offers the work would miss it, too.
   *
   * @param signal - ends waiting for servers that are gone
   */
  async giveBack(signal: AbortSignal): Promise<void> {
    const { tasks, taskSubject } = workNames(this.#work);
    await this.#drop();
    await this.#publish(tasks, taskSubject(this.key!), this.data, signal);
  }

  /** Removes it from the queue. Without an answer it comes to another, who does the same. */
  async #drop(): Promise<void> {
    this.#cancel();
    await this.#message.ackAck().catch(() => false);
  }

  async #publish(
    stream: string,
    subject: string,
    data: Uint8Array,
    signal?: AbortSignal,
  ): Promise<void> {
    const lost = headers();
    lost.set(lostHeader, `${this.lost}`);
    const { client, streams } = this.#server.server;
    const publish = async (): Promise<void> => {
      try {
        await client.publish(subject, data, { headers: lost });
      } catch (error) {
        if (isThere(error)) return;
        // Nobody takes it: its server is gone, or its stream.
        await streams.streams.info(stream);
        throw error;
      }
    };
    try {
      await this.#server.ask(stream, 'takes no result', publish, signal);
    } catch (error) {
      throw isGone(error) ? gone(this.#work, error) : error;
    }
  }

  #keep(everyMs: number): void {
    this.#cancel = systemClock.after(everyMs, () => {
      this.#message.working();
      this.#keep(everyMs);
    });
  }
}

/** What was said of it when it was given back. */
function lostBefore({ headers }: JsMsg): number {
  const lost = Number(headers?.get(lostHeader));
  return Number.isSafeInteger(lost) && lost > 0 ? lost : 0;
}
