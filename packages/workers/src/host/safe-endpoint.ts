import type { Worker } from 'node:worker_threads';
import { inMicrotask } from '@panoptes/core';
import type { Endpoint } from 'comlink';
import { type ErrorMessage, packError } from '../runtime/control-errors.js';

/** What Comlink listens with; its own types are those of browsers. */
type Listener =
  ((event: { data: unknown }) => void) | { handleEvent(event: { data: unknown }): void };

/**
 * Comlink's end of a worker, made safe. Comlink keeps a call pending for ever when the thread dies,
 * and believes every message; this endpoint remembers the calls that wait for an answer, answers
 * them with an error when the thread has ended, and lets nothing through but answers to them.
 */
export class SafeEndpoint implements Endpoint {
  readonly #worker: Worker;
  readonly #waiting = new Set<string>();
  readonly #listeners = new Set<Listener>();
  #ended: ErrorMessage | undefined;
  #dropped = 0;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (message: unknown) => this.#receive(message));
  }

  /** Messages from the worker that were no answers, and went nowhere. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Fails all calls that wait, and all that come. */
  end(error: Error): void {
    this.#ended ??= packError(error);
    for (const id of [...this.#waiting]) this.#fail(id, this.#ended);
  }

  postMessage(message: { id?: string }, transfer?: Parameters<Endpoint['postMessage']>[1]): void {
    const { id } = message;
    if (id !== undefined) this.#waiting.add(id);
    if (this.#ended !== undefined) {
      if (id !== undefined) this.#fail(id, this.#ended);
      return;
    }
    try {
      this.#worker.postMessage(message, transfer as never);
    } catch (error) {
      if (id === undefined) throw error;
      this.#fail(id, packError(error));
    }
  }

  addEventListener(_type: string, listener: Listener): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_type: string, listener: Listener): void {
    this.#listeners.delete(listener);
  }

  #fail(id: string, value: ErrorMessage): void {
    if (!this.#waiting.delete(id)) return;
    // Later: Comlink listens for the answer only after it has sent the call.
    inMicrotask(() => this.#deliver({ id, type: 'HANDLER', name: 'throw', value }));
  }

  #receive(message: unknown): void {
    if (isAnswer(message) && this.#waiting.delete(message.id)) this.#deliver(message);
    else this.#dropped++;
  }

  #deliver(data: unknown): void {
    const event = { data };
    for (const listener of [...this.#listeners]) {
      if (typeof listener === 'function') listener(event);
      else listener.handleEvent(event);
    }
  }
}

/** An answer is plain data or a thrown error; Comlink's proxies and ports are not let in. */
function isAnswer(message: unknown): message is { id: string } {
  if (typeof message !== 'object' || message === null) return false;
  const { id, type, name } = message as Readonly<Record<string, unknown>>;
  return typeof id === 'string' && (type === 'RAW' || (type === 'HANDLER' && name === 'throw'));
}
