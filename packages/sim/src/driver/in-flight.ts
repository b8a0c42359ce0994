/**
 * Bounds how many commands wait for their result, without a promise of its own for each: order is
 * kept by who sends them, and who looks at `failure` before the next one.
 */
export class InFlight<Sent, Answer> {
  #outstanding = 0;
  #failure: Refusal<Sent> | undefined;
  #wake: (() => void) | undefined;

  /**
   * @param limit - commands outstanding at most
   * @param done - called when one has not failed, before anybody who waits goes on
   */
  constructor(
    private readonly limit: number,
    private readonly done: (sent: Sent, answer: Answer) => void,
  ) {}

  /** The first command that failed. */
  get failure(): Refusal<Sent> | undefined {
    return this.#failure;
  }

  /**
   * Counts a command until it settles.
   *
   * @param sent - what it is about
   */
  add(command: Promise<Answer>, sent: Sent): void {
    this.#outstanding++;
    command.then(
      (answer) => {
        this.done(sent, answer);
        this.#settled();
      },
      (error: unknown) => {
        this.#failure ??= { error, sent };
        this.#settled();
      },
    );
  }

  /** Resolves when another command may be sent; undefined when it may at once. */
  room(): Promise<void> | undefined {
    return this.#outstanding < this.limit ? undefined : this.#below(this.limit / 2);
  }

  /** Resolves when none is outstanding. */
  async drained(): Promise<void> {
    await this.#below(1);
  }

  async #below(count: number): Promise<void> {
    while (this.#outstanding >= count) {
      await new Promise<void>((resolve) => {
        this.#wake = (): void => {
          if (this.#outstanding >= count) return;
          this.#wake = undefined;
          resolve();
        };
      });
    }
  }

  #settled(): void {
    this.#outstanding--;
    this.#wake?.();
  }
}

/** A command that failed: with what, and what it was about. */
export interface Refusal<Sent> {
  readonly error: unknown;
  readonly sent: Sent;
}
