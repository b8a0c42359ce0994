import { isA } from '../error-of.js';
import type { PanoptesError } from '../errors.js';
import { RegistryFencedError, type StoreError } from '../store-error.js';
import { Durability, type DurabilityDeps } from './durability.js';
import { CurrentOutcomes, type Outcomes } from './outcomes.js';
import type { OpenedStore } from './registry-store.js';

/** What a registry knows of its store, which it has from its start on, or from its promotion, or never. */
export class RegistryDurability {
  readonly #deps: RegistryDurabilityDeps;
  readonly #outcomes = new CurrentOutcomes();
  #current: Durability | undefined;

  constructor(deps: RegistryDurabilityDeps) {
    this.#deps = deps;
  }

  /** What is known of the store, if there is one by now. */
  get current(): Durability | undefined {
    return this.#current;
  }

  /** How callers are told what came of their commands: as it is by now, and for good unless it `mayChange`. */
  outcomes(mayChange: boolean): Outcomes {
    return mayChange ? this.#outcomes : this.#outcomes.current;
  }

  /** Goes by a store, which begins behind the last transaction. */
  join(store: OpenedStore): Durability {
    const { warn, fail } = this.#deps;
    this.#current = new Durability({
      ...this.#deps,
      store,
      failed: (error) => {
        warn({ code: error.code, err: error }, error.message);
        this.#failed(error);
      },
      broken: fail,
    });
    this.#outcomes.current = this.#current.outcomes;
    return this.#current;
  }

  /** Nothing more gets to disk. */
  #failed(error: StoreError): void {
    const { config, fail, refuse } = this.#deps;
    if (config.onStoreFailure === 'fail' || isA(error, RegistryFencedError)) fail(error);
    // What cannot be acknowledged is not taken.
    else if (config.durability === 'commit') refuse(error);
  }
}

/** What it depends on. */
export interface RegistryDurabilityDeps extends Pick<
  DurabilityDeps,
  'config' | 'log' | 'durations' | 'warn'
> {
  /** Stops the registry. */
  readonly fail: (cause: unknown) => void;
  /** Takes no more commands. */
  readonly refuse: (reason: PanoptesError) => void;
}
