import type { Writable } from 'node:stream';
import type { MemoryUse } from '@panoptes/core/observer';
import { packError } from '../../runtime/control-errors.js';
import { packJson } from '../../runtime/json-message.js';
import { maxAnswerBytes } from '../../runtime/line-message.js';
import { ReplyKind, encodeFrame } from '../frames.js';
import type { AnswerMessage, FailureMessage } from '../process-messages.js';

/** What an observer in this process sends to the registry, until it has ended. */
export class ReplyChannel {
  readonly #pipe: Writable;
  readonly #channel: number;
  #isClosed = false;

  constructor(pipe: Writable, channel: number) {
    this.#pipe = pipe;
    this.#channel = channel;
  }

  /** Sends a frame; nothing after `ended`. */
  send(kind: ReplyKind, ...payload: readonly Uint8Array[]): void {
    if (this.#isClosed) return;
    this.#isClosed = kind === ReplyKind.ended;
    const frame = encodeFrame(this.#channel, kind, ...payload);
    if (frame.length > 1) this.#pipe.cork();
    for (const piece of frame) this.#pipe.write(piece);
    if (frame.length > 1) this.#pipe.uncork();
  }

  /** What is sent before the running code comes to its end goes out together. */
  gather(): void {
    const pipe = this.#pipe;
    pipe.cork();
    process.nextTick(() => pipe.uncork());
  }

  /** Answers a call with what a promise gives, or what it rejects with. */
  answer(id: number, answer: Promise<unknown>): void {
    this.#settle(id, answer, (value) => {
      const message: AnswerMessage = { value };
      this.send(ReplyKind.answer, wordOf(id), packJson(message, 'an answer', maxAnswerBytes));
    });
  }

  /** Answers a call likewise, with what is encoded already. */
  payload(id: number, answer: Promise<Uint8Array>): void {
    this.#settle(id, answer, (bytes) => this.send(ReplyKind.payload, wordOf(id), bytes));
  }

  /** Says that what came next is done. */
  handled(seq: number, durationMs: number, { heapBytes, externalBytes }: MemoryUse): void {
    const numbers = Float64Array.of(seq, durationMs, heapBytes, externalBytes);
    this.send(ReplyKind.handled, new Uint8Array(numbers.buffer));
  }

  /** Says what a handler has failed with. */
  failed(thrown: unknown, seq: number | undefined): void {
    const message: FailureMessage = { error: packError(thrown), seq };
    this.send(ReplyKind.failed, packJson(message, 'a failure', maxAnswerBytes));
  }

  #settle<T>(id: number, answer: Promise<T>, send: (value: T) => void): void {
    const refuse = (thrown: unknown): void => {
      const message: AnswerMessage = { error: packError(thrown) };
      this.send(ReplyKind.answer, wordOf(id), packJson(message, 'an error', maxAnswerBytes));
    };
    // What cannot be sent is refused like what was thrown.
    answer.then(send).catch(refuse);
  }
}

/** A number of 32 bits, as it stands before what it is of. */
export function wordOf(number: number): Buffer {
  const word = Buffer.alloc(4);
  word.writeUInt32LE(number);
  return word;
}
