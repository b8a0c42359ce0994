import { PeerValidationError } from '../errors.js';
import { nearestWord } from '../misspelling.js';
import { isSequence, shortName } from '../own-record.js';

/**
 * Refuses an object with a field that is none of those it may have. Lists, bytes and the like, which may
 * have any number of keys, are passed over: they have none of the fields that it must have.
 *
 * @param known - an object whose keys are the names it may have
 * @param path - where the object is in the peer, empty for the peer itself
 * @throws {PeerValidationError} naming the field, and the one that was probably meant
 */
export function refuseUnknownField(given: object, known: object, path: string): void {
  if (isSequence(given)) return;
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
