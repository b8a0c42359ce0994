import { PeerValidationError } from '../errors.js';
import { nearestWord } from '../misspelling.js';
import { isCollection, shortName } from '../own-record.js';

/**
 * Refuses an object with a field that is none of those it may have, and what is no object with fields:
 * lists, bytes and the like, which may have any number of keys.
 *
 * @param known - an object whose keys are the names it may have
 * @param path - where the object is in the peer, empty for the peer itself
 * @throws {PeerValidationError} naming the field, and the one that was probably meant; or the object
 */
export function refuseUnknownField(given: object, known: object, path: string): void {
  if (isCollection(given)) throw new PeerValidationError(path || 'peer', 'an object', given);
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(known, name)) continue;
    const names = Object.keys(known);
    const nearest = nearestWord(name, names);
    const instead =
      nearest === undefined ? `known: ${names.join(', ')}` : `did you mean '${nearest}'?`;
    const shown = shortName(name);
    throw new PeerValidationError(
      path === '' ? shown : `${path}.${shown}`,
      `no field of this name (${instead})`,
      (given as Readonly<Record<string, unknown>>)[name],
    );
  }
}

/**
 * The source of what refuses an unknown field of an object whose known ones have been read. Counting the
 * fields tells whether there is one without looking at their names, which costs ten times as much; where
 * the count is another, for a field that is there but undefined too, the names are looked at. So they are
 * where there is none of the fields, unless `noFields` stands in: a list may have millions of others. What a class hides from
 * counting, and what an object has in its place, makes up for each other: nothing is lost but a slip's
 * notice.
 *
 * @param value - the source of the object
 * @param path - the source of where it is
 * @param given - the sources of the values that were read
 */
export function unknownFieldSource(
  value: string,
  known: readonly string[],
  path: string,
  { required, optional }: Readonly<Record<'required' | 'optional', readonly string[]>>,
): string {
  const counted = (some: readonly string[]): string =>
    some.map((one) => ` + (${one} === undefined ? 0 : 1)`).join('');
  const missing = required.map((one) => `${one} === undefined || `).join('');
  const names = JSON.stringify(Object.fromEntries(known.map((one) => [one, true])));
  return `if (${missing}countKeys(${value}) !== ${required.length}${counted(optional)}) {
const present = 0${counted([...required, ...optional])};
if ((present === 0 && ${value} !== noFields) || countKeys(${value}) !== present) refuseUnknownField(${value}, ${names}, ${path});
}`;
}

/** The source of the function that counts fields. It is the caller's own, or it would see the objects of all. */
export const countKeysSource = `function countKeys(object) {
  let count = 0;
  for (const name in object) count++;
  return count;
}`;
