import { type Clock, withDeadline } from '../clock.js';
import type { RegistryConfig } from '../config.js';
import { errorOf } from '../error-of.js';
import {
  ConfigError,
  ObserverCrashedError,
  ObserverError,
  ObserverUnavailableError,
  PanoptesError,
  PayloadError,
  QueryError,
  QueryLimitError,
  QueryTimeoutError,
  RegistryClosedError,
  describe,
} from '../errors.js';
import { isList, shortName } from '../own-record.js';
import type { ObserverHost } from './host.js';
import type { Incarnation } from './incarnation.js';
import { evictedError } from './observer-end.js';
import { MetricReadings, type ObserverMetrics } from './observer-metrics.js';
import type { ObserverState } from './observer-state.js';
import type { ObserverRecord } from './observer-record.js';

/** What an observer is asked from outside. Every call settles, even if the observer never answers. */
export class ObserverCalls {
  readonly #record: ObserverRecord;
  readonly #deps: ObserverCallsDeps;
  readonly #state: () => ObserverState;
  readonly #readings = new MetricReadings();
  /** Asked and not answered, by incarnation; one whose caller waits no more is still among them. */
  readonly #waiting = new Map<Incarnation, number>();

  constructor(record: ObserverRecord, deps: ObserverCallsDeps, state: () => ObserverState) {
    this.#record = record;
    this.#deps = deps;
    this.#state = state;
  }

  /** Asks the observer a question; see `ObserverHandle.ask`. */
  async ask(query: string, args: readonly unknown[], timeoutMs: number): Promise<unknown> {
    const { spec, description } = this.#record;
    const known = description?.queries;
    if (known !== undefined && !known.includes(query)) {
      throw new QueryError(
        `observer '${spec.name}' has no query ${describe(query)} (it has: ${listed(known)})`,
      );
    }
    const own = ownArguments(query, args);
    return this.#answerTo(`query '${query}'`, timeoutMs, (host) => host.query(query, own));
  }

  /** The observer's own digest of what it holds. */
  async digest(timeoutMs: number): Promise<string> {
    if (this.#record.description?.hasDigest === false) {
      throw new QueryError(`observer '${this.#record.spec.name}' has no digest`);
    }
    return this.#answerTo('digest', timeoutMs, (host) => host.digest());
  }

  /** The figures of its own, when it has handled everything up to `after`; see `ObserverHandle`. */
  async metrics(after: number, timeoutMs: number): Promise<ObserverMetrics> {
    const { description, spec } = this.#record;
    if (description?.metrics.length === 0) {
      throw new QueryError(
        `observer '${spec.name}' has no figures of its own; a definition's 'metrics' describe them`,
      );
    }
    const read = async (host: ObserverHost): Promise<ObserverMetrics> => {
      const { incarnation, description: described, current } = this.#record;
      // One that paused as it followed refuses that itself; one that has yet to follow knows of no pause.
      if (this.#state() === 'paused' && after > current!.cursor) {
        const at = `is paused at transaction ${current!.cursor}`;
        throw new QueryError(`observer '${spec.name}' ${at}; resume it first`);
      }
      const answer = await host.metrics(after);
      const who = { observer: spec.name, incarnation };
      return this.#readings.take(who, described?.metrics ?? [], answer);
    };
    return this.#answerTo('reading of its metrics', timeoutMs, read, 'watching');
  }

  /** Resolves when its thread has had a turn. */
  probe(timeoutMs: number): Promise<void> {
    return this.#call('probe', timeoutMs, ({ host }) => host.probe(), 'probe');
  }

