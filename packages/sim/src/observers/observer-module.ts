import type { AnyObserver } from '@panoptes/workers';
import type { NamedObserver } from './observer-list.js';

/** An observer's module, for the registry to load on a thread, and its definition, for the model. */
export interface LoadedObserver {
  readonly name: string;
  readonly module: URL;
  readonly definition: AnyObserver;
}

/** Finds and loads the modules of built-in observers. */
export function loadObservers(observers: readonly NamedObserver[]): Promise<LoadedObserver[]> {
  return Promise.all(
    observers.map(async ({ name, kind }) => {
      const specifier = `@panoptes/workers/observers/${kind}`;
      const { default: definition } = (await import(specifier)) as { default: AnyObserver };
      return { name, module: new URL(import.meta.resolve(specifier)), definition };
    }),
  );
}
