import { ConfigError, describe } from '@panoptes/core/observer';

/**
 * The path of a file that a caller names.
 *
 * @param what - the file, as in `a recorded log`, to be named in the error
 * @throws {ConfigError} when it is not named by a text
 */
export function pathOf(file: unknown, what: string): string {
  const isPath = typeof file === 'string' && file !== '' && file.length <= longestPath;
  if (isPath && !file.includes('\0')) return file;
  throw new ConfigError(`file: expected the path of ${what}, got ${describe(file)}`);
}

/** Bytes that are read of one file, unless a caller wants more. */
export const usualMaxInputBytes = 2 ** 30;

/** No file of any system has a longer one. */
const longestPath = 32_768;

/** The message about a file that has more than is read. */
export const tooMuchInput = (mostBytes: number): string =>
  `expected at most ${mostBytes} bytes, got more`;

/** How to read more of a file of which no more than that was read. */
export const howToReadMore = 'read more with --max-input';
