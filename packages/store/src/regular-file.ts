import { type BigIntStats, lstatSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { StoreError } from '@panoptes/core/follower';

/**
 * Looks at a path where a store has a file, before anything opens it: a pipe keeps whoever opens it waiting,
 * a device may have no end, and a folder in place of its lock ends lmdb and the process with it.
 *
 * @param file - in the store's folder
 * @returns undefined where nothing is
 * @throws {StoreError} `STORE_UNAVAILABLE` when it is no file, or a link that leads nowhere
 * @throws what the system says of a path that cannot be looked at
 */
export function regularFile(file: string): BigIntStats | undefined {
  const found = lstatSync(file, { bigint: true, throwIfNoEntry: false });
  if (found === undefined) return undefined;
  const stats = found.isSymbolicLink()
    ? statSync(file, { bigint: true, throwIfNoEntry: false })
    : found;
  if (stats?.isFile() === true) return stats;
  const [got, remedy] =
    stats === undefined
      ? ['a link to what is not there', 'mount what it leads to, or remove the link']
      : [kindOf(stats), 'remove that, or name another folder'];
  throw new StoreError(
    'STORE_UNAVAILABLE',
    `store ${dirname(file)}: expected ${basename(file)} to be a file, got ${got}; ${remedy}`,
  );
}

function kindOf(stats: BigIntStats): string {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a pipe';
  return stats.isSocket() ? 'a socket' : 'a device';
}
