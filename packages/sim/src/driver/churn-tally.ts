import { type ChurnEvent, nodeIdOf } from '@panoptes/testkit';
import type { PhaseSpan } from '../scenario/churn/phase-spans.js';

/** Counts what happens and who is online, in all and in each phase, as events go by. */
export class ChurnTally {
  readonly #tallies: readonly Tally[];
  readonly #online = new Set<string>();
  readonly #everOnline = new Set<string>();
  #initial = 0;
  /** Joins at virtual time 0, of peers that were there before. */
  #initialJoins = 0;
  #current = 0;
  #at = 0;

  /** @param spans - of the phases, one after the other from virtual time 0 */
  constructor(spans: readonly PhaseSpan[] = [wholeRun]) {
    this.#tallies = spans.map((span) => ({
      span,
      counts: { join: 0, update: 0, leave: 0 },
      area: 0,
      peak: 0,
      final: 0,
    }));
  }

  /** Peers that are online. */
  get online(): number {
    return this.#online.size;
  }

  /** What has happened; who was there from the start has not come. */
  get churn(): ChurnCounts {
    const { joins, ...others } = this.events;
    return { joins: joins - this.#initialJoins, ...others };
  }

  /** What was counted; the events that brought the first peers are joins too. */
  get events(): ChurnCounts {
    const sum = (kind: keyof Tally['counts']): number =>
      this.#tallies.reduce((total, { counts }) => total + counts[kind], 0);
    return {
      joins: sum('join') + this.#initialJoins,
      updates: sum('update'),
      leaves: sum('leave'),
    };
  }

  count(event: ChurnEvent): void {
    const { at, kind } = event;
    this.#advanceTo(at);
    const tally = this.#tallies[this.#current]!;
    if (at === 0 && kind === 'join') this.#initialJoins++;
    else tally.counts[kind === 'patch' ? 'update' : kind]++;
    // Who is patched is online.
    if (kind === 'patch') return;
    const nodeId = nodeIdOf(event);
    if (kind === 'leave') {
      this.#online.delete(nodeId);
      return;
    }
    this.#online.add(nodeId);
    this.#everOnline.add(nodeId);
    tally.peak = Math.max(tally.peak, this.#online.size);
    if (at === 0) this.#initial = this.#online.size;
  }

  /** @param endedAt - virtual time from 0 that the mean is taken over, no earlier than the last event */
  peers(endedAt: number): PopulationFigures {
    this.#advanceTo(endedAt);
    const area = this.#tallies.reduce((total, tally) => total + tally.area, 0);
    return {
      initial: this.#initial,
      peak: this.#tallies.reduce((most, { peak }) => Math.max(most, peak), 0),
      mean: endedAt > 0 ? area / endedAt : this.online,
      final: this.online,
      distinct: this.#everOnline.size,
    };
  }

  /** What has happened until `endedAt`, without the peers that were there at the start; phases that had not begun by then are left out. */
  phases(endedAt: number): PhaseTotals[] {
    this.#advanceTo(endedAt);
    return this.#tallies
      .slice(0, this.#current + 1)
      .map(({ span, counts, area, peak, final }, at) => {
        const endsAt = Math.min(span.endsAt, endedAt);
        const lasted = endsAt - span.startsAt;
        const last = at === this.#current ? this.online : final;
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
      tally.area += this.online * (until - this.#at);
      this.#at = until;
      const next = this.#tallies[this.#current + 1];
      if (next === undefined || at < tally.span.endsAt) return;
      tally.final = this.online;
      next.peak = this.online;
      this.#current++;
    }
  }
}

/** How many peers were online over a run. */
export interface PopulationFigures {
  /** At virtual time 0: they were there before anything happened. */
  readonly initial: number;
  readonly peak: number;
  /** Weighted by time over the whole span; of a span of 0, the final number. */
  readonly mean: number;
  readonly final: number;
  /** Different node ids that were ever online. */
  readonly distinct: number;
}

/** How many events of which kind. */
export interface ChurnCounts {
  readonly joins: number;
  readonly updates: number;
  readonly leaves: number;
}

/** What happened in one phase. */
export interface PhaseTotals extends ChurnCounts {
  readonly name: string;
  readonly kind: string;
  /** Virtual milliseconds. */
  readonly startsAt: number;
  readonly endsAt: number;
  /** Peers online; the mean is weighted by time. */
  readonly peers: { readonly mean: number; readonly peak: number; readonly final: number };
}

/** What happened in one phase until now. */
interface Tally {
  readonly span: PhaseSpan;
  readonly counts: Record<'join' | 'update' | 'leave', number>;
  /** Peers × milliseconds. */
  area: number;
  peak: number;
  final: number;
}

/** A run without phases is one that never ends. */
const wholeRun: PhaseSpan = {
  phase: { name: 'run', kind: 'run' },
  startsAt: 0,
  endsAt: Number.POSITIVE_INFINITY,
};
