import { ConfigError, describe } from '@panoptes/core/observer';
import type { AnyObserver } from './define-observer.js';

/**
 * Loads an observer's module.
 *
 * @throws {ConfigError} when its default export is not an observer, or subscribes to what
 *   there is not; whatever loading it throws
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
    if (handlers.subscribe !== undefined) {
      // Only now, for what reads the schema takes longer to load than all the rest of a thread.
      const { parseSubscription } = await import('@panoptes/core/subscription');
      parseSubscription(handlers.subscribe);
    }
    return handlers as AnyObserver;
  }
  throw new ConfigError(
    `${module}: expected a default export made by defineObserver, with setup and onEvents, ` +
      `got ${describe(definition)}`,
  );
}
