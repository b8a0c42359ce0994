/**
 * Bounds how many commands wait for their result, without a promise of its own for each: order is
 * kept by who sends them, and who looks at `failure` before the next one.
 */
export class InFlight {
  #outstanding = 0;
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  /** @param limit - commands outstanding at most */
  constructor(private readonly limit: number) {}

  /** What the first command that failed did so with. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure;
  }

  /**
   * Counts a command until it settles.
   *
   * @param done - called when it has not failed, before anybody who waits goes on
   */
  add(command: Promise<unknown>, done: () => void): void {
    this.#outstanding++;
    command.then(() => {
      done();
      this.#settled();
    }, this.#failed);
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

  readonly #settled = (): void => {
    this.#outstanding--;
    this.#wake?.();
  };

  readonly #failed = (error: unknown): void => {
    this.#failure ??= { error };
    this.#settled();
  };
}
