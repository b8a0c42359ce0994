import type { ChurnSource } from '../churn/churn-source.js';
import { checkedReading } from '../input/checked-reading.js';
import { type Reading, usualReading } from '../input/reading.js';
import { readTrace } from './read-trace.js';

/**
 * Opens a recorded trace for a caller whose wishes have not been checked; see `readTrace`.
 *
 * @param path - of the file, or `-` for standard input
 * @throws {ConfigError} when the path is none, or an option is not one it can be
 * @throws {TraceError} when it has no known format; the source's events fail with one later on
 */
export const openTrace = async (
  path: string,
  reading: Reading = usualReading,
): Promise<ChurnSource> => readTrace(path, checkedReading(reading));
