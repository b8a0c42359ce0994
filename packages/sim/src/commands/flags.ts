import { ConfigError, describe } from '@panoptes/core';
import { Option } from 'commander';
import { byteSize, expectedByteSize } from '../input/byte-size.js';
import { usualReading } from '../input/reading.js';

/** `--strict`, for each command that reads traces. */
export const strictFlag = (): Option =>
  new Option(
    '--strict',
    'refuse a recorded trace with an entry that cannot be taken, instead of playing the rest',
  ).default(usualReading.strict);

/** `--max-input`, for each command that reads files. */
export const maxInputFlag = (): Option =>
  new Option('--max-input <size>', 'read no more than this of a file, unpacked')
    .argParser(parseMaxInput)
    .default(usualReading.maxInputBytes, '1GiB');

/** Reads how many runs there may be at a time, for the flag of that name. */
export const parseThreads =
  (flag: string) =>
  (text: string): number => {
    const threads = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (threads >= 1 && threads <= 64) return threads;
    throw new ConfigError(`${flag}: expected a whole number from 1 to 64, got ${describe(text)}`);
  };

function parseMaxInput(text: string): number {
  const size = byteSize(text);
  if (size !== undefined) return size;
  throw new ConfigError(`--max-input: ${expectedByteSize}, got ${describe(text)}`);
}
