import { isAbsolute, normalize } from 'node:path';
import { URL, fileURLToPath } from 'node:url';
import { z } from 'zod';

/**
 * The schema of a path to which a sandbox gives access: absolute, or the URL of a file. A star stands
 * for anything where Node reads such paths, so none that has one can be granted by itself.
 */
export const grantedPath = () => path(/[*\0]/, `${absolute}, without a star`);

/** The schema of a path: absolute, or the URL of a file. */
export const absolutePath = () => path(/\0/, absolute);

/** @param never - what none has in it */
function path(never: RegExp, expected: string) {
  return z.union([z.string(), z.instanceof(URL)], expected).transform((given, context) => {
    const path = pathOf(given);
    if (path !== undefined && isAbsolute(path) && !never.test(path)) return normalize(path);
    context.addIssue({ code: 'custom', message: expected });
    return z.NEVER;
  });
}

const absolute = 'expected an absolute path, or the URL of a file';

function pathOf(given: string | URL): string | undefined {
  if (typeof given === 'string' && !given.startsWith('file:')) return given;
  try {
    return fileURLToPath(given);
  } catch {
    return undefined;
  }
}
