import type { QueuedCommand } from './command-queue.js';
import type { Outcomes } from './outcomes.js';

/** Notes what came of commands that are traced as it is decided, whenever their callers are told. */
export class TracedOutcomes implements Outcomes {
  readonly #outcomes: Outcomes;

  constructor(outcomes: Outcomes) {
    this.#outcomes = outcomes;
  }

  get hasRoom(): boolean {
    return this.#outcomes.hasRoom;
  }

  resolve(command: QueuedCommand, result: unknown, seq: number): void {
    command.trace?.resolved((result as { readonly change: string }).change, seq);
    this.#outcomes.resolve(command, result, seq);
  }

  reject(command: QueuedCommand, error: unknown): void {
    command.trace?.rejected(error);
    this.#outcomes.reject(command, error);
  }
}
