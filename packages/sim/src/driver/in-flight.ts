/**
 * Bounds how many commands wait for their result, without a promise of its own for each: order is
 * kept by who sends them. The first rejection stops the sender.
 */
export class InFlight {
  #outstanding = 0;
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  /** @param limit - commands outstanding at most */
  constructor(private readonly limit: number) {}

  /** Counts a command until it settles. */
  add(command: Promise<unknown>): void {
    this.#outstanding++;
    command.then(this.#settled, this.#failed);
  }

  /**
   * Resolves when another command may be sent; undefined when it may at once.
   *
   * @throws what the first command failed with
   */
  room(): Promise<void> | undefined {
    this.#throwFailure();
    return this.#outstanding < this.limit ? undefined : this.#below(this.limit / 2);
  }

  /**
   * Resolves when none is outstanding.
   *
   * @throws what the first command failed with
   */
  async drained(): Promise<void> {
    await this.#below(1);
  }

  async #below(count: number): Promise<void> {
    while (this.#outstanding >= count && this.#failure === undefined) {
      await new Promise<void>((resolve) => {
        this.#wake = (): void => {
          if (this.#outstanding >= count && this.#failure === undefined) return;
          this.#wake = undefined;
          resolve();
        };
      });
    }
    this.#throwFailure();
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
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
