import type { ObserverRegistration } from '../driver/registry-port.js';

/**
 * An observer of a run. Its module is loaded on threads and nowhere else: on its own, and on that of
 * the model.
 */
export interface PlayedObserver {
  readonly name: string;
  readonly module: URL;
  /** Passed to its `setup`. */
  readonly options?: unknown;
  /** How it is registered, where that differs from what a run does by itself. */
  readonly registration?: Partial<Omit<ObserverRegistration, 'module' | 'name' | 'options'>>;
}
