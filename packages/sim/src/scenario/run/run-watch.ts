import { type Cancel, type Clock, type MetricFigure, withDeadline } from '@panoptes/core';
import { sharedMicros, type PlannedFault } from '@panoptes/testkit';
import type { CommandAnswer, ObserverPort } from '../../driver/registry-port.js';
import type { SimulationWatch, WatchedSimulation } from '../../driver/simulation-watch.js';
import { CommitProbe } from '../../latency/commit-probe.js';
import type { LatencyFigures } from '../../latency/latency-histogram.js';
import { ObserverLatencies } from '../../latency/observer-latencies.js';
import { partsOf } from '../../report/metric-parts.js';
import type { Incident, PhaseFigures, RunMetric, Series } from '../../report/run-document.js';
import { TimeSegments } from '../../time/time-segments.js';
import { lastEnd } from '../../time/time-span.js';
import type { PhaseSpan } from '../churn/phase-spans.js';
import { IncidentWatch } from './incident-watch.js';
import { PhaseRestarts } from './phase-restarts.js';
import { MetricWatch } from './metric-watch.js';
import { phaseMetrics, phaseSamples } from './phase-samples.js';
import { RunSeries, type Sampling } from './run-series.js';

/**
 * Watches a run from both ends: the commands that are sent, and what the registry and its observers
 * say at even steps of virtual time. What it keeps is bounded.
 */
export class RunWatch implements SimulationWatch {
  readonly #deps: RunWatchDeps;
  readonly #probe: CommitProbe;
  readonly #handled: ObserverLatencies;
  readonly #series: RunSeries;
  readonly #segments: TimeSegments;
  readonly #restarts = new PhaseRestarts();
  readonly #metrics = new MetricWatch();
  #simulation: WatchedSimulation | undefined;
  #incidents: IncidentWatch | undefined;
  #cancelLook: Cancel | undefined;
  #startedAt: number | undefined;
  #commands = 0;
  /** When what takes its time was last done for a sample, in real milliseconds, and the memory then. */
  #asked = { at: Number.NEGATIVE_INFINITY, rssMiB: 0 };

  constructor(deps: RunWatchDeps) {
    this.#deps = deps;
    this.#probe = new CommitProbe(deps.clock);
    this.#handled = new ObserverLatencies(sharedMicros, deps.phases);
    this.#segments = new TimeSegments(deps.phases);
    this.#series = new RunSeries(deps.sampling, deps.observers);
  }

  get series(): Series {
    return this.#series.figures((name, sample) => this.#handled.sampleMedian(name, sample));
  }

