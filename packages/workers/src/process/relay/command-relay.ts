import type { ObserverCommand } from '@panoptes/core/observer';
import type { SendCommand } from '../../runtime/command-sender.js';
import { packError } from '../../runtime/control-errors.js';
import { packJson, unpackJson } from '../../runtime/json-message.js';

/** Brings commands of an observer in another process to the registry, and their outcomes back. */
export class CommandRelay {
  readonly #send: SendCommand;
  readonly #most: number;
  readonly #tell: (...outcome: readonly Uint8Array[]) => Promise<void> | undefined;
  readonly #waiting = new Set<number>();
  /** Outcomes that the pipe has not taken yet: who reads none may not have more of them made. */
  #unread = 0;

  /**
   * @param most - commands that may wait for their outcome
   * @param tell - sends an outcome to the process
   */
  constructor(
    send: SendCommand,
    most: number,
    tell: (...outcome: readonly Uint8Array[]) => Promise<void> | undefined,
  ) {
    this.#send = send;
    this.#most = most;
    this.#tell = tell;
  }

  /** @throws {Error} when it is none, or one more than may wait */
  take(payload: Buffer): void {
    if (payload.length < 4) throw new Error('a command without a number');
    const id = payload.readUInt32LE(0);
    const command = unpackJson(payload.subarray(4), 'a command');
    if (this.#waiting.has(id)) throw new Error('two commands with the same number');
    if (this.#waiting.size >= this.#most) throw new Error('more commands than may wait');
    if (this.#unread >= 2 * this.#most) throw new Error('commands whose outcomes are not read');
    this.#waiting.add(id);
    this.#send(command as ObserverCommand).then(
      (result) => this.#settle(id, { result }),
      // What refused it is plain data, or an error of this thread's.
      (error: unknown) =>
        this.#settle(id, { error: error instanceof Error ? packError(error) : error }),
    );
  }

  #settle(id: number, outcome: { readonly result?: unknown; readonly error?: unknown }): void {
    this.#waiting.delete(id);
    const head = Buffer.alloc(4);
    head.writeUInt32LE(id);
    const taken = this.#tell(head, packJson(outcome, 'an outcome', maxOutcomeBytes));
    if (taken === undefined) return;
    this.#unread++;
    void taken.then(() => this.#unread--);
  }
}

/** The registry's own outcomes are small; errors are cut. */
const maxOutcomeBytes = 8 * 1024 * 1024;
