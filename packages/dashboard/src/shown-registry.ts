import {
  type ObserverHandle,
  type ObserverLine,
  ObserverNotFoundError,
  type ObserverStats,
  isA,
} from '@panoptes/core';
import type { PeerRegistry } from '@panoptes/workers';
import { type AboutFact, aboutFacts } from './about-facts.js';
import { RegistryLook } from './metrics/registry-look.js';

/** A registry as it is shown: as it is, until it is frozen; from then on as it was. */
export class ShownRegistry {
  readonly #registry: PeerRegistry;
  readonly #about: () => unknown;
  readonly #now: () => number;
  #frozen: FrozenState | undefined;

  /**
   * @param about - what the program says of itself
   * @param now - Unix milliseconds
   */
  constructor(registry: PeerRegistry, about: () => unknown, now: () => number) {
    this.#registry = registry;
    this.#about = about;
    this.#now = now;
  }

  get isFrozen(): boolean {
    return this.#frozen !== undefined;
  }

  state(): ShownState {
    return this.#frozen ?? this.#stateNow(null);
  }

  /** All observers, however many. */
  observers(): readonly ObserverStats[] {
    return this.#frozen?.all ?? this.#registry.getObserverStats().observers;
  }

  /** What an observer has printed lately, and what was said of it. */
  lines(name: string): readonly ObserverLine[] {
    if (this.#frozen !== undefined) return this.#frozen.lines.get(name) ?? [];
    return this.#handleOf(name)?.lines() ?? [];
  }

  /** What an observer can be asked; nothing once it is frozen. */
  queryNames(name: string): readonly string[] {
    return this.isFrozen ? [] : (this.#handleOf(name)?.queryNames ?? []);
  }

  /** Shows it from now on as it is now. */
  freeze(): void {
    if (this.#frozen !== undefined) return;
    const all = this.observers();
    const lines = new Map(all.map(({ name }) => [name, this.lines(name)]));
    this.#frozen = { ...this.#stateNow(this.#now()), all, lines };
  }

  #handleOf(name: string): ObserverHandle | undefined {
    try {
      return this.#registry.observer(name);
    } catch (error) {
      if (isA(error, ObserverNotFoundError)) return undefined;
      throw error;
    }
  }

  #stateNow(frozenAt: number | null): ShownState {
    const look = new RegistryLook(this.#registry);
    return { at: this.#now(), frozenAt, look, about: aboutFacts(this.#about) };
  }
}

/** All that is shown of one that is frozen. */
interface FrozenState extends ShownState {
  readonly all: readonly ObserverStats[];
  readonly lines: ReadonlyMap<string, readonly ObserverLine[]>;
}

/** What is shown of a registry, all of one moment. */
export interface ShownState {
  /** Unix milliseconds. */
  readonly at: number;
  /** When it was frozen, in Unix milliseconds; null while it is not. */
  readonly frozenAt: number | null;
  readonly look: RegistryLook;
  readonly about: readonly AboutFact[];
}
