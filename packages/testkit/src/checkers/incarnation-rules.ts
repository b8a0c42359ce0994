import type { Place, RunFacts } from './history.js';
import type { Findings } from './verdicts.js';

/** One observer's incarnations: one at a time, silent after their end, not too many too soon. */
export class IncarnationRules {
  #current = 0;
  #hasEnded = false;
  /** Whether the next incarnation was revived, and is not a restart. */
  #isRevived = false;
  /** When the observer last recorded something, milliseconds. */
  #lastHeard = Number.NEGATIVE_INFINITY;
  /** Of the last restarts: the earliest and the latest that each can have been decided. */
  readonly #restarts: { readonly from: number; readonly to: number }[] = [];

  constructor(
    private readonly findings: Findings,
    private readonly limits: RunFacts['restarts'],
  ) {}

  /** The present incarnation, or the last one; 0 before the first. */
  get current(): number {
    return this.#current;
  }

  /** Returns whether this is the first record of a new incarnation. */
  start(place: Place, at: number): boolean {
    const { incarnation } = place;
    this.findings.checked('lives');
    if (incarnation <= this.#current) {
      const expected = `an incarnation after ${this.#current}, which has begun`;
      this.#break('lives', place, expected, `the start of incarnation ${incarnation}`);
      return false;
    }
    if (this.#current > 0 && !this.#isRevived) this.#restarted(place, at);
    this.#isRevived = false;
    this.#current = incarnation;
    this.#hasEnded = false;
    this.#lastHeard = at;
    return true;
  }

  /** Returns whether the observer may still record something in this incarnation. */
  says(place: Place, at: number, what: string): boolean {
    const { incarnation } = place;
    this.findings.checked('lives');
    if (incarnation !== this.#current) {
      const expected =
        incarnation < this.#current
          ? `silence of incarnation ${incarnation}, since ${this.#current} has begun`
          : `the start of incarnation ${incarnation} first`;
      this.#break('lives', place, expected, what);
      return false;
    }
    if (this.#hasEnded) {
      this.#break('lives', place, `silence of incarnation ${incarnation} after its end`, what);
      return false;
    }
    this.#lastHeard = at;
    return true;
  }

  /** It had been given up, and gets another chance. Its earlier restarts count as before. */
  revive(): void {
    this.#isRevived = true;
  }

  end(): void {
    this.#hasEnded = true;
  }

  /**
   * A restart was decided between the last record of one and the first of the next. So the span
   * of several is at most from the first one's earliest moment to the last one's latest: only what
   * is too short even so is a breach for certain.
   */
  #restarted(place: Place, to: number): void {
    const { maxRestarts, withinMs } = this.limits;
    this.#restarts.push({ from: this.#lastHeard, to });
    this.findings.checked('restarts');
    if (this.#restarts.length <= maxRestarts) return;
    const { from } = this.#restarts.shift()!;
    if (to - from >= withinMs) return;
    this.#break(
      'restarts',
      place,
      `at most ${maxRestarts} restarts in ${withinMs} ms`,
      `${maxRestarts + 1} in ${Math.round(to - from)} ms`,
    );
  }

  #break(rule: 'lives' | 'restarts', place: Place, expected: string, got: string): void {
    this.findings.broken({ rule, place, expected, got });
  }
}
