import { type ChurnEvent, nodeIdOf } from '@panoptes/testkit';
import type { PhaseSpan } from '../scenario/churn/phase-spans.js';
import { TimeSegments } from '../time/time-segments.js';

/**
 * Counts what happens and who is online, in all and in each phase, as events go by. Each event is counted
 * once, in the segment of time that it falls into, however many phases there are then.
 */
export class ChurnTally {
  readonly #segments: TimeSegments;
  /** Of each segment. */
  readonly #tallies: readonly Tally[];
  readonly #online = new Set<string>();
  /** Those that were online and are not now: few, where most stay. */
  readonly #gone = new Set<string>();
  #distinct = 0;
  #initial = 0;
  /** Joins at virtual time 0, of peers that were there before. */
  #initialJoins = 0;
  /** The present segment, and when it ends. */
  #current = 0;
  #endsAt: number;
  #at = 0;

  /** @param spans - of the phases, in any order; they may overlap, and leave gaps */
  constructor(private readonly spans: readonly PhaseSpan[] = [wholeRun]) {
    this.#segments = new TimeSegments(spans);
    this.#endsAt = this.#segments.endOf(0);
    this.#tallies = this.#segments.starts.map(() => ({
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

  isOnline(nodeId: string): boolean {
    return this.#online.has(nodeId);
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
      if (this.#online.delete(nodeId)) this.#gone.add(nodeId);
      return;
    }
    const { online } = this;
    this.#online.add(nodeId);
    if (this.online > online && !this.#gone.delete(nodeId)) this.#distinct++;
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
      distinct: this.#distinct,
    };
  }

  /**
   * What has happened in each phase until `endedAt`, in the order of the phases, without the peers that
   * were there at the start; phases that had not begun by then are left out.
   */
  phases(endedAt: number): PhaseTotals[] {
    this.#advanceTo(endedAt);
    return this.spans
      .filter(({ startsAt }) => startsAt <= endedAt)
      .map((span) => this.#totalsOf(span, Math.min(span.endsAt, endedAt)));
  }

  #totalsOf(span: PhaseSpan, endsAt: number): PhaseTotals {
    const { from, to } = this.#segments.of(span);
    const own = this.#tallies.slice(from, Math.min(to, this.#current + 1));
    const sum = (amount: (tally: Tally) => number): number =>
      own.reduce((total, tally) => total + amount(tally), 0);
    const final = to > this.#current ? this.online : own.at(-1)!.final;
    const lasted = endsAt - span.startsAt;
    return {
      name: span.phase.name,
      kind: span.phase.kind,
      startsAt: span.startsAt,
      endsAt,
      joins: sum(({ counts }) => counts.join),
      updates: sum(({ counts }) => counts.update),
      leaves: sum(({ counts }) => counts.leave),
      peers: {
        mean: Number((lasted > 0 ? sum(({ area }) => area) / lasted : final).toFixed(3)),
        peak: own.reduce((most, { peak }) => Math.max(most, peak), 0),
        final,
      },
    };
  }

  /** A segment begins with the peers that the one before it ended with. */
  #advanceTo(at: number): void {
    while (at >= this.#endsAt && this.#segments.isPast(this.#current, at)) {
      this.#addUpTo(this.#endsAt);
      this.#tallies[this.#current]!.final = this.online;
      this.#tallies[++this.#current]!.peak = this.online;
      this.#endsAt = this.#segments.endOf(this.#current);
    }
    this.#addUpTo(at);
  }

  #addUpTo(at: number): void {
    this.#tallies[this.#current]!.area += this.online * (at - this.#at);
    this.#at = at;
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

/** What happened in one segment until now. */
interface Tally {
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
