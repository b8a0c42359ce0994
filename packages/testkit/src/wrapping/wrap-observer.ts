import type { EventBatch, PeerSnapshot } from '@panoptes/core/observer';
import type { AnyObserver, ObserverContext } from '@panoptes/workers/observer';

/**
 * An observer that does what another does, with hooks around it: the same name, subscription and
 * votes, and nothing that the other one has not.
 *
 * @param inner - the observer
 */
export function wrapObserver<Own>(inner: AnyObserver, hooks: ObserverHooks<Own>): AnyObserver {
  const parts = Object.entries(forwards).map(([part, forward]): [string, unknown] => [
    part,
    (forward as Forward<keyof AnyObserver, Own>)(inner, hooks),
  ]);
  const present = parts.filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as unknown as AnyObserver;
}

/** The state of a wrapped observer, beside what wraps it. */
export interface Wrapped<Own = unknown> {
  /** What the hooks made for this incarnation. */
  readonly own: Own;
  /** The observer's own state. */
  inner: unknown;
}

/**
 * What is done around an observer's handlers, on its thread. Each hook gets what `setup` made, and a
 * function that calls the observer's own handler: what the hook returns or throws is what the handler
 * returns or throws.
 */
export interface ObserverHooks<Own> {
  /** Makes what belongs to one incarnation, before the observer is set up. */
  setup(ctx: ObserverContext): Own | Promise<Own>;
  readonly onSnapshot?: Around<Own, PeerSnapshot>;
  readonly onEvents?: Around<Own, EventBatch>;
  /** Around each of the observer's queries. */
  readonly query?: (own: Own, answer: () => unknown) => unknown;
  /** Around its digest, if it has one. */
  readonly digest?: (own: Own, answer: () => Digest) => Digest;
  /** Queries beside the observer's own. */
  readonly queries?: Readonly<Record<string, (own: Own, ...args: never[]) => unknown>>;
  readonly teardown?: (own: Own, handle: () => MaybePromise) => MaybePromise;
}

/** Around a handler that is handed something. */
type Around<Own, Given> = (own: Own, handle: () => MaybePromise, given: Given) => MaybePromise;
type MaybePromise = void | Promise<void>;
type Digest = string | Promise<string>;

/** Goes on when a handler has settled well: at once, unless it returned a promise. */
export function whenHandled(handled: MaybePromise, then: () => void): MaybePromise {
  // What a handler written in JavaScript returns need not be a promise.
  if (handled !== undefined) return Promise.resolve(handled).then(then);
  then();
}

type Forward<Part extends keyof AnyObserver, Own> = (
  inner: AnyObserver,
  hooks: ObserverHooks<Own>,
) => AnyObserver[Part];

/** How each part of a definition is passed on; one that is missing here is an error of types. */
const forwards: { readonly [Part in keyof Required<AnyObserver>]: Forward<Part, unknown> } = {
  name: ({ name }) => name,
  subscribe: ({ subscribe }) => subscribe,
  setup: (inner, hooks) => async (ctx: ObserverContext) => {
    const own = await hooks.setup(ctx);
    return { own, inner: (await inner.setup(ctx)) as unknown } satisfies Wrapped;
  },
  onSnapshot: (inner, hooks) => (peers, state: Wrapped, ctx) => {
    const handle = () => inner.onSnapshot?.(peers, state.inner, ctx);
    return hooks.onSnapshot === undefined ? handle() : hooks.onSnapshot(state.own, handle, peers);
  },
  onEvents: (inner, hooks) => (batch, state: Wrapped, ctx) => {
    const handle = () => inner.onEvents(batch, state.inner, ctx);
    return hooks.onEvents === undefined ? handle() : hooks.onEvents(state.own, handle, batch);
  },
  onProposal: (inner) =>
    inner.onProposal &&
    ((proposal, state: Wrapped, ctx) => inner.onProposal!(proposal, state.inner, ctx)),
  onAborted: (inner) =>
    inner.onAborted && ((ids, state: Wrapped, ctx) => inner.onAborted!(ids, state.inner, ctx)),
  queries: (inner, hooks) => ({
    ...mapped(inner.queries, (query) => ({ own, inner: state }: Wrapped, ...args: unknown[]) => {
      const answer = (): unknown => query(state, ...args);
      return hooks.query === undefined ? answer() : hooks.query(own, answer);
    }),
    ...mapped(
      hooks.queries,
      (query) =>
        ({ own }: Wrapped, ...args: unknown[]) =>
          query(own, ...(args as never[])),
    ),
  }),
  metrics: (inner) =>
    inner.metrics &&
    (mapped(inner.metrics, (metric) => ({
      ...metric,
      read: ({ inner: state }: Wrapped) => metric.read(state),
    })) as AnyObserver['metrics']),
  digest: (inner, hooks) =>
    inner.digest &&
    ((state: Wrapped) => {
      const answer = () => inner.digest!(state.inner);
      return hooks.digest === undefined ? answer() : hooks.digest(state.own, answer);
    }),
  teardown: (inner, hooks) => (state: Wrapped) => {
    const handle = () => inner.teardown?.(state.inner);
    return hooks.teardown === undefined ? handle() : hooks.teardown(state.own, handle);
  },
};

const mapped = <From, To>(
  queries: Readonly<Record<string, From>> = {},
  map: (query: From) => To,
): Record<string, To> =>
  Object.fromEntries(Object.entries(queries).map(([name, query]) => [name, map(query)]));
