/** The same is said once in so many milliseconds. */
const repeatAfterMs = 10_000;

/**
 * Holds back what is said again and again. Kinds are a handful of words of ours, never text of an
 * observer, so what is remembered is bounded.
 */
export class LogThrottle {
  readonly #kinds = new Map<string, { said: number; heldBack: number }>();

  /**
   * Asks whether something may be said now.
   *
   * @returns how often it was held back since it was said last, or `undefined` when it is held back
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
