import { type BigIntStats, lstatSync, realpathSync, statSync } from 'node:fs';

/**
 * What is at a path that a user named; undefined where nothing is.
 *
 * Once `statSync` has told of a pipe or a socket in plain numbers, the next module that Node loads
 * counts as lying at the link by which it was found, and what it imports from beside its real place
 * is missing (https://github.com/nodejs/node/issues/51142). Bigints are kept elsewhere, so paths of
 * users are looked at by these functions alone.
 *
 * @throws what the system says of a path that cannot be looked at
 */
export const statsAt = (path: string): BigIntStats | undefined =>
  statSync(path, { bigint: true, throwIfNoEntry: false });

/**
 * Where a file really is: the path itself, unless that is a link.
 *
 * @throws what the system says of a link that leads nowhere
 */
export const realPathOf = (path: string): string =>
  lstatSync(path, { bigint: true, throwIfNoEntry: false })?.isSymbolicLink() === true
    ? realpathSync.native(path)
    : path;
