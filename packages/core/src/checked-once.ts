/**
 * Knows which objects are copies that were checked: one that is handed on from part to part is not checked
 * and copied at each of their doors.
 */
export class CheckedOnce<Own extends object> {
  readonly #made = new WeakSet<object>();

  /** Whether it was checked before. */
  has(given: unknown): given is Own {
    return typeof given === 'object' && given !== null && this.#made.has(given);
  }

  /** Freezes a copy that is checked, and knows it from now on. */
  add(own: Own): Own {
    this.#made.add(own);
    return Object.freeze(own);
  }
}
