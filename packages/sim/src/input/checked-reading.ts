import { parseOptions } from '@panoptes/core';
import { z } from 'zod';
import { type Reading, usualReading } from './reading.js';

/**
 * Checks how a caller wants files to be read.
 *
 * @throws {ConfigError} when an option is not one it can be
 */
export const checkedReading = (given: unknown): Reading =>
  parseOptions(readingOptions, given, 'how to read');

const readingOptions = z.strictObject({
  strict: z.boolean().default(usualReading.strict),
  maxInputBytes: z.number().positive().default(usualReading.maxInputBytes),
});
