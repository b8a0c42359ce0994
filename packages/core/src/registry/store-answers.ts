import { isA, messageOf } from '../error-of.js';
import { PanoptesError } from '../errors.js';
import type { CallMessage, SentError, ThreadMessage } from './store-messages.js';

/**
 * The calls of a registry's thread, answered on that of its store.
 *
 * @param port - to the registry's thread; that somebody listens to it keeps this thread alive while it sleeps
 */
export class StoreAnswers {
  readonly #port: StorePort;

  constructor(port: StorePort) {
    this.#port = port;
  }

  /** Begins to answer calls, each with the method of its name. */
  begin(store: object): void {
    const methods = store as Record<string, (...given: readonly unknown[]) => Promise<unknown>>;
    this.#port.on('message', ({ id, name, args }: CallMessage) => {
      methods[name]!(...args).then(
        (value) => this.#send({ id, value }, buffersIn(value)),
        (error: unknown) => this.#send({ id, error: sentOf(error) }),
      );
    });
  }

  /** Says that the store cannot follow the log any more. */
  failed(error: Error): void {
    this.#send({ failed: sentOf(error) });
  }

  /** Tells what its kind of store tells unasked. */
  tell(told: unknown): void {
    this.#send({ told });
  }

  #send(message: ThreadMessage, transfer: ArrayBuffer[] = []): void {
    this.#port.postMessage(message, transfer);
  }
}

/** What a store's thread has of the port to the registry's. */
export interface StorePort {
  on(event: 'message', receive: (message: CallMessage) => void): unknown;
  postMessage(message: ThreadMessage, transfer: ArrayBuffer[]): void;
}

/** An error as it is sent. */
export function sentOf(error: unknown): SentError {
  const { cause } = error as { cause?: unknown };
  return {
    code: isA(error, PanoptesError) ? error.code : 'STORE_FAILED',
    message: messageOf(error),
    cause: cause === undefined ? undefined : messageOf(cause),
  };
}

/** Memory that is handed over, and not copied. */
function buffersIn(value: unknown): ArrayBuffer[] {
  const { buffer } = (value ?? {}) as { buffer?: unknown };
  return buffer instanceof ArrayBuffer ? [buffer] : [];
}
