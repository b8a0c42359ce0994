import { loadDefinition } from '@panoptes/workers/contained';
import type { AnyObserver } from '@panoptes/workers/observer';

/**
 * What observers' modules define, each loaded once: observers of one module have the same definition, by
 * which the plain model knows that they are of one kind.
 */
export class LoadedDefinitions {
  readonly #loaded = new Map<string, Promise<AnyObserver>>();

  /** @throws what loading the module throws */
  of(module: string): Promise<AnyObserver> {
    const known = this.#loaded.get(module);
    if (known !== undefined) return known;
    const loading = loadDefinition(module);
    this.#loaded.set(module, loading);
    return loading;
  }
}
