import { ConfigError, describe } from '@panoptes/core';
import type { AnyObserver } from './define-observer.js';

/**
 * Loads an observer's module.
 *
 * @throws {ConfigError} when its default export is not an observer; whatever loading it throws
 */
export async function loadDefinition(module: string): Promise<AnyObserver> {
  const { default: definition } = (await import(module)) as { default?: unknown };
  const handlers = definition as Partial<AnyObserver> | null | undefined;
  if (
    typeof handlers === 'object' &&
    handlers !== null &&
    typeof handlers.setup === 'function' &&
    typeof handlers.onEvents === 'function'
  ) {
    return handlers as AnyObserver;
  }
  throw new ConfigError(
    `${module}: expected a default export made by defineObserver, with setup and onEvents, ` +
      `got ${describe(definition)}`,
  );
}
