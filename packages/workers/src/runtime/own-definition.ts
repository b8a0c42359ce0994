import {
  ConfigError,
  type Subscription,
  describe,
  isCollection,
  maxMetrics,
  ownMetricFigures,
} from '@panoptes/core/observer';
import type { AnyObserver, ObserverQuery } from './define-observer.js';

/**
 * Reads what a module exports as an observer: each part once, into a record that stays as it is,
 * whatever getters and proxies the module may have put in its place.
 *
 * @param where - whose it is, for the message
 * @throws {ConfigError} when it is no observer, or subscribes to what there is not
 */
export async function ownDefinition(given: unknown, where: string): Promise<AnyObserver> {
  let parts: Parts;
  try {
    parts = partsOf(given, where);
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    throw new ConfigError(`${where}: expected an observer that can be read; it threw`, { cause });
  }
  const { name, subscribe, queries, metrics, handlers } = parts;
  return Object.freeze({
    name,
    ...(subscribe !== undefined && { subscribe: await ownSubscription(subscribe) }),
    ...(queries !== undefined && { queries }),
    ...(metrics !== undefined && { metrics }),
    ...handlers,
  }) as unknown as AnyObserver;
}

/** Most queries that an observer may have. */
export const maxQueries = 1_000;

/** What makes an observer, as it was read. */
interface Parts {
  readonly name: string;
  readonly subscribe: unknown;
  readonly queries: Readonly<Record<string, AnyQuery>> | undefined;
  readonly metrics: AnyObserver['metrics'];
  readonly handlers: Readonly<Partial<Record<HandlerName, Code>>>;
}

type Code = (...given: unknown[]) => unknown;
type AnyQuery = ObserverQuery<unknown>;
type HandlerName = Exclude<keyof AnyObserver, 'name' | 'subscribe' | 'queries' | 'metrics'>;

/** All that is called on an observer, and whether it must be there; one that is missing here is an error of types. */
const handlerNames: Readonly<Record<HandlerName, boolean>> = {
  ...{ setup: true, onEvents: true },
  ...{ onSnapshot: false, onProposal: false, onAborted: false, digest: false, teardown: false },
};

function partsOf(given: unknown, where: string): Parts {
  if (typeof given !== 'object' || given === null) throw noObserver(given, where);
  const definition = given as Readonly<Record<string, unknown>>;
  const handlers: Record<string, Code> = {};
  for (const [name, isNeeded] of Object.entries(handlerNames)) {
    const handler = definition[name];
    if (handler === undefined && !isNeeded) continue;
    if (typeof handler === 'function') {
      handlers[name] = (...args) => Reflect.apply(handler, definition, args) as unknown;
    } else if (isNeeded) throw noObserver(given, where);
    else throw notCallable(`${where}: ${name}`, handler);
  }
  const { name, subscribe, queries, metrics } = definition;
  return {
    name: typeof name === 'string' ? name : '',
    subscribe,
    queries: queries === undefined ? undefined : ownQueries(queries, where),
    metrics: metrics === undefined ? undefined : ownMetrics(metrics, where),
    handlers,
  };
}

function ownQueries(given: unknown, where: string): Readonly<Record<string, AnyQuery>> {
  if (!isNamed(given)) throw unnamed(`${where}: queries`, given);
  const names = Object.keys(given);
  if (names.length > maxQueries) {
    throw new ConfigError(
      `${where}: queries: expected at most ${maxQueries}, got ${names.length} of them`,
    );
  }
  const queries = names.map((name): [string, AnyQuery] => {
    const query = (given as Readonly<Record<string, unknown>>)[name];
    if (typeof query === 'function') return [name, query as AnyQuery];
    throw notCallable(`${where}: query ${describe(name)}`, query);
  });
  return Object.freeze(Object.fromEntries(queries));
}

function ownMetrics(given: unknown, where: string): AnyObserver['metrics'] {
  if (!isNamed(given)) throw unnamed(`${where}: metrics`, given);
  // One more than there may be is enough to refuse them.
  const parts = Object.keys(given)
    .slice(0, maxMetrics + 1)
    .map((id) => {
      const metric = (given as Readonly<Record<string, unknown>>)[id];
      if (typeof metric !== 'object' || metric === null) {
        const place = `${where}: metric ${describe(id)}`;
        throw new ConfigError(`${place}: expected what describes it, got ${describe(metric)}`);
      }
      const { kind, unit, says, bounds, read } = metric as Readonly<Record<string, unknown>>;
      return { id, kind, unit, says, bounds, read };
    });
  const figures = ownMetricFigures(parts, where);
  const metrics = figures.map(({ id, ...figure }, at) => {
    const { read } = parts[at]!;
    if (typeof read !== 'function') throw notCallable(`${where}: metric '${id}': read`, read);
    return [id, Object.freeze({ ...figure, read: read as Code })] as const;
  });
  return Object.freeze(Object.fromEntries(metrics)) as AnyObserver['metrics'];
}

/** Only when there is one, for what reads the schema takes longer to load than all the rest of a thread. */
async function ownSubscription(given: unknown): Promise<Subscription> {
  const { parseSubscription } = await import('@panoptes/core/subscription');
  return Object.freeze(parseSubscription(given));
}

/** Whether something may have members by name; those of a map would pass unseen. */
const isNamed = (given: unknown): given is object =>
  typeof given === 'object' && given !== null && !isCollection(given);

const unnamed = (place: string, given: unknown): ConfigError =>
  new ConfigError(`${place}: expected an object with a member for each, got ${describe(given)}`);

const noObserver = (given: unknown, where: string): ConfigError =>
  new ConfigError(
    `${where}: expected a default export made by defineObserver, with setup and onEvents, ` +
      `got ${describe(given)}`,
  );

const notCallable = (place: string, given: unknown): ConfigError =>
  new ConfigError(`${place}: expected a function, got ${describe(given)}`);
