import type { CallKind } from '../frames.js';
import type { ErrorMessage } from '../../runtime/control-errors.js';
import { unpackJson } from '../../runtime/json-message.js';

/** The calls that wait for an answer of an observer's process. */
export class ChannelCalls {
  readonly #send: (kind: CallKind, ...payload: readonly Uint8Array[]) => unknown;
  readonly #waiting = new Map<number, WaitingCall>();
  #lastId = 0;

  constructor(send: (kind: CallKind, ...payload: readonly Uint8Array[]) => unknown) {
    this.#send = send;
  }

  /** Whether anything is waited for. */
  get isWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /**
   * Calls.
   *
   * @param head - stands before the rest, with its length, if there is a rest
   * @returns what `answer` brings: a value, or bytes when those are asked for
   * @throws {RelayedError} what the process answers instead
   */
  call(
    kind: CallKind,
    wants: 'value' | 'bytes',
    head: Uint8Array,
    rest?: Uint8Array,
  ): Promise<unknown> {
    const id = (this.#lastId = (this.#lastId + 1) >>> 0);
    const numbers = Buffer.alloc(rest === undefined ? 4 : 8);
    numbers.writeUInt32LE(id, 0);
    if (rest !== undefined) numbers.writeUInt32LE(head.length, 4);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { wants, resolve, reject });
      this.#send(kind, numbers, head, ...(rest === undefined ? [] : [rest]));
    });
  }

  /** @throws {Error} when it is no answer to what waits */
  answer(payload: Buffer): void {
    const { wants, resolve, reject } = this.#take(payload);
    const message = unpackJson(payload.subarray(4), 'an answer');
    if (typeof message !== 'object' || message === null) throw new Error('an answer that is none');
    const { value, error } = message as Readonly<Record<string, unknown>>;
    if (error !== undefined) reject(new RelayedError(error as ErrorMessage));
    else if (wants === 'value') resolve(value);
    else throw new Error('a value in place of bytes');
  }

  /** @throws {Error} when it is no answer to what waits */
  payload(payload: Buffer): void {
    const { wants, resolve } = this.#take(payload);
    if (wants !== 'bytes') throw new Error('bytes in place of a value');
    resolve(payload.subarray(4));
  }

  #take(payload: Buffer): WaitingCall {
    const id = payload.length < 4 ? 0 : payload.readUInt32LE(0);
    const call = this.#waiting.get(id);
    if (call === undefined) throw new Error('an answer to what nobody asked');
    this.#waiting.delete(id);
    return call;
  }
}

/** What an observer's process failed with, as it came: whoever reads it trusts nothing in it. */
export class RelayedError extends Error {
  readonly failure: ErrorMessage;

  constructor(failure: ErrorMessage) {
    super('an observer has failed');
    this.failure = failure;
  }
}

interface WaitingCall {
  readonly wants: 'value' | 'bytes';
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}
