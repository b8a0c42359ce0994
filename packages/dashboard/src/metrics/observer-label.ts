import { createHash } from 'node:crypto';

/**
 * The name of an observer as the value of a label: the name, of which a text in UTF-8 can be made. One
 * with half a character, of which none can, is told from others like it by a hash.
 *
 * @param name - at most 128 characters, as the registry sees to
 */
export const observerLabel = (name: string): string =>
  name.isWellFormed() ? name : `${name.toWellFormed()}#${nameHash(name)}`;

/**
 * What names an observer in a path: not every name can stand there, and `..` least of all.
 *
 * @returns `~` and 16 hex digits
 */
export const observerId = (name: string): string => `~${nameHash(name)}`;

/** 16 hex digits that follow from a name, whatever is in it. */
function nameHash(name: string): string {
  return createHash('sha256').update(Buffer.from(name, 'utf16le')).digest('hex').slice(0, 16);
}
