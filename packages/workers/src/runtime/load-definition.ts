import { ConfigError } from '@panoptes/core/observer';
import type { AnyObserver } from './define-observer.js';
import { ownDefinition } from './own-definition.js';

/**
 * Loads an observer's module: an ES module, a CommonJS module, also one that was compiled from an ES
 * module, or TypeScript where the runtime strips types.
 *
 * @throws {ConfigError} when its default export is not an observer, or subscribes to what
 *   there is not; whatever loading it throws
 */
export async function loadDefinition(module: string): Promise<AnyObserver> {
  return ownDefinition(defaultOf(await importModule(module)), module);
}

async function importModule(module: string): Promise<unknown> {
  try {
    return await import(module);
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code !== 'ERR_UNKNOWN_FILE_EXTENSION') throw error;
    if (!/\.[cm]?ts(?:$|[?#])/.test(module)) throw error;
    throw new ConfigError(
      `${module}: this Node (${process.versions.node}) does not run TypeScript; register the ` +
        `JavaScript that it compiles to, or run Node 22.18 or newer, which strips types`,
      { cause: error },
    );
  }
}

/** A CommonJS module that was an ES module once has its default export one level further down. */
function defaultOf(module: unknown): unknown {
  const { default: exported } = module as { default?: unknown };
  const isCompiled = typeof exported === 'object' && exported !== null && '__esModule' in exported;
  return isCompiled ? (exported as { default?: unknown }).default : exported;
}
