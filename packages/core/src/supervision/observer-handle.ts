import type { MetricFigure } from '../metric-figure.js';
import type { ObserverLine } from './observer-lines.js';
import type { ObserverMetrics } from './observer-metrics.js';
import type { ObserverStats } from './observer-stats.js';
import type { ObserverEnd } from './observer-end.js';
import type { ObserverState } from './observer-state.js';
import type { ObserverActor } from './observer-actor.js';
import type { OwnerCalls } from './owner-calls.js';
import { metricsArguments, waitLimitMs } from './wait-arguments.js';

/** A registered observer, as its owner holds it. Stays valid through restarts. */
export interface ObserverHandle<
  Queries = Record<string, (state: never, ...args: never[]) => unknown>,
  Metric extends string = string,
> extends OwnerCalls {
  readonly name: string;
  readonly state: ObserverState;
  /**
   * The observer's queries as functions: `await handle.query.closest(id, 20)`. An answer is a copy.
   *
   * @throws {QueryError} when there is no such query, it throws, or its answer cannot be sent
   * @throws {QueryTimeoutError} when the answer takes too long; a late one is dropped
   * @throws {ObserverUnavailableError | ObserverCrashedError} when no incarnation is there to answer
   * @throws {ObserverEvictedError} when it was evicted
   * @throws {RegistryClosedError} when the registry closes before it has answered
   */
  readonly query: QueryCalls<Queries>;
  /** Names of its queries, as its module says them; none before it has started. */
  readonly queryNames: readonly string[];
  /** `query` by name, with options. */
  ask(query: string, args: readonly unknown[], options?: AskOptions): Promise<unknown>;
  /** What the observer's `digest` says of the peers as it has seen them. */
  digest(options?: AskOptions): Promise<string>;
  /** The figures of its own, as its module describes them. */
  readonly metricFigures: readonly MetricFigure<Metric>[];
  /**
   * The values of the figures of its own, all at one transaction, read between two handlers. One that
   * cannot be read has an `error` in the place of its value.
   *
   * @throws {QueryError} when it has none, or what it sent cannot be read
   * @throws what `query` throws when it cannot answer
   */
  metrics(options?: MetricsOptions): Promise<ObserverMetrics<Metric>>;
  stats(): ObserverStats;
  /**
   * What it has printed lately, and what its supervisor has said of it, through all its incarnations, oldest
   * first: `observers.maxLines` of both at most. What it prints is read four times a second. One on the
   * registry's own thread (`inline`) prints where the program does, which is not kept here.
   */
  lines(): ObserverLine[];
  /** Says that the observer is still needed: counts as activity. */
  touch(): void;
  /** Resolves when the observer is gone for good, with why and how. Never rejects. */
  readonly ended: Promise<ObserverEnd>;
}

/** An observer's queries as its caller sees them: without the state, and with a promise. */
export type QueryCalls<Queries> = {
  readonly [Name in keyof Queries]: Queries[Name] extends (
    state: never,
    ...args: infer Args
  ) => infer Result
    ? (...args: Args) => Promise<Awaited<Result>>
    : never;
};

/** How to ask. */
export interface AskOptions {
  /**
   * Milliseconds to wait for the answer, more than 0; `Infinity`: until the incarnation ends.
   * Default: the registry's `queryTimeoutMs`.
   */
  readonly timeoutMs?: number;
}

/** How to read an observer's own figures. */
export interface MetricsOptions extends AskOptions {
  /**
   * A transaction that it has handled before they are read: `registry.lastSeq` for all that is
   * committed. Default: they are read as soon as it can.
   */
  readonly after?: number;
}

/** Names that `await` and printing look up in any object: no query is called so. */
const othersAskFor: readonly PropertyKey[] = ['then', 'toJSON'];

/**
 * Makes the handle of an actor.
 *
 * @param usualTimeoutMs - for what is asked without a time of its own
 */
export function handleOf<Queries, Metric extends string>(
  actor: ObserverActor,
  usualTimeoutMs: number,
  lastSeq: () => number,
): ObserverHandle<Queries, Metric> {
  const timeoutOf = (options?: AskOptions) => waitLimitMs(options, usualTimeoutMs);
  const ask = async (query: string, args: readonly unknown[], options?: AskOptions) =>
    actor.calls.ask(query, args, timeoutOf(options));
  const query = new Proxy(Object.create(null) as QueryCalls<Queries>, {
    get: (_, name) =>
      typeof name === 'symbol' || othersAskFor.includes(name)
        ? undefined
        : (...args: unknown[]) => ask(name, args),
  });
  return {
    name: actor.name,
    get state() {
      actor.noteLag();
      return actor.state;
    },
    query,
    get queryNames() {
      return [...(actor.record.description?.queries ?? [])];
    },
    ask,
    digest: async (options) => actor.calls.digest(timeoutOf(options)),
    get metricFigures() {
      return (actor.record.description?.metrics ?? []) as readonly MetricFigure<Metric>[];
    },
    metrics: (options) =>
      metricsOf(actor, usualTimeoutMs, options) as Promise<ObserverMetrics<Metric>>,
    stats: () => actor.stats(lastSeq()),
    lines: () => actor.lines.list(),
    restart: (options) => actor.control.restart(options),
    pause: (options) => actor.control.pause(options),
    resume: (options) => actor.control.resume(options),
    touch: () => actor.record.touch(),
    ended: actor.ended,
  };
}

/** Reads the own figures of an observer. */
async function metricsOf(
  { calls }: Pick<ObserverActor, 'calls'>,
  usualTimeoutMs: number,
  options: MetricsOptions | undefined,
): Promise<ObserverMetrics> {
  const { after, timeoutMs } = metricsArguments(options, usualTimeoutMs);
  return calls.metrics(after, timeoutMs);
}
