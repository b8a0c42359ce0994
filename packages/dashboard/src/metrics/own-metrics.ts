import type { ObserverMetrics, ObserverStats } from '@panoptes/core';
import type { PeerRegistry } from '@panoptes/workers';

/**
 * Asks observers for the figures of their own. Each has the same time to answer, and is not asked again
 * before it has: one that is stuck holds up nobody for longer, and gathers no questions.
 */
export class OwnMetrics {
  readonly #registry: PeerRegistry;
  readonly #timeoutMs: number;
  /** Asked and not answered, by name. */
  readonly #asked = new Map<string, Promise<ObserverMetrics | undefined>>();
  /** What they said last, by name, once they are asked no more. */
  #last: ReadonlyMap<string, ObserverMetrics | undefined> | undefined;

  constructor(registry: PeerRegistry, timeoutMs: number) {
    this.#registry = registry;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Resolves when all have answered or their time is over.
   *
   * @returns of each observer that has figures of its own what it said; undefined if it did not
   */
  async read(observers: readonly ObserverStats[]): Promise<OwnReading[]> {
    const having = observers.filter(({ hasMetrics }) => hasMetrics);
    return Promise.all(
      having.map(async ({ name }) => ({ observer: name, metrics: await this.of(name) })),
    );
  }

  /** Asks them a last time: what they say is what there is from then on. */
  async freeze(observers: readonly ObserverStats[]): Promise<void> {
    const readings = await this.read(observers);
    this.#last ??= new Map(readings.map(({ observer, metrics }) => [observer, metrics]));
  }

  /** The figures of one observer's own; undefined when it has none or does not say in time. */
  of(name: string): Promise<ObserverMetrics | undefined> {
    if (this.#last !== undefined) return Promise.resolve(this.#last.get(name));
    let asked = this.#asked.get(name);
    if (asked !== undefined) return asked;
    asked = this.#ask(name).finally(() => this.#asked.delete(name));
    this.#asked.set(name, asked);
    return asked;
  }

  async #ask(name: string): Promise<ObserverMetrics | undefined> {
    try {
      return await this.#registry.observer(name).metrics({ timeoutMs: this.#timeoutMs });
    } catch {
      return undefined;
    }
  }
}

/** What one observer said. */
export interface OwnReading {
  readonly observer: string;
  readonly metrics: ObserverMetrics | undefined;
}
