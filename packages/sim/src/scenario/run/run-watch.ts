import { type Clock, withDeadline } from '@panoptes/core';
import { sharedMicros } from '../../bench/measure/shared-time.js';
import type { ChurnEvent, ChurnSource } from '../../churn/churn-event.js';
import type {
  CommandAnswer,
  ObserverPort,
  OpenRegistry,
  RegistryPort,
} from '../../driver/registry-port.js';
import { strikeQuery } from '../../faults/victim.js';
import { CommitProbe } from '../../latency/commit-probe.js';
import type { LatencyFigures } from '../../latency/latency-histogram.js';
import { ObserverLatencies } from '../../latency/observer-latencies.js';
import type { Incident, ObserverSeries, PhaseFigures, Series } from '../../report/run-document.js';
import type { PhaseSpan } from '../churn/phase-spans.js';
import type { PlannedFault } from './fault-plan.js';
import { IncidentWatch } from './incident-watch.js';
import { phaseLag } from './phase-lag.js';
import { PhaseTally } from './phase-tally.js';

/** One command in so many is followed to the observers: each would cost more than many a commit. */
const commandsATiming = 16;

/** Real milliseconds between two looks at the lives of the observers. */
const lookEveryMs = 20;
/** How long observers may take to tell the last of their latencies. */
const lastWordMs = 2_000;

/** How to watch. */
export interface WatchOptions {
  readonly spans: readonly PhaseSpan[];
  /** Virtual milliseconds between two samples. */
  readonly everyMs: number;
  /** Names of the observers to time. */
  readonly observers: readonly string[];
  /** What is going to be done to them, in order of time. */
  readonly planned: readonly PlannedFault[];
  /** Real time. */
  readonly clock: Clock;
  /** Memory of the process in bytes. */
  readonly rssBytes: () => number;
}

/**
 * Watches a run from both ends: what the source gives, and what the registry and its observers say
 * at even steps of virtual time. What it keeps is bounded by the number of steps.
 */
export class RunWatch {
  readonly #tally: PhaseTally;
  readonly #probe: CommitProbe;
  readonly #handled = new ObserverLatencies(sharedMicros);
  /** In the order of the observers. */
  readonly #courses: ReadonlyMap<string, ObserverSeries>;
  readonly #series: Omit<Series, 'observers'> = {
    at: [],
    realMs: [],
    online: [],
    joins: [],
    updates: [],
    leaves: [],
    rssMiB: [],
  };
  #incidents: IncidentWatch | undefined;
  #startedAt: number | undefined;
  #commands = 0;
  /** Virtual time of the event that is about to be sent. */
  #nextAt = 0;

  constructor(private readonly options: WatchOptions) {
    this.#tally = new PhaseTally(options.spans);
    this.#probe = new CommitProbe(options.clock);
    this.#courses = new Map(options.observers.map((name) => [name, courseOf(name)]));
  }

  /** The source, counted. */
  source(source: ChurnSource): ChurnSource {
    return { ...source, events: this.#counted(source.events) };
  }

  /** Registries that are sampled as their virtual time goes by. */
  opening(open: OpenRegistry): OpenRegistry {
    return async (options) => {
      const registry = await open(options);
      const sample = (): void => {
        this.#sample(registry, options.clock.monotonic());
        options.clock.after(this.options.everyMs, sample);
      };
      options.clock.after(0, sample);
      return this.#timed(registry, options.clock);
    };
  }

  get series(): Series {
    return { ...this.#series, observers: [...this.#courses.values()] };
  }

  /** @param endedAt - virtual milliseconds that were played */
  phases(endedAt: number): PhaseFigures[] {
    const { series } = this;
    return this.#tally.figures(endedAt).map((phase, at, all) => ({
      ...phase,
      observers: phaseLag(series, phase, at === all.length - 1),
    }));
  }

  /** Lives of the observers that came to an unwanted end. */
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

  async *#counted(events: AsyncIterable<ChurnEvent>): AsyncGenerator<ChurnEvent> {
    for await (const event of events) {
      const before = this.#probe.before();
      if (before !== undefined) await before;
      this.#nextAt = event.at;
      yield event;
      // Whoever asks for the next has sent this one.
      const after = this.#probe.after();
      if (after !== undefined) await after;
      this.#tally.count(event);
    }
  }

  #timed(registry: RegistryPort, virtual: Clock): RegistryPort {
    const { clock, observers, planned } = this.options;
    const incidents = new IncidentWatch(planned, clock, virtual);
    this.#incidents = incidents;
    const look = (): void => incidents.look(registry.getObserverStats().observers);
    let cancelLook = clock.after(lookEveryMs, function again() {
      look();
      cancelLook = clock.after(lookEveryMs, again);
    });
    const timed = (command: Promise<CommandAnswer>): Promise<CommandAnswer> => {
      this.#probe.sent(command);
      if (++this.#commands % commandsATiming !== 1) return command;
      return command.then((answer) => {
        if (answer.change !== 'unchanged') this.#handled.committed(answer.seq);
        return answer;
      });
    };
    return {
      peers: registry.peers,
      get lastSeq() {
        return registry.lastSeq;
      },
      upsert: (peer) => timed(registry.upsert(peer)),
      remove: (nodeId) => timed(registry.remove(nodeId)),
      registerObserver: async (registration) => {
        const { name, module } = registration;
        if (!observers.includes(name)) return registry.registerObserver(registration);
        const own = { ...registration, module: this.#handled.moduleOf(module) };
        const port = await registry.registerObserver(own);
        this.#handled.add(port);
        const ask: ObserverPort['ask'] = (query, args) => {
          if (query === strikeQuery) incidents.ordered(name, this.#nextAt);
          return port.ask(query, args);
        };
        return { name: port.name, digest: () => port.digest(), ask };
      },
      unregisterObserver: (name) => registry.unregisterObserver(name),
      reviveObserver: (name) => registry.reviveObserver(name),
      settled: (seq, options) => registry.settled(seq, options),
      digest: () => registry.digest(),
      getObserverStats: () => registry.getObserverStats(),
      close: async () => {
        cancelLook();
        look();
        // Whoever has not answered by then hangs: the rest of it is not measured.
        const late = (): Error => new Error('an observer did not answer in time');
        await withDeadline(clock, this.#handled.finish(), lastWordMs, late).catch(() => undefined);
        await registry.close();
      },
    };
  }

  #sample(registry: RegistryPort, at: number): void {
    const { clock, rssBytes } = this.options;
    const series = this.#series;
    this.#startedAt ??= clock.monotonic();
    this.#handled.look();
    const { online, joins, updates, leaves } = this.#tally;
    series.at.push(at);
    series.realMs.push(Math.round(clock.monotonic() - this.#startedAt));
    series.online.push(online);
    series.joins.push(joins);
    series.updates.push(updates);
    series.leaves.push(leaves);
    series.rssMiB.push(Math.round(rssBytes() / 2 ** 20));
    for (const figures of registry.getObserverStats().observers) {
      // Others are the run's own, such as the one that follows the log.
      const course = this.#courses.get(figures.name);
      if (course === undefined) continue;
      course.state.push(figures.state);
      course.lag.push(figures.lag);
      course.delivered.push(figures.delivered);
      course.resyncs.push(figures.resyncs);
      course.restarts.push(figures.restarts);
    }
  }
}

const courseOf = (name: string): ObserverSeries => ({
  name,
  state: [],
  lag: [],
  delivered: [],
  resyncs: [],
  restarts: [],
});
