import { ConfigError, describe } from '@panoptes/core';
import { Option } from 'commander';
import { type FaultRequest, parseFaultRequest } from '../faults/injection/fault-request.js';
import { byteSize, expectedByteSize } from '../input/byte-size.js';
import { usualReading } from '../input/reading.js';
import { builtInObservers, parseObserverList } from '../observers/observer-list.js';
import { parseSpeed } from '../time/speed.js';

/** `--observers`, for each command that plays churn. */
export const observersFlag = (): Option =>
  new Option('--observers <list>', 'which observers follow, as in kademlia,mesh*4')
    .argParser(parseObserverList)
    .default(parseObserverList(builtInObservers.join(',')), builtInObservers.join(','));

/** `--speed`, for each command that plays churn. */
export const speedFlag = (): Option =>
  new Option('--speed <speed>', 'max, or virtual seconds in a real one, such as 60x')
    .argParser(parseSpeed)
    .default(parseSpeed('max'), 'max');

/** `--fault`, for each command that plays churn; may be given several times. */
export const faultFlag = (): Option =>
  new Option(
    '--fault <fault[:observer][@time]>',
    'an observer misbehaves (see: panoptes faults), such as loop:mesh@2h, or all, such as chaos@5m',
  )
    .argParser((text: string, given: readonly FaultRequest[]) => [
      ...given,
      parseFaultRequest(text),
    ])
    .default([], 'nobody');

/** `--record`, for each command that plays churn. */
export const recordFlag = (): Option =>
  new Option('--record <file>', 'put down what every observer sees, for panoptes check');

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

function parseMaxInput(text: string): number {
  const size = byteSize(text);
  if (size !== undefined) return size;
  throw new ConfigError(`--max-input: ${expectedByteSize}, got ${describe(text)}`);
}
