import type { EventBatch, PeerSnapshot, Proposal, Subscription } from '@panoptes/core/observer';
import type { ObserverRegistry } from './command-sender.js';
import type { ObserverStore } from './observer-store.js';
import type { Vote } from './vote.js';

/**
 * Declares an observer. A module's default export made by it can be registered.
 *
 * The type of the state is what `setup` makes, and everything else that is handed the state gets it
 * from there. The type of the options is that of `setup`'s context, if it has one:
 *
 * ```ts
 * export default defineObserver({
 *   name: 'counter',
 *   setup: (ctx: ObserverContext<{ start: number }>) => ({ count: ctx.options.start }),
 *   onEvents: (batch, state) => void (state.count += batch.size),
 *   queries: { count: (state) => state.count },
 * });
 * ```
 *
 * @param definition - the observer's handlers, queries and name
 * @returns the definition itself, its types inferred
 */
export function defineObserver<
  State,
  Options = unknown,
  Queries extends Record<string, ObserverQuery<State>> = NoQueries,
  Metric extends string = never,
>(
  // Said a second time for each query by its own: only so is a query's state inferred before it is looked at.
  definition: ObserverDefinition<State, Options, Queries, Metric> & {
    readonly queries?: Queries & Record<string, ObserverQuery<State>>;
  },
): ObserverDefinition<State, Options, Queries, Metric> {
  return definition;
}

/**
 * An observer: user code that follows the registry from its own thread. Its state belongs to one
 * incarnation and is built again from a snapshot after a restart or a resync. A handler that throws
 * ends the incarnation, and only that.
 */
export interface ObserverDefinition<
  State,
  Options,
  Queries extends Record<string, ObserverQuery<State>>,
  Metric extends string = string,
> {
  /**
   * What the observer is, for reports. It is registered under a name of the registration's own: by
   * default that of the module's file.
   */
  readonly name: string;
  /**
   * Which changes it is given; all unless this says otherwise. What does not match is passed over on the
   * observer's thread, undecoded, and snapshots show the peers of the chosen set alone.
   */
  readonly subscribe?: Subscription;
  /** Makes the state of a new incarnation. */
  setup(ctx: ObserverContext<Options>): State | Promise<State>;
  /** Gets every peer: after `setup`, and again after each resync. Must forget what it knew. */
  onSnapshot?(
    peers: PeerSnapshot,
    state: State,
    ctx: ObserverContext<Options>,
  ): void | Promise<void>;
  /** Gets the changes in order. Not called again before the last call has settled. */
  onEvents(batch: EventBatch, state: State, ctx: ObserverContext<Options>): void | Promise<void>;
  /**
   * Votes on a transaction before it is committed: asked of an observer registered with
   * `role: 'critical'`. It has been given all that was committed before; what it accepted meanwhile
   * comes with `onEvents` or is named by `onAborted`. Not called again before the last call has
   * settled. One that throws or rejects is a failed vote, and the incarnation goes on.
   */
  onProposal?(
    proposal: Proposal,
    state: State,
    ctx: ObserverContext<Options>,
  ): Vote | Promise<Vote>;
  /** Is told which proposals were not committed, whichever voter or fault was the cause. */
  onAborted?(
    ids: readonly number[],
    state: State,
    ctx: ObserverContext<Options>,
  ): void | Promise<void>;
  /**
   * Questions that may be asked from outside. They run between handlers. One that waits for something
   * holds back the next handler, for half a second at most: then it has failed.
   */
  readonly queries?: Queries;
  /**
   * Figures of its own, by name: 64 at most. Each is read from outside between two handlers, with
   * `handle.metrics()`, and sampled in a simulation. A name is made of letters and digits and begins
   * with a small letter, for Prometheus gets `largestShare` as `largest_share`.
   */
  readonly metrics?: Readonly<Record<Metric, ObserverMetric<State>>>;
  /**
   * A short text that is equal for two observers exactly when they hold the same view of the same
   * peers, whatever their histories. The consistency checkers compare it.
   */
  digest?(state: State): string | Promise<string>;
  /** Called when the incarnation is stopped without a failure; never after a handler has thrown. */
  teardown?(state: State): void | Promise<void>;
}

/** What an observer is told about itself. */
export interface ObserverContext<Options = unknown> {
  /** The name it was registered under. */
  readonly name: string;
  /** The options it was registered with. */
  readonly options: Options;
  /** Number of this incarnation of the observer, from 1. */
  readonly incarnation: number;
  /** The registry, for commands of the observer's own. */
  readonly registry: ObserverRegistry;
  /**
   * What the observer has stored, of one that is registered with `resume`: kept through its restarts, and
   * those of the registry. Undefined for others.
   */
  readonly store?: ObserverStore | undefined;
  /**
   * The registry's time in Unix milliseconds. By the machine's clock, unless the registry has a clock
   * of its own, as in a simulation: then it is the time (`at`) of what the observer was handed last,
   * the event that it took from its batch, the snapshot or the proposal that it votes on, and moves
   * with those alone.
   */
  now(): number;
}

/** A question an observer answers: its state, then the caller's arguments. Must return clonable data. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- arguments are the author's own; callers see their exact types
export type ObserverQuery<State> = (state: State, ...args: any[]) => unknown;

/** A figure of an observer's own: what it is, and a function of the state that gives its value at once. */
export type ObserverMetric<State> = AmountMetric<State> | HistogramMetric<State>;

/** A figure that is one number. */
export interface AmountMetric<State> extends MetricWords {
  /** Whether it goes up and down, or only grows, from 0 on in each incarnation. */
  readonly kind: 'gauge' | 'counter';
  /** Its value: a finite number. */
  readonly read: (state: State) => number;
}

/** A figure that is many numbers, counted by how large they are. */
export interface HistogramMetric<State> extends MetricWords {
  readonly kind: 'histogram';
  /** Upper bounds of its buckets, ascending, 64 at most: each with its bound. One more takes the rest. */
  readonly bounds: readonly number[];
  /** The numbers to count, or what the observer has counted by itself. */
  readonly read: (state: State) => Iterable<number> | HistogramCounts;
}

/** Numbers that were counted by the bounds of a histogram. */
export interface HistogramCounts {
  /** How many are in each bucket, the one above all bounds last: one more than there are bounds. */
  readonly counts: readonly number[];
  /** Of all of them. */
  readonly sum: number;
}

interface MetricWords {
  /** What it counts in, in a word, such as `count`, `ms`, `bytes` or `share`. */
  readonly unit: string;
  /** What it says, in one sentence of at most 200 characters. */
  readonly says: string;
}

/** Any observer, its types forgotten. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the door through which every observer's own types pass
export type AnyObserver = ObserverDefinition<any, any, Record<string, ObserverQuery<any>>>;

// eslint-disable-next-line @typescript-eslint/no-generated-empty-object-type -- none is what it is to have
type NoQueries = Readonly<Record<never, ObserverQuery<never>>>;

/** The options that an observer's `setup` takes. */
export type OptionsOf<Definition extends AnyObserver> = Parameters<
  Definition['setup']
>[0]['options'];

/** The queries that an observer answers. */
export type QueriesOf<Definition extends AnyObserver> = NonNullable<Definition['queries']>;

/** The names of an observer's own figures. */
export type MetricsOf<Definition extends AnyObserver> = keyof NonNullable<Definition['metrics']> &
  string;
