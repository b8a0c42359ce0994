import { parentPort } from 'node:worker_threads';
import { isA, messageOf, PanoptesError } from '@panoptes/core/follower';
import { StoreThread } from './store-thread.js';
import type { CallMessage, SentError, ThreadMessage } from './thread-messages.js';

const port = parentPort!;
const send = (message: ThreadMessage, transfer: ArrayBuffer[] = []): void =>
  port.postMessage(message, transfer);
const store = new StoreThread({
  failed: (error) => send({ failed: sentOf(error) }),
  brokenSpace: (space, error) => send({ brokenSpace: space, error: sentOf(error) }),
});

// It keeps this thread alive while the reader sleeps.
port.on('message', ({ id, name, args }: CallMessage) => {
  const call = store[name].bind(store) as (...given: readonly unknown[]) => Promise<unknown>;
  call(...args).then(
    (value) => send({ id, value }, buffersIn(value)),
    (error: unknown) => send({ id, error: sentOf(error) }),
  );
});

/** Memory that is handed over, and not copied. */
function buffersIn(value: unknown): ArrayBuffer[] {
  const { buffer } = (value ?? {}) as { buffer?: unknown };
  return buffer instanceof ArrayBuffer ? [buffer] : [];
}

function sentOf(error: unknown): SentError {
  const { cause } = error as { cause?: unknown };
  return {
    code: isA(error, PanoptesError) ? error.code : 'STORE_FAILED',
    message: messageOf(error),
    cause: cause === undefined ? undefined : messageOf(cause),
  };
}
