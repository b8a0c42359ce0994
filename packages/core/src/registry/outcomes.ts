import { tellAll } from '../tell-all.js';
import type { QueuedCommand } from './command-queue.js';
import { RingQueue } from './ring-queue.js';

/** Tells callers what came of their commands, in the order in which these were decided. */
export interface Outcomes {
  /** Whether one more may be told of. If not, no more commands are to be decided. */
  readonly hasRoom: boolean;
  /** A command has its result, which rests on transaction `seq` and those before it. */
  resolve(command: QueuedCommand, result: unknown, seq: number): void;
  /** A command was refused. */
  reject(command: QueuedCommand, error: unknown): void;
}

/** Tells them at once. */
export const promptOutcomes: Outcomes = {
  hasRoom: true,
  resolve: (command, result) => command.resolve(result),
  reject: (command, error) => command.reject(error),
};

/** Tells them as somebody else does, who may be another one later. */
export class CurrentOutcomes implements Outcomes {
  /** Who does. */
  current: Outcomes = promptOutcomes;

  get hasRoom(): boolean {
    return this.current.hasRoom;
  }

  resolve(command: QueuedCommand, result: unknown, seq: number): void {
    this.current.resolve(command, result, seq);
  }

  reject(command: QueuedCommand, error: unknown): void {
    this.current.reject(command, error);
  }
}

/**
 * Tells them when what the outcome rests on is on disk. What was refused has changed nothing, but is told
 * of in its turn, too: nobody learns of a later command first.
 */
export class DurableOutcomes implements Outcomes {
  readonly #held = new RingQueue<HeldOutcome>();
  readonly #capacity: number;
  readonly #added: () => void;
  #failure: Error | undefined;

  /**
   * @param capacity - how many may be held
   * @param added - called when there is one to be released
   */
  constructor(capacity: number, added: () => void) {
    this.#capacity = capacity;
    this.#added = added;
  }

  /** How many are held. */
  get size(): number {
    return this.#held.size;
  }

  get hasRoom(): boolean {
    return this.#held.size < this.#capacity;
  }

  resolve(command: QueuedCommand, result: unknown, seq: number): void {
    if (this.#failure !== undefined) return command.reject(this.#failure);
    this.#held.add({ command, result, seq });
    this.#added();
  }

  reject(command: QueuedCommand, error: unknown): void {
    if (this.#held.size === 0) return command.reject(error);
    this.#held.add({ command, error, seq: 0 });
  }

  /** Tells all whose outcome rests on nothing after `durableSeq`. */
  release(durableSeq: number): void {
    for (
      let next = this.#held.peek();
      next !== undefined && next.seq <= durableSeq;
      next = this.#held.peek()
    ) {
      this.#held.shift();
      if ('error' in next) next.command.reject(next.error);
      else next.command.resolve(next.result);
    }
  }

  /** Tells all that wait, and all to come that would have to, that nothing more gets to disk. */
  fail(failure: Error): void {
    this.#failure ??= failure;
    tellAll(this.#held.takeAll(), (held) =>
      held.command.reject('error' in held ? held.error : failure),
    );
  }
}

/** An outcome that waits until transaction `seq` is on disk. */
type HeldOutcome = { readonly command: QueuedCommand; readonly seq: number } & (
  { readonly result: unknown } | { readonly error: unknown }
);
