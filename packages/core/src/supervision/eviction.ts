import type { Clock } from '../clock.js';
import type { ObserverActor } from './observer-actor.js';
import type { ObserverState } from './observer-state.js';
import { staleness } from './policies/staleness.js';

/** Evicts observers that were inactive for too long; one that is kept alive is asked first. */
export class Eviction {
  readonly #deps: EvictionDeps;
  #evicted = 0;

  constructor(deps: EvictionDeps) {
    this.#deps = deps;
  }

  /** How many were evicted in all. */
  get evicted(): number {
    return this.#evicted;
  }

  /**
   * Evicts those that were inactive for longer than `timeoutMs`.
   *
   * @returns how many there were
   */
  async evictStale(actors: Iterable<ObserverActor>, timeoutMs: number): Promise<number> {
    const fates = Array.from(actors, (actor) => this.#evictIfStale(actor, timeoutMs));
    const evicted = await Promise.all(fates);
    return evicted.filter((isEvicted) => isEvicted).length;
  }

  async #evictIfStale(actor: ObserverActor, timeoutMs: number): Promise<boolean> {
    const { clock, config, log, evict } = this.#deps;
    const { record } = actor;
    if (!evictable.includes(actor.state) || actor.pausedAt !== undefined) return false;
    const { keepAlive } = record.spec;
    const isCaughtUp = actor.hasReached(log.writer.lastSeq);
    const { lastActivity } = record;
    switch (staleness({ lastActivity, keepAlive, isCaughtUp }, clock.monotonic(), timeoutMs)) {
      case 'keep':
        return false;
      case 'ask':
        // Touched first: it is asked once, however many looks there are meanwhile.
        record.touch();
        if (await isAlive(actor, config.queryTimeoutMs)) return false;
    }
    this.#evicted++;
    return evict(actor.name);
  }
}

/** What it takes to evict. */
export interface EvictionDeps {
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly config: { readonly queryTimeoutMs: number };
  readonly log: { readonly writer: { readonly lastSeq: number } };
  /** Ends an observer for good; false when it is gone already. */
  readonly evict: (name: string) => Promise<boolean>;
}

/** Not while it is on its way to be live, or to its end. */
const evictable: readonly ObserverState[] = ['live', 'lagging', 'backoff', 'quarantined'];

const isAlive = (actor: ObserverActor, timeoutMs: number): Promise<boolean> =>
  actor.calls.probe(timeoutMs).then(
    () => true,
    () => false,
  );
