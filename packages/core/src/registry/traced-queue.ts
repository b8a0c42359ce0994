import type { CommandTrace } from '../tracing/command-trace.js';
import type { Tracing } from '../tracing/tracing.js';
import { CommandQueue, type QueuedCommand } from './command-queue.js';

/** A queue that has a sample of the commands traced, from the caller's call on. */
export class TracedQueue extends CommandQueue {
  readonly #tracing: Tracing;

  constructor(capacity: number, tracing: Tracing) {
    super(capacity);
    this.#tracing = tracing;
  }

  override add(queued: QueuedCommand): void {
    const { kind } = queued.command;
    // What a primary has committed was its callers' there.
    if (kind === 'replicate' || !this.#tracing.isDue()) return super.add(queued);
    const traced = new TracedCommand(queued);
    // First: the tracer's own code may close the registry, and what comes after that would wait for ever.
    super.add(traced);
    traced.trace = this.#tracing.begin(kind);
  }
}

/** A command of the sample. */
class TracedCommand implements QueuedCommand {
  readonly command: QueuedCommand['command'];
  readonly at: number;
  readonly came: QueuedCommand['came'];
  readonly resolve: QueuedCommand['resolve'];
  trace: CommandTrace | undefined;
  readonly #reject: QueuedCommand['reject'];

  constructor({ command, at, came, resolve, reject }: QueuedCommand) {
    this.command = command;
    this.at = at;
    this.came = came;
    this.resolve = resolve;
    this.#reject = reject;
  }

  /** Also called by those that never decide it, as the registry ends. */
  readonly reject = (error: unknown): void => {
    this.trace?.rejected(error);
    this.#reject(error);
  };
}
