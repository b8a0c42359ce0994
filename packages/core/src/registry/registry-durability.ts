import { isA } from '../error-of.js';
import type { PanoptesError } from '../errors.js';
import { RegistryFencedError, type StoreError } from '../store-error.js';
import { Durability, type DurabilityDeps } from './durability.js';
import { CurrentOutcomes, type Outcomes, promptOutcomes } from './outcomes.js';
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

  /** Goes without its store again, of which nothing is expected any more, and gives it back. */
  async leave(): Promise<void> {
    const left = this.#current;
    this.#current = undefined;
    this.#outcomes.current = promptOutcomes;
    // What is not in the store was rejected, or is not to be waited for.
    await left?.close().catch(() => undefined);
  }

  /** Nothing more gets to disk. */
  #failed(error: StoreError): void {
    const { config, fail, fence, refuse } = this.#deps;
    // Nothing is wrong with it: another goes on in its place.
    if (isA(error, RegistryFencedError)) fence(error);
    else if (config.onStoreFailure === 'fail') fail(error);
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
  /** Takes no more commands: another life has begun elsewhere. */
  readonly fence: (reason: PanoptesError) => void;
  /** Takes no more commands. */
  readonly refuse: (reason: PanoptesError) => void;
}
