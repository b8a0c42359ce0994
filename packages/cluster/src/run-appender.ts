import { isDeepStrictEqual } from 'node:util';
import { RegistryFencedError, StoreError, systemClock } from '@panoptes/core/follower';
import { type StreamMessage, expectedLastSequence, headersOf } from './run-headers.js';
import type { RunStream } from './run-stream.js';
import { isFull, streamProblem } from './stream-problem.js';

/**
 * Appends messages to a stream, many under way at a time, each behind the one before it and behind nothing
 * else: a message that is refused takes along all that were sent after it.
 *
 * When an answer is missing, or says that another message is in the place, the stream itself is asked what it
 * has. A message has the same place and the same bytes however often it is sent, so what has arrived is known
 * by its headers, and what is still on its way from before can do no harm: it finds its place taken by itself.
 * Another's message in a place means that another writes by now.
 */
export class RunAppender {
  /** Resolves when it cannot append any more. */
  readonly failed: Promise<Error>;
  readonly #stream: RunStream;
  readonly #arrived: (sent: SentMessage) => void;
  readonly #limits: AppendLimits;
  /** Under way, in order. */
  #sent: SentMessage[] = [];
  #bytes = 0;
  /** The last place of which it is known that it is filled with its own message, or one before its epoch. */
  #place: number;
  #isLooking = false;
  /** Counts how often all were sent again. */
  #round = 0;
  #failure: Error | undefined;
  #failed!: (error: Error) => void;
  #changed: () => void = () => undefined;
  #change!: Promise<void>;

  /**
   * @param place - of the epoch's first message
   * @param arrived - called for each message that the stream has, in order
   */
  constructor(
    stream: RunStream,
    place: number,
    limits: AppendLimits,
    arrived: (sent: SentMessage) => void,
  ) {
    this.#stream = stream;
    this.#place = place;
    this.#limits = limits;
    this.#arrived = arrived;
    this.failed = new Promise((resolve) => (this.#failed = resolve));
    this.#arm();
  }

  /** Up to where the stream has what was appended. */
  get place(): number {
    return this.#place;
  }

  /** Whether one more message may be appended. */
  get hasRoom(): boolean {
    const { outstandingBytes, outstandingMessages } = this.#limits;
    return this.#sent.length < outstandingMessages && this.#bytes < outstandingBytes;
  }

  /**
   * Appends a message, without waiting for it.
   *
   * @throws what keeps it from appending
   */
  append(message: StreamMessage, data: Uint8Array): void {
    if (this.#failure !== undefined) throw this.#failure;
    const place = this.#place + this.#sent.length + 1;
    const sent: SentMessage = { place, message, data, at: systemClock.monotonic() };
    this.#sent.push(sent);
    this.#bytes += data.length;
    if (!this.#isLooking) this.#send(sent);
  }

  /**
   * Resolves when one more may be appended, or, with `isAll`, when all have arrived.
   *
   * @throws {RegistryFencedError | StoreError} when it cannot append any more
   */
  async room(isAll = false): Promise<void> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      if (isAll ? this.#sent.length === 0 : this.hasRoom) return;
      await this.#change;
    }
  }

  /** Has it look what the stream has, and whether another writes by now. */
  check(): void {
    this.#look();
  }

  /** Sends nothing any more. */
  stop(reason: Error): void {
    this.#fail(reason);
  }

  #send({ place, message, data }: SentMessage): void {
    const headers = headersOf(message);
    headers.set(expectedLastSequence, `${place - 1}`);
    const { client } = this.#stream.server;
    const round = this.#round;
    // Of one that has arrived, or was sent again since, no answer says anything.
    const isOver = (): boolean => place <= this.#place || round !== this.#round;
    client.publish(this.#stream.names.subject, data, { headers, timeout: ackMs }).then(
      ({ seq }) => {
        if (seq === place) this.#has(place);
        else if (!isOver()) this.#look();
      },
      (error: unknown) => {
        if (isOver()) return;
        if (isFull(error))
          this.#fail(streamProblem(this.#stream.names.stream, 'takes no more', error));
        else this.#look();
      },
    );
  }

  /** The stream has all up to a place. */
  #has(place: number): void {
    let count = 0;
    while (count < this.#sent.length && this.#sent[count]!.place <= place) {
      const sent = this.#sent[count++]!;
      this.#bytes -= sent.data.length;
      this.#place = sent.place;
      this.#arrived(sent);
    }
    if (count === 0) return;
    this.#sent.splice(0, count);
    this.#tell();
  }

  /** Asks the stream what it has, until it answers; then sends what it does not have. */
  #look(): void {
    if (this.#isLooking || this.#failure !== undefined) return;
    this.#isLooking = true;
    void this.#lookUp().then(() => {
      this.#isLooking = false;
      if (this.#failure !== undefined) return;
      this.#round++;
      for (const sent of this.#sent) this.#send(sent);
    });
  }

  async #lookUp(): Promise<void> {
    let shortSince: number | undefined;
    for (
      let waitMs = 0;
      this.#failure === undefined;
      waitMs = Math.min(2 * waitMs + shortestMs, longestMs)
    ) {
      if (waitMs > 0) await pause(waitMs);
      try {
        const { last } = await this.#stream.ends();
        if (last < this.#place) {
          // A server that has come back, or leads since a moment ago, may have to read what others have.
          shortSince ??= systemClock.monotonic();
          if (systemClock.monotonic() - shortSince > patienceMs)
            this.#fail(lost(this.#place, last));
          continue;
        }
        if (last > this.#place && !(await this.#isOwn(last))) this.#fail(fenced(last));
        else this.#has(last);
        return;
      } catch {
        // The server does not answer: what is under way waits, and who has given it has limits.
      }
    }
  }

  /** Whether the message in a place is the one that was sent to be there. */
  async #isOwn(place: number): Promise<boolean> {
    const sent = this.#sent.find((one) => one.place === place);
    if (sent === undefined) return false;
    const found = await this.#stream.message(place);
    if (found === undefined)
      throw new Error('the stream says that it has a message, and does not give it');
    return isDeepStrictEqual(found.message, sent.message);
  }

  #fail(error: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#failed(error);
    this.#tell();
  }

  #tell(): void {
    this.#changed();
    this.#arm();
  }

  #arm(): void {
    this.#change = new Promise((resolve) => (this.#changed = resolve));
  }
}

/** How much may be under way. */
export interface AppendLimits {
  readonly outstandingBytes: number;
  readonly outstandingMessages: number;
}

/** A message that is under way. */
export interface SentMessage {
  readonly place: number;
  readonly message: StreamMessage;
  readonly data: Uint8Array;
  /** When it was appended, on the monotonic clock. */
  readonly at: number;
}

const fenced = (place: number): RegistryFencedError =>
  new RegistryFencedError(
    `another member writes for this registry since message ${place} of its stream: this one was taken for gone, and ` +
      'commits nothing any more; whether what it waited for was committed before, the other knows',
  );

const lost = (had: number, has: number): StoreError =>
  new StoreError(
    'STORE_CORRUPT',
    `the stream ends at message ${has}, where it had acknowledged ${had}: its server has lost some; restore it, or ` +
      'open the registry as it is now',
  );

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => void systemClock.after(ms, resolve));

/** An answer that has not come by then is looked for in the stream. */
const ackMs = 5_000;
const shortestMs = 50;
const longestMs = 1_000;
/** For so long a stream may end before what it has acknowledged. */
const patienceMs = 10_000;
