import { type AnyObserver, builtIn } from '@panoptes/workers';
import type { ObserverRegistration } from '../driver/registry-port.js';
import type { NamedObserver } from './observer-list.js';

/** An observer's module, for the registry to load on a thread, and its definition, for the model. */
export interface LoadedObserver {
  readonly name: string;
  readonly module: URL;
  readonly definition: AnyObserver;
  /** Passed to its `setup`. */
  readonly options?: unknown;
  /** How it is registered, where that differs from what a run does by itself. */
  readonly registration?: Partial<Omit<ObserverRegistration, 'module' | 'name' | 'options'>>;
}

/** Finds and loads the modules of built-in observers. */
export function loadObservers(observers: readonly NamedObserver[]): Promise<LoadedObserver[]> {
  return Promise.all(
    observers.map(async ({ name, kind }) => {
      const module = builtIn(kind);
      return { name, module, definition: await loadDefinition(module) };
    }),
  );
}

/** Loads a module's observer into this thread, as the model needs it. */
export async function loadDefinition(module: URL): Promise<AnyObserver> {
  const { default: definition } = (await import(module.href)) as { default: AnyObserver };
  return definition;
}
