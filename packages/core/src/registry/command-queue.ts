import { RegistryOverloadedError } from '../errors.js';
import type { Command } from './commands.js';

/**
 * Where commands wait for their turn, first come first served: `capacity` of them, and as many again
 * whose callers would rather wait longer than be refused. A queue in a circular array that grows as
 * needed.
 */
export class CommandQueue {
  readonly #capacity: number;
  #places: (QueuedCommand | undefined)[] = new Array<undefined>(64).fill(undefined);
  #first = 0;
  #size = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#size;
  }

  /** Why one more command cannot come in, if it cannot. */
  refusal(whenFull: WhenFull): RegistryOverloadedError | undefined {
    const capacity = whenFull === 'wait' ? 2 * this.#capacity : this.#capacity;
    if (this.#size < capacity) return undefined;
    return new RegistryOverloadedError(
      `${this.#size} commands wait already (maxWaiting: ${this.#capacity}); ` +
        `await earlier ones before sending more, or raise maxWaiting`,
    );
  }

  add(waiting: QueuedCommand): void {
    if (this.#size === this.#places.length) this.#grow();
    this.#places[(this.#first + this.#size++) & (this.#places.length - 1)] = waiting;
  }

  /** The command whose turn it is. */
  peek(): QueuedCommand | undefined {
    return this.#places[this.#first];
  }

  /** Takes away the command whose turn it was. */
  shift(): void {
    this.#places[this.#first] = undefined;
    this.#first = (this.#first + 1) & (this.#places.length - 1);
    this.#size--;
  }

  /** Takes away all that wait, in order. */
  takeAll(): QueuedCommand[] {
    const all: QueuedCommand[] = [];
    for (let next = this.peek(); next !== undefined; next = this.peek()) {
      this.shift();
      all.push(next);
    }
    return all;
  }

  #grow(): void {
    const places = this.#places;
    const inOrder = [...places.slice(this.#first), ...places.slice(0, this.#first)];
    this.#places = inOrder.concat(new Array<undefined>(places.length).fill(undefined));
    this.#first = 0;
  }
}

/** A command, and the promise that waits for its outcome. */
export interface QueuedCommand {
  readonly command: Command;
  /** When it was handed in, in Unix milliseconds: the time of its transaction. */
  readonly at: number;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** What happens to a command that finds the queue full. */
export type WhenFull = 'reject' | 'wait';
