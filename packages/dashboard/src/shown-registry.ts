import type { ObserverStats } from '@panoptes/core';
import type { PeerRegistry } from '@panoptes/workers';
import { type AboutFact, aboutFacts } from './about-facts.js';
import { RegistryLook } from './metrics/registry-look.js';

/** A registry as it is shown: as it is, until it is frozen; from then on as it was. */
export class ShownRegistry {
  readonly #registry: PeerRegistry;
  readonly #about: () => unknown;
  readonly #now: () => number;
  #frozen: (ShownState & { readonly all: readonly ObserverStats[] }) | undefined;

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

  /** Shows it from now on as it is now. */
  freeze(): void {
    this.#frozen ??= { ...this.#stateNow(this.#now()), all: this.observers() };
  }

  #stateNow(frozenAt: number | null): ShownState {
    const look = new RegistryLook(this.#registry);
    return { at: this.#now(), frozenAt, look, about: aboutFacts(this.#about) };
  }
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
