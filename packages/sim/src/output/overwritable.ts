import { closeSync, constants, openSync } from 'node:fs';
import { statsAt } from '@panoptes/testkit/model';

/**
 * Asks whether a file that is there may be written into, as whoever writes into it is asked: one that
 * is renamed into its place asks its folder alone. What is there stays as it is.
 *
 * @throws what the system says of one that may not, such as EACCES of a file that is read-only
 */
export function checkOverwritable(file: string): void {
  if (statsAt(file)?.isFile() === true) closeSync(openSync(file, constants.O_WRONLY));
}
