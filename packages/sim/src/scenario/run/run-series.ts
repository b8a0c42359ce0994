import type { ChurnCounts } from '../../driver/churn-tally.js';
import type { ObserverFigures } from '../../driver/registry-port.js';
import type { MetricSeries, ObserverSeries, Series } from '../../report/run-document.js';

/** The course of a run at even steps of virtual time, however long the run turns out to be. */
export class RunSeries {
  readonly #sampling: Sampling;
  /** In the order of the observers. */
  readonly #courses: ReadonlyMap<string, SampledCourse>;
  /** Of the samples that are kept. */
  readonly #numbers: number[] = [];
  #taken = 0;
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

  /**
   * Says by which names the own figures of an observer come with each sample from now on. Those that it
   * had before come first, and of the others nothing was known until now.
   */
  follow(name: string, figures: readonly string[]): void {
    const course = this.#courses.get(name);
    if (course === undefined) return;
    const { metrics, lag } = course;
    for (const figure of figures.slice(metrics.length)) {
      metrics.push({ figure, values: lag.map(() => null) });
    }
  }

  /** @param latencyOf - median latency of an observer before a sample, by the number that this had */
  figures(latencyOf: (name: string, sample: number) => number | null): Series {
    const observers = [...this.#courses.values()].map((course) => ({
      ...course,
      latencyMs: this.#numbers
        .slice(this.#numbers.length - course.lag.length)
        .map((sample) => latencyOf(course.name, sample)),
    }));
    return { ...this.#columns, observers };
  }

  /** How many samples were taken, with those that were left out since: the number of the next one. */
  get taken(): number {
    return this.#taken;
  }

  /** Virtual milliseconds from one sample to the next. */
  get everyMs(): number {
    return this.#everyMs;
  }

  /** Virtual time of the last sample; undefined before the first. */
  get lastAt(): number | undefined {
    return this.#columns.at.at(-1);
  }

  add({ at, realMs, online, churn, rssMiB, observers, metricsOf }: Sample): void {
    const columns = this.#columns;
    this.#numbers.push(this.#taken++);
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
      course.memoryMiB.push(memoryMiBOf(figures));
      const own = metricsOf(figures.name);
      course.metrics.forEach(({ values }, at) => values.push(own[at] ?? null));
    }
    if (columns.at.length > this.#sampling.most) this.#thinOut();
  }

  /** Leaves out every other sample from the second on; the last one stays. */
  #thinOut(): void {
    const { length } = this.#columns.at;
    const { at, realMs, online, joins, updates, leaves, rssMiB } = this.#columns;
    for (const column of [this.#numbers, at, realMs, online, joins, updates, leaves, rssMiB]) {
      keepEven(column, length);
    }
    for (const {
      metrics,
      state,
      lag,
      delivered,
      resyncs,
      restarts,
      memoryMiB,
    } of this.#courses.values()) {
      const own = metrics.map(({ values }) => values);
      for (const column of [state, lag, delivered, resyncs, restarts, memoryMiB, ...own]) {
        keepEven(column, length);
      }
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
  /** One sample in so many has figures of the observers' own, which all of them are waited for. */
  readonly samplesAReading: number;
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
  /** The own figures of an observer, by the names that are followed. */
  readonly metricsOf: (name: string) => readonly (number | null)[];
}

/** @param length - of all samples; a column that began later ends with them */
function keepEven(column: unknown[], length: number): void {
  const late = length - column.length;
  const kept = column.filter((_, at) => (late + at) % 2 === 0);
  column.splice(0, column.length, ...kept);
}

/** What samples tell of an observer; its latencies are known later. */
type SampledCourse = Required<Omit<ObserverSeries, 'latencyMs' | 'metrics'>> & {
  metrics: MetricSeries[];
};

const courseOf = (name: string): SampledCourse => ({
  name,
  state: [],
  lag: [],
  delivered: [],
  resyncs: [],
  restarts: [],
  memoryMiB: [],
  metrics: [],
});

/** To a tenth; null where nothing is known, as of one between two incarnations. */
function memoryMiBOf({ heapBytes, externalBytes }: ObserverFigures): number | null {
  const bytes = heapBytes + externalBytes;
  return bytes === 0 ? null : Number((bytes / 2 ** 20).toFixed(1));
}
