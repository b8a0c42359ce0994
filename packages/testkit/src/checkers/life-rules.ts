import type { LifeFacts, Place, RunEnding } from './history.js';
import type { Findings } from './verdicts.js';

/** The lives of one registry, each of which goes on from what its store has kept: E2 and E4. */
export class LifeRules {
  #life: LifeFacts | undefined;

  /** @param first - that the histories begin in; without one there is nothing to hold them to */
  constructor(
    private readonly findings: Findings,
    first: LifeFacts | undefined,
  ) {
    this.#life = first;
  }

  /** The next life begins. */
  begin(life: LifeFacts, { ending, ...bounds }: LifeBounds): void {
    const { seq, epoch } = life;
    const before = this.#life ?? firstLife;
    // A registry that was closed has all on disk.
    const { durable = ending?.lastSeq } = bounds;
    // There may have been others between the two.
    const isNext = epoch === before.epoch + 1;
    const { committed = isNext ? ending?.lastSeq : undefined } = bounds;
    this.#life = life;
    this.findings.checked('E4');
    if (epoch <= before.epoch) this.#break('E4', seq, `an epoch after ${before.epoch}`, `${epoch}`);
    if (seq < before.seq) {
      this.#break('E4', seq, `a life that begins at ${before.seq} or later`, `one at ${seq}`);
    }
    if (committed !== undefined && seq > committed) {
      this.#break('E4', seq, `a life that begins at ${committed} or earlier`, `one at ${seq}`);
    }
    if (durable === undefined) return;
    this.findings.checked('E2');
    if (seq >= durable) return;
    this.#break('E2', seq, `all up to ${durable}, which was said to be durable`, `up to ${seq}`);
  }

  /** An observer of the present life was shown a snapshot. */
  snapshot(seq: number, place: Place): void {
    if (this.#life === undefined) return;
    this.findings.checked('E4');
    const { seq: first } = this.#life;
    if (seq >= first) return;
    this.#break('E4', seq, `a snapshot at ${first} or later, where the life began`, 'this', place);
  }

  #break(rule: 'E2' | 'E4', seq: number, expected: string, got: string, place?: Place): void {
    this.findings.broken({ rule, ...(place !== undefined && { place }), seq, expected, got });
  }
}

/** What is known of the end of a life when the next one begins. */
export interface LifeBounds {
  /** The last transaction that was said to be durable. */
  readonly durable?: number;
  /** No later transaction was committed. */
  readonly committed?: number;
  /** How it ended, if it was not killed. */
  readonly ending?: RunEnding;
}

const firstLife: LifeFacts = { epoch: 1, seq: 0 };
