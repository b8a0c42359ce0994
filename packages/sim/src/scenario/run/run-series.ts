import type { ChurnCounts } from '../../driver/churn-tally.js';
import type { ObserverFigures } from '../../driver/registry-port.js';
import type { ObserverSeries, Series } from '../../report/run-document.js';

/** The course of a run at even steps of virtual time, however long the run turns out to be. */
export class RunSeries {
  readonly #sampling: Sampling;
  /** In the order of the observers. */
  readonly #courses: ReadonlyMap<string, ObserverSeries>;
  readonly #columns: Omit<Series, 'observers'> = {
    at: [],
    realMs: [],
    online: [],
    joins: [],
    updates: [],
    leaves: [],
    rssMiB: [],
  };
  #everyMs: number;

  /** @param observers - names of those whose course is kept */
  constructor(sampling: Sampling, observers: readonly string[]) {
    this.#sampling = sampling;
    this.#everyMs = sampling.everyMs;
    this.#courses = new Map(observers.map((name) => [name, courseOf(name)]));
  }

  get figures(): Series {
    return { ...this.#columns, observers: [...this.#courses.values()] };
  }

  /** Virtual milliseconds from one sample to the next. */
  get everyMs(): number {
    return this.#everyMs;
  }

  /** Virtual time of the last sample; undefined before the first. */
  get lastAt(): number | undefined {
    return this.#columns.at.at(-1);
  }

  add({ at, realMs, online, churn, rssMiB, observers }: Sample): void {
    const columns = this.#columns;
    columns.at.push(at);
    columns.realMs.push(realMs);
    columns.online.push(online);
    columns.joins.push(churn.joins);
    columns.updates.push(churn.updates);
    columns.leaves.push(churn.leaves);
    columns.rssMiB.push(rssMiB);
    for (const figures of observers) {
      // Others are the run's own, such as the one that follows the log.
      const course = this.#courses.get(figures.name);
      if (course === undefined) continue;
      course.state.push(figures.state);
      course.lag.push(figures.lag);
      course.delivered.push(figures.delivered);
      course.resyncs.push(figures.resyncs);
      course.restarts.push(figures.restarts);
    }
    if (columns.at.length > this.#sampling.most) this.#thinOut();
  }

  /** Leaves out every other sample from the second on; the last one stays. */
  #thinOut(): void {
    const { length } = this.#columns.at;
    const { at, realMs, online, joins, updates, leaves, rssMiB } = this.#columns;
    for (const column of [at, realMs, online, joins, updates, leaves, rssMiB]) {
      keepEven(column, length);
    }
    for (const { state, lag, delivered, resyncs, restarts } of this.#courses.values()) {
      keepEven(state, length);
      for (const column of [lag, delivered, resyncs, restarts]) keepEven(column, length);
    }
    this.#everyMs *= 2;
  }
}

/** Samples of a run at most: what a report shows and a run keeps is bounded. */
export const mostSamples = 2_000;

/** How often a run is sampled. */
export interface Sampling {
  /** Virtual milliseconds between two samples, to begin with. */
  readonly everyMs: number;
  /** Samples that are kept at most, an even number: with one more, every other is left out. */
  readonly most: number;
}

/** What is seen of a run at one time. */
export interface Sample {
  /** Virtual milliseconds. */
  readonly at: number;
  /** Real milliseconds since the first one. */
  readonly realMs: number;
  readonly online: number;
  readonly churn: ChurnCounts;
  readonly rssMiB: number;
  /** Those of the run, and maybe others. */
  readonly observers: readonly ObserverFigures[];
}

/** @param length - of all samples; a column that began later ends with them */
function keepEven(column: unknown[], length: number): void {
  const late = length - column.length;
  const kept = column.filter((_, at) => (late + at) % 2 === 0);
  column.splice(0, column.length, ...kept);
}

const courseOf = (name: string): ObserverSeries => ({
  name,
  state: [],
  lag: [],
  delivered: [],
  resyncs: [],
  restarts: [],
});
