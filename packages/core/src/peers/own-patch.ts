import { PeerValidationError } from '../errors.js';
import type { Field, FieldTable } from './field-kinds.js';
import { ownKey } from './field-writers.js';
import { peerFields } from './fields.js';
import type { PeerPatch } from './peer-patch.js';

/**
 * Copies a patch, reading each part of it once: its owner may change it before it is put over an
 * entry. Whether its values are ones that the fields can have is found out then; what is of no kind
 * that a field has is refused without being read, so it need not be copied.
 *
 * @throws {PeerValidationError} when it is no patch at all, or a list of it is too long; and whatever a
 *   getter of the caller's throws
 */
export function ownPatch(patch: unknown): PeerPatch {
  if (patch === null || typeof patch !== 'object' || isList(patch)) {
    throw new PeerValidationError('patch', 'an object with some fields', patch);
  }
  return ownRecord(peerFields, patch, '') as PeerPatch;
}

/** Lists and bytes have none of the fields that a record has. */
const isList = (given: object): boolean => Array.isArray(given) || ArrayBuffer.isView(given);

function ownRecord(fields: FieldTable, given: unknown, path: string): unknown {
  if (given === null || typeof given !== 'object' || isList(given)) return given;
  return Object.fromEntries(
    Object.entries(given).map(([name, value]: [string, unknown]) => {
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
      return [name, field === undefined ? value : ownField(field, value, `${path}${name}`)];
    }),
  );
}

function ownField(field: Field, given: unknown, path: string): unknown {
  switch (field.kind) {
    case 'optional':
      return ownField(field.field, given, path);
    case 'record':
      return ownRecord(field.fields, given, `${path}.`);
    case 'hex':
      return ownKey(given, field.maxBytes);
    case 'list': {
      if (!Array.isArray(given)) return given;
      const size: unknown = given.length;
      if (typeof size !== 'number' || !(size <= field.maxItems)) {
        throw new PeerValidationError(path, `a list of at most ${field.maxItems}`, given);
      }
      const { item } = field;
      return Array.from({ length: size }, (_, at) => ownField(item, given[at], `${path}[${at}]`));
    }
    default:
      return given;
  }
}