  /** What goes wrong in the observer's own code, or with what it returned, is a failed query. */
  async #answerTo<T>(
    what: string,
    timeoutMs: number,
    call: (host: ObserverHost) => Promise<T>,
    kind: CallKind = 'query',
  ): Promise<T> {
    const counted = (incarnation: Incarnation) => this.#counted(incarnation, call);
    try {
      return await this.#call(what, timeoutMs, counted, kind);
    } catch (error) {
      const isItsOwn =
        error instanceof ObserverError ||
        error instanceof ConfigError ||
        error instanceof PayloadError;
      if (!isItsOwn && error instanceof PanoptesError) throw error;
      const { message } = errorOf(error);
      const { name } = this.#record.spec;
      throw new QueryError(`${what} of observer '${name}' failed: ${message}`, { cause: error });
    }
  }

  async #call<T>(
    what: string,
    timeoutMs: number,
    call: (incarnation: Incarnation) => Promise<T>,
    kind: CallKind,
  ): Promise<T> {
    const record = this.#record;
    const { name } = record.spec;
    const { clock, failure, isClosed } = this.#deps;
    failure.throwIfAborted();
    const state = this.#state();
    if (state === 'evicted') throw evictedError(name);
    if (record.current === undefined || !answering.includes(state)) {
      throw new ObserverUnavailableError(
        `observer '${name}' is ${state} and cannot answer a ${what}`,
        { cause: record.lastError },
      );
    }
    if (kind !== 'probe' && state === 'paused' && record.current.isBlank) {
      throw new ObserverUnavailableError(
        `observer '${name}' was started again while it is paused: it knows nothing yet; resume it first`,
      );
    }
    // First of all: callers who ask without end must not get as much as a timer for each.
    if (kind !== 'probe') this.#checkRoom(record.current, what);
    const late = () =>
      new QueryTimeoutError(`observer '${name}' did not answer a ${what} within ${timeoutMs} ms`);
    try {
      const answer = await withDeadline(clock, call(record.current), timeoutMs, late);
      if (kind === 'query') record.touch();
      return answer;
    } catch (error) {
      // It was stopped because the registry failed: that is the reason.
      failure.throwIfAborted();
      if (!(error instanceof ObserverCrashedError && isClosed())) throw error;
      const message = `the registry is closed; observer '${name}' did not answer a ${what} before`;
      throw new RegistryClosedError(message, { cause: error });
    }
  }

  /** Lets so many wait at a time: each takes memory, here and on the observer's thread. */
  #checkRoom(incarnation: Incarnation, what: string): void {
    const { maxPendingQueries } = this.#deps.config;
    const waiting = this.#waiting.get(incarnation) ?? 0;
    if (waiting < maxPendingQueries) return;
    throw new QueryLimitError(
      `observer '${this.#record.spec.name}' has ${waiting} queries to answer already ` +
        `(maxPendingQueries: ${maxPendingQueries}); await earlier ones before asking a ${what}`,
    );
  }

  async #counted<T>(
    incarnation: Incarnation,
    call: (host: ObserverHost) => Promise<T>,
  ): Promise<T> {
    this.#waiting.set(incarnation, (this.#waiting.get(incarnation) ?? 0) + 1);
    try {
      return await call(incarnation.host);
    } finally {
      const left = this.#waiting.get(incarnation)! - 1;
      if (left === 0) this.#waiting.delete(incarnation);
      else this.#waiting.set(incarnation, left);
    }
  }
}

/** What calls depend on. */
export interface ObserverCallsDeps {
  readonly clock: Clock;
  readonly config: Pick<RegistryConfig['observers'], 'maxPendingQueries'>;
  /** Aborted when the registry has failed. */
  readonly failure: AbortSignal;
  /** Whether observers are stopped because the registry closes. */
  readonly isClosed: () => boolean;
}

/**
 * A `query` shows that the observer is needed; to read its figures (`watching`) does not, or whatever
 * watches all observers would keep them all. A `probe` is the supervisor's own.
 */
type CallKind = 'query' | 'watching' | 'probe';

/** Names that a message lists. */
const mostListed = 20;

/** Names as a message lists them: an observer may have many, and long ones. */
function listed(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  const shown = names.slice(0, mostListed).map(shortName).join(', ');
  return names.length > mostListed ? `${shown} and ${names.length - mostListed} more` : shown;
}

/** More do not fit on a stack; and a list of nothing but holes is short only until it is gone through. */
const mostArguments = 65_535;

const answering: readonly ObserverState[] = ['syncing', 'live', 'lagging', 'paused'];

/** Copies the arguments of a query, each read once; what is in them is copied when they are sent. */
function ownArguments(query: string, args: readonly unknown[]): unknown[] {
  const expected = `query '${query}': expected a list of at most ${mostArguments} arguments`;
  try {
    const size: unknown = isList(args) ? args.length : undefined;
    if (typeof size === 'number' && size <= mostArguments) {
      return Array.from({ length: size }, (_, at) => args[at]);
    }
  } catch (cause) {
    throw new QueryError(`${expected}; it threw`, { cause });
  }
  throw new QueryError(`${expected}, got ${describe(args)}`);
}
