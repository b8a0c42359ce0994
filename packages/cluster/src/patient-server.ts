import { JetStreamApiError } from '@nats-io/jetstream';
import { errors } from '@nats-io/transport-node';
import { isA, systemClock } from '@panoptes/core/follower';
import type { ServerConnection } from './server-connection.js';
import { streamProblem } from './stream-problem.js';

/**
 * A server that may be gone for a while: what is asked of it is asked again until it answers. What is asked must
 * be the same when it was done twice.
 */
export class PatientServer {
  #isAway = false;
  #mostBytes: number;
  #told: (isAway: boolean) => void = () => undefined;

  constructor(readonly server: ServerConnection) {
    this.#mostBytes = server.connection.info!.max_payload;
  }

  /** The most that a message there may have, in bytes; of a server that is gone, what it was. */
  get mostBytes(): number {
    return (this.#mostBytes = this.server.connection.info?.max_payload ?? this.#mostBytes);
  }

  /** Says from now on when the server does not answer, and when it does again. */
  set onAway(told: (isAway: boolean) => void) {
    this.#told = told;
  }

  /**
   * Does something there.
   *
   * @param name - of the stream or bucket that it is about
   * @param doing - what was not done if it fails, as in `cannot be opened`
   * @throws {PanoptesError} when it fails for another reason than that the server is gone
   * @throws the signal's reason when that was aborted before the server was back
   */
  async ask<Answer>(
    name: string,
    doing: string,
    work: () => Promise<Answer>,
    signal?: AbortSignal,
  ): Promise<Answer> {
    for (;;) {
      signal?.throwIfAborted();
      try {
        const answer = await work();
        this.#tell(false);
        return answer;
      } catch (error) {
        if (this.server.connection.isClosed() || !isPassing(error)) {
          throw streamProblem(name, doing, error);
        }
        this.#tell(true);
      }
      await pause(againMs, signal);
    }
  }

  #tell(isAway: boolean): void {
    if (isAway === this.#isAway) return;
    this.#isAway = isAway;
    this.#told(isAway);
  }
}

/** Waits, no longer than until the signal is aborted. */
export const pause = (delayMs: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const cancel = systemClock.after(delayMs, end);
    signal?.addEventListener('abort', end);
    if (signal?.aborted === true) end();
  });

const againMs = 500;

/** Whether the server may do it when it is asked again. */
const isPassing = (error: unknown): boolean =>
  passing.some((kind) => isA(error, kind)) ||
  (isA(error, Error) && passingNames.has(error.name)) ||
  (isA(error, JetStreamApiError) && passingCodes.has(error.code));

const passing = [
  errors.ConnectionError,
  errors.TimeoutError,
  errors.NoRespondersError,
  errors.RequestError,
];
// Their classes are not exported: a server that has just started has no JetStream yet.
const passingNames = new Set(['JetStreamNotEnabled', 'JetStreamNotAvailable']);
/** A cluster without a leader for now, and a stream that is not back yet. */
const passingCodes = new Set([10_008, 10_009]);
