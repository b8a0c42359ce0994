/**
 * Holds back log lines that are repeated. Kinds are a handful of words of ours, never text of an
 * observer, so what is remembered is bounded.
 */
export class LogThrottle {
  readonly #kinds = new Map<string, { said: number; heldBack: number }>();

  /**
   * Asks whether a line of a kind may be logged now.
   *
   * @returns how often it was held back since it was logged last, or `undefined` when it is held back
   */
  admit(kind: string, now: number): number | undefined {
    const last = this.#kinds.get(kind);
    if (last !== undefined && now - last.said < repeatAfterMs) {
      last.heldBack++;
      return undefined;
    }
    this.#kinds.set(kind, { said: now, heldBack: 0 });
    return last?.heldBack ?? 0;
  }
}

/** A kind is logged once in so many milliseconds. */
const repeatAfterMs = 10_000;
