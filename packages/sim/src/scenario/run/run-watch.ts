import { createHistogram } from 'node:perf_hooks';
import type { Clock } from '@panoptes/core';
import type { ChurnEvent, ChurnSource } from '../../churn/churn-event.js';
import type { OpenRegistry, RegistryPort } from '../../driver/registry-port.js';
import type { LatencyFigures, PhaseFigures, Series } from '../../report/run-document.js';
import type { PhaseSpan } from '../churn/phase-spans.js';
import { PhaseTally } from './phase-tally.js';

/** One command in so many is timed: timing each would cost more than many a commit. */
const commandsATiming = 16;

const nanoseconds = 1e6;

/** How to watch. */
export interface WatchOptions {
  readonly spans: readonly PhaseSpan[];
  /** Virtual milliseconds between two samples. */
  readonly everyMs: number;
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
  readonly #latency = createHistogram();
  readonly #series: Series = {
    at: [],
    realMs: [],
    online: [],
    joins: [],
    updates: [],
    leaves: [],
    rssMiB: [],
    observers: {},
  };
  #startedAt: number | undefined;
  #commands = 0;

  constructor(private readonly options: WatchOptions) {
    this.#tally = new PhaseTally(options.spans);
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
      return this.#timed(registry);
    };
  }

  get series(): Series {
    return this.#series;
  }

  /** @param endedAt - virtual milliseconds that were played */
  phases(endedAt: number): PhaseFigures[] {
    return this.#tally.figures(endedAt);
  }

  latency(): LatencyFigures {
    const { count } = this.#latency;
    const ms = (ns: number): number => (count === 0 ? 0 : Number((ns / nanoseconds).toFixed(3)));
    return {
      count,
      p50: ms(this.#latency.percentile(50)),
      p90: ms(this.#latency.percentile(90)),
      p99: ms(this.#latency.percentile(99)),
      max: ms(this.#latency.max),
    };
  }

  async *#counted(events: AsyncIterable<ChurnEvent>): AsyncGenerator<ChurnEvent> {
    for await (const event of events) {
      yield event;
      // Whoever asks for the next has sent this one.
      this.#tally.count(event);
    }
  }

  #timed(registry: RegistryPort): RegistryPort {
    const { clock } = this.options;
    const timed = (command: Promise<unknown>): Promise<unknown> => {
      if (++this.#commands % commandsATiming !== 1) return command;
      const sentAt = clock.monotonic();
      return command.then((result) => {
        const elapsed = Math.round((clock.monotonic() - sentAt) * nanoseconds);
        this.#latency.record(Math.max(1, elapsed));
        return result;
      });
    };
    return {
      peers: registry.peers,
      get lastSeq() {
        return registry.lastSeq;
      },
      upsert: (peer) => timed(registry.upsert(peer)),
      remove: (nodeId) => timed(registry.remove(nodeId)),
      registerObserver: (registration) => registry.registerObserver(registration),
      unregisterObserver: (name) => registry.unregisterObserver(name),
      reviveObserver: (name) => registry.reviveObserver(name),
      settled: () => registry.settled(),
      digest: () => registry.digest(),
      getObserverStats: () => registry.getObserverStats(),
      close: () => registry.close(),
    };
  }

  #sample(registry: RegistryPort, at: number): void {
    const { clock, rssBytes } = this.options;
    const series = this.#series;
    this.#startedAt ??= clock.monotonic();
    const { online, joins, updates, leaves } = this.#tally;
    series.at.push(at);
    series.realMs.push(Math.round(clock.monotonic() - this.#startedAt));
    series.online.push(online);
    series.joins.push(joins);
    series.updates.push(updates);
    series.leaves.push(leaves);
    series.rssMiB.push(Math.round(rssBytes() / 2 ** 20));
    const observers = series.observers as Record<string, Series['observers'][string]>;
    for (const figures of registry.getObserverStats().observers) {
      const own = (observers[figures.name] ??= {
        state: [],
        lag: [],
        delivered: [],
        resyncs: [],
        restarts: [],
      });
      own.state.push(figures.state);
      own.lag.push(figures.lag);
      own.delivered.push(figures.delivered);
      own.resyncs.push(figures.resyncs);
      own.restarts.push(figures.restarts);
    }
  }
}