  /** @param endedAt - virtual milliseconds that were played */
  phases(endedAt: number): PhaseFigures[] {
    const { series } = this;
    const { phases } = this.#deps;
    const end = lastEnd(phases);
    const totals = this.#simulation?.tally.phases(endedAt) ?? [];
    return totals.map((own) => {
      // Some that come before it in the list may not have begun.
      const number = phases.findIndex(({ phase }) => phase.name === own.name);
      const span = phases[number]!;
      return {
        ...own,
        observers: phaseSamples(series, span, end).map((sampled) => ({
          ...sampled,
          metrics: phaseMetrics(this.#metrics.figuresOf(sampled.name), sampled.metrics),
          restarts: this.#restarts.of(sampled.name, this.#segments.of(span)),
          latencyMs: this.#handled.phaseFigures(sampled.name, number),
        })),
      };
    });
  }

  /** Incarnations of the observers that ended unexpectedly. */
  get incidents(): readonly Incident[] {
    return this.#incidents?.incidents ?? [];
  }

  /** From sending a command to its answer, with no other outstanding. */
  commitLatency(): LatencyFigures {
    return this.#probe.figures();
  }

  /** From a commit to when an observer has handled it. */
  observerLatency(name: string): LatencyFigures {
    return this.#handled.figures(name);
  }

  /** The own figures of an observer at the end. */
  metricsOf(name: string): RunMetric[] {
    return this.#metrics.metricsOf(name);
  }

  get nextLookAt(): number {
    const { lastAt, everyMs } = this.#series;
    return lastAt === undefined ? 0 : lastAt + everyMs;
  }

  opened(simulation: WatchedSimulation): void {
    const { virtual, registry } = simulation;
    this.#simulation = simulation;
    this.#incidents = new IncidentWatch(this.#deps.clock, virtual);
    const sample = (): void => {
      this.#sample(simulation);
      virtual.after(this.#series.everyMs, sample);
    };
    virtual.after(0, sample);
    // What happens as the last phase ends is still of it: `closing` ends that one.
    const end = lastEnd(this.#deps.phases);
    for (const bound of this.#segments.starts.filter((at) => at > 0 && at < end)) {
      virtual.after(bound, () => this.#restarts.ends(registry.getObserverStats().observers));
    }
    this.#lookLater();
  }

  moduleOf(module: URL): URL {
    return this.#handled.moduleOf(module);
  }

  registered(observer: ObserverPort): void {
    const { name } = observer;
    this.#handled.add(observer);
    this.#metrics.add(observer);
    this.#follow(name);
    const { observers, started } = this.#deps;
    if (name === observers.at(-1)) started?.((one) => this.#metrics.figuresOf(one));
  }

  look(until: number): Promise<void> | undefined {
    if (!this.#readsMetrics(until)) return undefined;
    return this.#simulation && this.#metrics.look(this.#simulation.registry.lastSeq);
  }

  ordered(fault: PlannedFault): void {
    this.#incidents?.ordered(fault);
  }

  before(): Promise<void> | undefined {
    return this.#probe.before();
  }

  sent(command: Promise<CommandAnswer>): Promise<void> | undefined {
    this.#probe.sent(command);
    this.#metrics.sent();
    if (++this.#commands % commandsATiming === 1) {
      const sentAt = { segment: this.#restarts.segment, sample: this.#series.taken };
      const committed = ({ change, seq }: CommandAnswer): void => {
        if (change !== 'unchanged') this.#handled.committed(seq, sentAt);
      };
      // That it was refused is told to who sent it.
      command.then(committed, () => undefined);
    }
    return this.#probe.after();
  }

  async closing(): Promise<void> {
    this.#cancelLook?.();
    this.#look();
    this.#sampleEnd();
    this.#restarts.ends(this.#simulation?.registry.getObserverStats().observers ?? []);
    // An observer that has not answered by then hangs: the rest of it is not measured.
    const late = (): Error => new Error('an observer did not answer in time');
    const { clock } = this.#deps;
    await withDeadline(clock, this.#handled.finish(), lastWordMs, late).catch(() => undefined);
  }

  /**
   * Whether one of the samples until a time has figures of the observers' own: the last one of each
   * phase has, and one in so many.
   */
  #readsMetrics(until: number): boolean {
    const { taken, everyMs } = this.#series;
    if (until === Number.POSITIVE_INFINITY) return true;
    for (let at = this.nextLookAt, number = taken; at <= until; at += everyMs, number++) {
      if (this.#isReading(number, at)) return true;
    }
    return false;
  }

  /** Whether the sample of a number, at a time, is one of those with figures of the observers' own. */
  #isReading(number: number, at: number): boolean {
    const { sampling, phases } = this.#deps;
    const { everyMs } = this.#series;
    const after = at - everyMs * sameTime;
    return (
      number % sampling.samplesAReading === 0 ||
      phases.some(({ endsAt }) => after <= endsAt && endsAt < after + everyMs)
    );
  }

  #lookLater(): void {
    this.#cancelLook = this.#deps.clock.after(lookEveryMs, () => {
      this.#look();
      this.#lookLater();
    });
  }

  #look(): void {
    const figures = this.#simulation?.registry.getObserverStats();
    this.#incidents?.look(figures?.observers ?? []);
  }

  /** The course ends where the run did, which may be between two samples, or at the very start. */
  #sampleEnd(): void {
    const { lastAt = 0, everyMs } = this.#series;
    const endedAt = this.#simulation?.virtual.monotonic() ?? 0;
    const isSampled = endedAt > 0 && endedAt - lastAt < everyMs * sameTime;
    if (this.#simulation !== undefined && !isSampled) this.#sample(this.#simulation, true);
  }

  #sample({ registry, virtual, tally }: WatchedSimulation, isEnd = false): void {
    const isReading = isEnd || this.#isReading(this.#series.taken, virtual.monotonic());
    const now = this.#deps.clock.monotonic();
    this.#startedAt ??= now;
    if (now - this.#asked.at >= askEveryMs) this.#ask(now);
    for (const name of this.#deps.observers) this.#follow(name);
    this.#series.add({
      at: virtual.monotonic(),
      realMs: Math.round(now - this.#startedAt),
      online: tally.online,
      churn: tally.churn,
      rssMiB: this.#asked.rssMiB,
      observers: registry.getObserverStats().observers,
      metricsOf: (name) => {
        const parts = this.#metrics.partsOf(name);
        return isReading ? parts : parts.map(() => null);
      },
    });
  }

  #follow(name: string): void {
    this.#series.follow(name, this.#metrics.figuresOf(name).flatMap(partsOf));
  }

  /** Samples that come one right after the other share what each would wait for. */
  #ask(now: number): void {
    this.#handled.look();
    this.#asked = { at: now, rssMiB: Math.round(this.#deps.rssBytes() / 2 ** 20) };
  }
}

/** One command in so many is followed to the observers: each would cost more than many a commit. */
const commandsATiming = 16;

/** Real milliseconds between two looks at the incarnations of the observers. */
const lookEveryMs = 20;
/**
 * Real milliseconds between two times that the observers are asked what they have handled, and the
 * process for its memory: the first wakes a thread each, the second takes one while threads allocate.
 */
const askEveryMs = 50;
/** How long observers may take to tell the last of their latencies. */
const lastWordMs = 2_000;

/** Share of the time between two samples that sums of it may be wrong by. */
const sameTime = 1e-6;

/** What the watch of a run depends on. */
export interface RunWatchDeps {
  readonly sampling: Sampling;
  /** The phases of the run, of which there is one at least, each with a name of its own. */
  readonly phases: readonly PhaseSpan[];
  /** Names of the observers whose course is kept. */
  readonly observers: readonly string[];
  /** Real time. */
  readonly clock: Clock;
  /** Memory of the process in bytes. */
  readonly rssBytes: () => number;
  /** Called when all observers are registered, with what figures of its own each has; what it throws ends the run. */
  readonly started?: (figuresOf: (name: string) => readonly MetricFigure[]) => void;
}
