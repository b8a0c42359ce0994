import { RegistryOverloadedError } from '../errors.js';
import type { CommandTrace } from '../tracing/command-trace.js';
import type { Command } from './commands.js';
import type { Arrival } from './commit-durations.js';
import { RingQueue } from './ring-queue.js';

/**
 * Where commands wait for their turn, first come first served: `capacity` of them, and as many again
 * whose callers would rather wait longer than be refused.
 */
export class CommandQueue extends RingQueue<QueuedCommand> {
  readonly #capacity: number;

  constructor(capacity: number) {
    super();
    this.#capacity = capacity;
  }

  /** Why one more command cannot come in, if it cannot. */
  refusal(whenFull: WhenFull): RegistryOverloadedError | undefined {
    const capacity = whenFull === 'wait' ? 2 * this.#capacity : this.#capacity;
    if (this.size < capacity) return undefined;
    return new RegistryOverloadedError(
      `${this.size} commands wait already (maxWaiting: ${this.#capacity}); ` +
        `await earlier ones before sending more, or raise maxWaiting`,
    );
  }
}

/** A command, and the promise that waits for its outcome. */
export interface QueuedCommand {
  readonly command: Command;
  /** When it was handed in, in Unix milliseconds: the time of its transaction. */
  readonly at: number;
  /** The same by the machine's monotonic time, shared with those that came shortly before. */
  readonly came: Arrival;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** Of the few that are traced. */
  readonly trace?: CommandTrace | undefined;
}

/** What happens to a command that finds the queue full. */
export type WhenFull = 'reject' | 'wait';
