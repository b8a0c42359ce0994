import { isDeepStrictEqual } from 'node:util';
import type { LifeFacts } from '../checkers/history.js';
import { RecordedLogError } from './recorded-log-error.js';
import type { RecordedLogHeader } from './recorded-log-header.js';
import { RecordedLogReader } from './recorded-log-reader.js';

/**
 * How many bytes of a file are a recorded log of earlier lives of a run, with which a later life can go on.
 * Undefined where there is none: no file, or one of something else, of another run or registry, or in which
 * other observers were recorded.
 *
 * @param header - with which the later life would begin a log of its own
 */
export async function partToGoOnWith(
  file: string,
  header: RecordedLogHeader,
  life: LifeFacts,
): Promise<number | undefined> {
  const look = async (reader: RecordedLogReader): Promise<number | undefined> => {
    if (!isDeepStrictEqual(withoutLife(await reader.header()), withoutLife(header)))
      return undefined;
    const { bytes, life: last } = await reader.soundPart();
    const isEarlier = last !== undefined && last.id === life.id && last.epoch < life.epoch;
    return isEarlier ? bytes : undefined;
  };
  try {
    return await RecordedLogReader.with(file, look, Infinity);
  } catch (error) {
    if (error instanceof RecordedLogError) return undefined;
    throw error;
  }
}

/** What is the same in all lives of a run. */
const withoutLife = ({ source, seed, facts }: RecordedLogHeader): unknown => ({
  source,
  seed,
  facts: { ...facts, life: undefined },
});
