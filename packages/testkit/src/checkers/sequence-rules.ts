import type { Place, SeenEvent } from './history.js';
import type { Findings, RuleName } from './verdicts.js';

/**
 * The order of one incarnation's history by the numbers alone: W1, W2, W4, W5 and W6, and
 * W3 for a transaction that comes in pieces, E8 where it resumes. Of a filtered
 * observer the numbers need not follow one another; what is missing there is W7's business.
 */
export class SequenceRules {
  /** The last transaction known: of an event, or of the snapshot that stands for it. */
  #last: number | undefined;
  #progress = -1;
  /** Whether nothing has come since it resumed. */
  #isResumed = false;
  /** The last event, while no snapshot has come after it. */
  #lastEvent: SeenEvent | undefined;

  constructor(
    private readonly findings: Findings,
    private readonly isFiltered: boolean,
  ) {}

  /** The last transaction that was seen, or that a snapshot stood for; undefined before the first. */
  get last(): number | undefined {
    return this.#last;
  }

  snapshot(seq: number, place: Place): void {
    this.findings.checked('W1');
    if (this.#last !== undefined && seq < this.#last) {
      this.#break('W1', place, seq, `a snapshot at ${this.#last} or later`, `one at ${seq}`);
    }
    this.#last = seq;
    this.#lastEvent = undefined;
    this.#isResumed = false;
  }

  /** It goes on behind a transaction without a snapshot. */
  resume(seq: number): void {
    this.#last = seq;
    this.#lastEvent = undefined;
    this.#isResumed = true;
  }

  event(event: SeenEvent, place: Place): Continuity {
    const { seq } = event;
    const last = this.#last;
    for (const rule of ['W1', 'W2', 'W5', 'W6'] as const) this.findings.checked(rule);
    if (!this.isFiltered) this.findings.checked('W4');
    if (this.#isResumed) this.findings.checked('E8');
    if (seq <= this.#progress) {
      const expected = `nothing up to ${this.#progress}, which was announced as finished`;
      this.#break('W6', place, seq, expected, `transaction ${seq}`);
    }
    if (last === undefined) {
      this.#break('W5', place, seq, 'a snapshot first', `transaction ${seq}`);
      this.#goOn(event);
      return 'out of place';
    }
    const rule = this.#brokenBy(event, last);
    if (rule === undefined) {
      this.#goOn(event);
      return 'next';
    }
    const after = this.#isResumed
      ? `resuming at ${last}`
      : this.#lastEvent === undefined
        ? `a snapshot at ${last}`
        : `${last}`;
    const expected = this.isFiltered ? `more than ${last}` : `transaction ${last + 1}`;
    this.#break(rule, place, seq, `${expected} after ${after}`, `transaction ${seq}`);
    if (seq > last) this.#goOn(event);
    return 'out of place';
  }

  progress(seq: number, place: Place): void {
    this.findings.checked('W6');
    if (seq < this.#progress) {
      this.#break('W6', place, seq, `progress to ${this.#progress} or further`, `to ${seq}`);
    } else if (!this.isFiltered && seq > (this.#last ?? -1)) {
      const seen = this.#last === undefined ? 'none, since nothing came' : `to ${this.#last}`;
      this.#break('W6', place, seq, `progress ${seen} at most`, `to ${seq}`);
    }
    this.#progress = Math.max(this.#progress, seq);
  }

  #brokenBy(event: SeenEvent, last: number): RuleName | undefined {
    const { seq } = event;
    if (seq === last && this.#lastEvent !== undefined) {
      return sharesPeers(event, this.#lastEvent) ? 'W2' : 'W3';
    }
    if (this.#isResumed && (seq <= last || (seq > last + 1 && !this.isFiltered))) return 'E8';
    if (seq <= last) return this.#lastEvent === undefined ? 'W2' : 'W1';
    if (seq === last + 1 || this.isFiltered) return undefined;
    return this.#lastEvent === undefined ? 'W5' : 'W4';
  }

  #goOn(event: SeenEvent): void {
    this.#last = event.seq;
    this.#lastEvent = event;
    this.#isResumed = false;
  }

  #break(rule: RuleName, place: Place, seq: number, expected: string, got: string): void {
    this.findings.broken({ rule, place, seq, expected, got });
  }
}

/** How an event stands to the ones before it. */
export type Continuity = 'next' | 'out of place';

/** Two events of one transaction without a peer in common are pieces of it, and not one that came twice. */
function sharesPeers(one: SeenEvent, other: SeenEvent): boolean {
  const nodeIds = new Set(other.changes.map(({ nodeId }) => nodeId));
  return one.changes.some(({ nodeId }) => nodeIds.has(nodeId));
}
