import { dirname, isAbsolute, join } from 'node:path';

/**
 * A path that a scenario names, as seen from where the program runs.
 *
 * @param file - the scenario's own: the path is relative to its folder
 */
export const pathBeside = (file: string, path: string): string =>
  isAbsolute(path) ? path : join(dirname(file), path);
