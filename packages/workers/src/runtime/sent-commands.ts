import type { SendCommand } from './command-sender.js';
import type { ErrorMessage } from './control-errors.js';
import { packJson } from './json-message.js';

/** Commands of an incarnation that were sent to the registry's process or thread, until their outcomes come. */
export class SentCommands {
  readonly #post: (id: number, command: Buffer) => void;
  readonly #waiting = new Map<
    number,
    { resolve: (result: unknown) => void; reject: (error: unknown) => void }
  >();
  #lastId = 0;

  /** @param post - sends the bytes of a command under a number, a u32 */
  constructor(post: (id: number, command: Buffer) => void) {
    this.#post = post;
  }

  /** Sends a command. Rejects as `packJson` throws when it cannot be sent. */
  readonly send: SendCommand = (command) =>
    new Promise((resolve, reject) => {
      const bytes = packJson(command, 'a command', maxCommandBytes);
      const id = (this.#lastId = (this.#lastId + 1) % 2 ** 32);
      this.#post(id, bytes);
      this.#waiting.set(id, { resolve, reject });
    });

  /** Takes the outcome of one. */
  settle({ id, result, error }: CommandOutcome): void {
    const call = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) call?.resolve(result);
    else call?.reject(error);
  }
}

/** The outcome of the command of that number. */
export interface CommandOutcome {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: ErrorMessage;
}

/** Longest command of an observer's own, in bytes; that of the largest entry takes less. */
export const maxCommandBytes = 512 * 1024;
