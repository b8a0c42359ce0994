import type { EventBatch, PeerSnapshot, Proposal, Subscription } from '@panoptes/core/observer';
import type { ObserverRegistry } from './command-sender.js';
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
>(
  // Said a second time for each query by its own: only so is a query's state inferred before it is looked at.
  definition: ObserverDefinition<State, Options, Queries> & {
    readonly queries?: Queries & Record<string, ObserverQuery<State>>;
  },
): ObserverDefinition<State, Options, Queries> {
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
