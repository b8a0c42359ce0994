import { extname } from 'node:path';
import { ConfigError, describe } from '@panoptes/core/observer';

/** In what form events are written, by the ending of the file. */
export type EventFormat = (typeof eventFormats)[number];
const eventFormats = ['ndjson', 'csv', 'parquet'] as const;

/**
 * The format of a file.
 *
 * @param what - what named it, for the message
 * @throws {ConfigError} when there is none of that ending
 */
export function eventFormatOf(what: string, file: string): EventFormat {
  const ending = extname(file).slice(1).toLowerCase();
  const format = eventFormats.find((known) => known === ending);
  if (format !== undefined) return format;
  throw new ConfigError(
    `${what}: expected a file that ends with .ndjson, .csv or .parquet, got ${describe(file)}`,
  );
}
