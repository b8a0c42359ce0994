import { PeerValidationError } from '../errors.js';
import { isSequence } from '../own-record.js';
import type { Field, FieldTable } from './field-kinds.js';
import { ownKey } from './field-writers.js';
import { peerFields } from './fields.js';
import { ownList } from './own-list.js';
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
  if (patch === null || typeof patch !== 'object' || isSequence(patch)) {
    throw new PeerValidationError('patch', 'an object with some fields', patch);
  }
  return ownRecord(peerFields, patch, '') as PeerPatch;
}

function ownRecord(fields: FieldTable, given: unknown, path: string): unknown {
  if (given === null || typeof given !== 'object' || isSequence(given)) return given;
  const names = Object.keys(given);
  const known = names.filter((name) => Object.hasOwn(fields, name));
  // One that is unknown is enough to refuse the patch, when its turn comes.
  const unknown = names.find((name) => !Object.hasOwn(fields, name));
  const values = given as Readonly<Record<string, unknown>>;
  return Object.fromEntries([
    ...known.map((name) => [name, ownField(fields[name]!, values[name], `${path}${name}`)]),
    ...(unknown === undefined ? [] : [[unknown, values[unknown]]]),
  ]);
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
      const { item, maxItems } = field;
      return ownList(given, maxItems, path, (inner, at) => ownField(item, inner, at));
    }
    default:
      return given;
  }
}
