import { MessagePort, parentPort } from 'node:worker_threads';
import type { HealthBoard } from '@panoptes/core/observer';

/** The parts of a writable stream's `write` that its callers use. */
type Write = (chunk: unknown, encodingOrDone?: unknown, done?: unknown) => boolean;

/**
 * Cuts an observer's thread off from the main thread, but for Comlink's answers: what it prints goes
 * to its board, where it is read when there is time, and messages of its own go nowhere and are
 * counted. Both would otherwise be delivered on the main thread one by one, and a flood of them would
 * keep that busy even after this thread has been terminated.
 *
 * To be called before any code of the observer is loaded, and after Comlink was given the port: it
 * has bound the port's own method.
 */
export function contain(health: HealthBoard): void {
  for (const stream of ['stdout', 'stderr'] as const) {
    const write: Write = (chunk, encodingOrDone, done) => {
      health.output.write(stream, textOf(chunk));
      // At once: put off, a loop that prints would pile them up.
      const written = typeof encodingOrDone === 'function' ? encodingOrDone : done;
      if (typeof written === 'function') (written as (error: null) => void)(null);
      return true;
    };
    // `console` looks the streams up when it prints.
    process[stream].write = write;
  }
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called on the port it was called on
  const { postMessage } = MessagePort.prototype;
  MessagePort.prototype.postMessage = function (this: MessagePort, ...message) {
    if (this === parentPort) health.noteMessage();
    else postMessage.apply(this, message);
  };
}

const textOf = (chunk: unknown): string =>
  chunk instanceof Uint8Array ? Buffer.from(chunk).toString() : String(chunk);
