import { ConfigError, describe, parseOptions } from '@panoptes/core';
import { z } from 'zod';

/** How the files that a command names are read. */
export interface Reading {
  /** Whether a trace with an entry that cannot be taken is refused, instead of read without it. */
  readonly strict: boolean;
  /** Bytes that are read of one file, unpacked. */
  readonly maxInputBytes: number;
}

/** How files are read unless a command is told otherwise. */
export const usualReading: Reading = { strict: false, maxInputBytes: 2 ** 30 };

const readingOptions = z.strictObject({
  strict: z.boolean().default(usualReading.strict),
  maxInputBytes: z.number().positive().default(usualReading.maxInputBytes),
});

/**
 * Checks how a caller wants files to be read.
 *
 * @throws {ConfigError} when an option is not one it can be
 */
export const readingOf = (given: unknown): Reading =>
  parseOptions(readingOptions, given, 'how to read');

/** No file of any system has a longer one. */
const longestPath = 32_768;

/** @throws {ConfigError} when a caller's file is not named by a text */
export function pathOf(file: unknown, what: string): string {
  const isPath = typeof file === 'string' && file !== '' && file.length <= longestPath;
  if (isPath && !file.includes('\0')) return file;
  throw new ConfigError(`file: expected the path of ${what}, got ${describe(file)}`);
}

/** A line, or an entry of a JSON document, of more bytes than this is refused: it is held whole. */
export const longestPieceBytes = 2 ** 20;

/** What is said of a file that has more than is read. */
export const tooMuchInput = (mostBytes: number): string =>
  `expected at most ${mostBytes} bytes, got more`;

/** How to read more of a file of which no more than that was read. */
export const howToReadMore = 'read more with --max-input';

/** Peers, and links, of one trace that are held in memory at once. */
export const mostPeersHeld = 2 ** 20;
export const mostLinksHeld = 2 ** 22;
