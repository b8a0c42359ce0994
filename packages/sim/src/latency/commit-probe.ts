import type { Clock } from '@panoptes/core';
import type { CommandAnswer } from '../driver/registry-port.js';
import { type LatencyFigures, LatencyHistogram } from './latency-histogram.js';

/**
 * How long a commit takes, and not how long a queue is: now and then one is sent while
 * no other is outstanding, and none follows before it has been answered. The sender of the
 * commands asks before and after each whether there is something to wait for.
 */
export class CommitProbe {
  readonly #histogram = new LatencyHistogram();
  #sent = 0;
  /** The last command that was sent; those before it are answered before it is. */
  #last: Promise<unknown> = Promise.resolve();
  #isProbe = false;

  /** @param clock - real time */
  constructor(private readonly clock: Clock) {}

  /** To be waited for before the next command is sent; undefined when nothing is. */
  before(): Promise<void> | undefined {
    const every = this.#sent < firstCommands ? firstCommandsAProbe : commandsAProbe;
    this.#isProbe = this.#sent % every === 0;
    return this.#isProbe ? settled(this.#last) : undefined;
  }

  /** A command has been sent. */
  sent(command: Promise<CommandAnswer>): void {
    this.#sent++;
    this.#last = command;
    if (!this.#isProbe) return;
    const sentAt = this.clock.monotonic();
    // A refused one is a refusal's business, and has no latency.
    this.#last = command.then(
      () => this.#histogram.record(this.clock.monotonic() - sentAt),
      () => undefined,
    );
  }

  /** To be waited for once a command has been sent; undefined when nothing is. */
  after(): Promise<void> | undefined {
    return this.#isProbe ? settled(this.#last) : undefined;
  }

  figures(): LatencyFigures {
    return this.#histogram.figures();
  }
}

/** One command in so many is a probe: too seldom to slow a run down. */
const commandsAProbe = 256;
/** Of so many at first more are, so that a short run has its percentiles too. */
const firstCommands = 2_048;
const firstCommandsAProbe = 16;

const settled = async (command: Promise<unknown>): Promise<void> => {
  await command.catch(() => undefined);
};
