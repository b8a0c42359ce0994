import type { ChurnEvent } from '../../churn/churn-event.js';
import type { PhaseFigures } from '../../report/run-document.js';
import type { PhaseSpan } from '../churn/phase-spans.js';

interface Tally {
  readonly span: PhaseSpan;
  readonly counts: Record<ChurnEvent['kind'], number>;
  /** Peers × milliseconds. */
  area: number;
  peak: number;
  final: number;
}

/** Counts what happens, in all and in each phase. */
export class PhaseTally {
  readonly #tallies: Tally[];
  readonly #counts = { join: 0, update: 0, leave: 0 };
  #current = 0;
  #online = 0;
  #at = 0;

  constructor(spans: readonly PhaseSpan[]) {
    this.#tallies = spans.map((span) => ({
      span,
      counts: { join: 0, update: 0, leave: 0 },
      area: 0,
      peak: 0,
      final: 0,
    }));
  }

  get online(): number {
    return this.#online;
  }

  get joins(): number {
    return this.#counts.join;
  }

  get updates(): number {
    return this.#counts.update;
  }

  get leaves(): number {
    return this.#counts.leave;
  }

  count({ at, kind }: ChurnEvent): void {
    this.#advanceTo(at);
    if (kind === 'join') this.#online++;
    if (kind === 'leave') this.#online--;
    const tally = this.#tallies[this.#current]!;
    // Who is there from the start has not come.
    if (at > 0 || kind !== 'join') {
      this.#counts[kind]++;
      tally.counts[kind]++;
    }
    tally.peak = Math.max(tally.peak, this.#online);
  }

  /** What has happened until `endedAt`; phases that had not begun by then are left out. */
  figures(endedAt: number): Omit<PhaseFigures, 'observers'>[] {
    this.#advanceTo(endedAt);
    return this.#tallies
      .slice(0, this.#current + 1)
      .map(({ span, counts, area, peak, final }, at) => {
        const endsAt = Math.min(span.endsAt, endedAt);
        const lasted = endsAt - span.startsAt;
        const last = at === this.#current ? this.#online : final;
        return {
          name: span.phase.name,
          kind: span.phase.kind,
          startsAt: span.startsAt,
          endsAt,
          joins: counts.join,
          updates: counts.update,
          leaves: counts.leave,
          peers: {
            mean: Number((lasted > 0 ? area / lasted : last).toFixed(3)),
            peak,
            final: last,
          },
        };
      });
  }

  /** A phase begins with the peers that the one before it ended with. */
  #advanceTo(at: number): void {
    for (;;) {
      const tally = this.#tallies[this.#current]!;
      const until = Math.min(at, tally.span.endsAt);
      tally.area += this.#online * (until - this.#at);
      this.#at = until;
      const next = this.#tallies[this.#current + 1];
      if (next === undefined || at < tally.span.endsAt) return;
      tally.final = this.#online;
      next.peak = this.#online;
      this.#current++;
    }
  }
}
