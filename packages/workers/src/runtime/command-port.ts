import type { MessagePort } from 'node:worker_threads';
import type { CommandGate } from '@panoptes/core/observer';
import { packError, type ErrorMessage } from './control-errors.js';
import type { SendCommand } from './command-sender.js';

interface Question {
  readonly id: number;
  readonly command: unknown;
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: ErrorMessage;
}

/** The observer's end of its line to the registry. */
export function sendOver(port: MessagePort): SendCommand {
  const waiting = new Map<
    number,
    { resolve: (result: unknown) => void; reject: (error: unknown) => void }
  >();
  let last = 0;
  port.on('message', ({ id, result, error }: Answer) => {
    const call = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) call?.resolve(result);
    else call?.reject(error);
  });
  return (command) =>
    new Promise((resolve, reject) => {
      const id = ++last;
      // Throws here when an argument cannot be sent.
      port.postMessage({ id, command } satisfies Question);
      waiting.set(id, { resolve, reject });
    });
}

/** The registry's end: hands commands in and sends back what comes of them. */
export function answerOver(port: MessagePort, gate: CommandGate): void {
  let last = 0;
  port.on('message', (message: unknown) => {
    const { id, command } = (message ?? {}) as Partial<Question>;
    if (typeof id !== 'number') return;
    last = id;
    const answer = (rest: Omit<Answer, 'id'>): void => port.postMessage({ id, ...rest });
    gate.take(command).then(
      (result) => answer({ result }),
      (error: unknown) => answer({ error: packError(error) }),
    );
  });
  // Some data can be sent and not be read. Questions are numbered and keep their order: it is the next.
  port.on('messageerror', (error: Error) => {
    port.postMessage({ id: ++last, error: packError(error) } satisfies Answer);
  });
  // The line alone keeps no process alive; the thread at its other end does.
  port.unref();
}
