import { fileURLToPath } from 'node:url';
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
    if (error instanceof SyntaxError) throw withPlace(error, module);
    if ((error as { code?: unknown } | null)?.code !== 'ERR_UNKNOWN_FILE_EXTENSION') throw error;
    if (!/\.[cm]?ts(?:$|[?#])/.test(module)) throw error;
    throw new ConfigError(
      `${module}: this Node (${process.versions.node}) does not run TypeScript; register the ` +
        `JavaScript that it compiles to, or run Node 22.18 or newer, which strips types`,
      { cause: error },
    );
  }
}

/**
 * A syntax error with the line that Node puts at the head of its stack, if it does: of a file that cannot
 * be parsed as an ES module it tells no caller. One that the module's own code threw stays as it is.
 */
function withPlace(error: SyntaxError, module: string): Error {
  const { message, stack = '' } = error;
  const place = /^(\S.*:\d+)\n/.exec(stack)?.[1];
  if (place !== undefined) return new ConfigError(`${place}: ${message}`, { cause: error });
  const thrower = /\n +at (.*)/.exec(stack)?.[1];
  const isOfParser = thrower?.includes('node:internal/modules/') === true;
  if (!isOfParser || !module.startsWith('file:')) return error;
  const file = fileURLToPath(module);
  const advice = `in ${file} or a module that it imports; 'node --check' of the file tells the line`;
  return new ConfigError(`${message}, ${advice}`, { cause: error });
}

/** A CommonJS module that was an ES module once has its default export one level further down. */
function defaultOf(module: unknown): unknown {
  const { default: exported } = module as { default?: unknown };
  const isCompiled = typeof exported === 'object' && exported !== null && '__esModule' in exported;
  return isCompiled ? (exported as { default?: unknown }).default : exported;
}
