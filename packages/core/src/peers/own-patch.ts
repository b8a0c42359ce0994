import { PeerValidationError } from '../errors.js';
import { isCollection, isSequence } from '../own-record.js';
import type { Field, FieldTable } from './field-kinds.js';
import { ownKey } from './field-writers.js';
import { peerFields } from './fields.js';
import { type NumberPatch, numberPatch, touchNumbers } from './number-patch.js';
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
export function ownPatch(patch: unknown): OwnPatch {
  if (patch === null || typeof patch !== 'object' || isSequence(patch)) {
    throw new PeerValidationError('patch', 'an object with some fields', patch);
  }
  const fields = ownRecord(peerFields, patch, '') as PeerPatch;
  return { fields, numbers: numberPatch(fields) };
}

/** The patch that says when a peer was last seen, by default now, as `ownPatch` makes it. */
export const ownTouch = (now: number, lastSeen = now): OwnPatch => {
  const fields = { lastSeen };
  return { fields, numbers: touchNumbers(lastSeen) ?? numberPatch(fields) };
};

/** A patch that its owner cannot change any more. */
export interface OwnPatch {
  readonly fields: PeerPatch;
  /** The same as numbers, if it is nothing else. */
  readonly numbers: NumberPatch | undefined;
}

function ownRecord(fields: FieldTable, given: unknown, path: string): unknown {
  if (given === null || typeof given !== 'object' || isSequence(given)) return given;
  const values = given as Readonly<Record<string, unknown>>;
  const own: Record<string, unknown> = {};
  let unknown: string | undefined;
  const names = Object.keys(given);
  // A map's members are under no names: they would be lost unseen.
  if (names.length === 0 && isCollection(given)) {
    throw new PeerValidationError(
      path.slice(0, -1) || 'patch',
      'an object with some fields',
      given,
    );
  }
  for (const name of names) {
    if (Object.hasOwn(fields, name)) own[name] = ownField(fields[name]!, values[name], path, name);
    else unknown ??= name;
  }
  // One that is unknown is enough to refuse the patch, when its turn comes.
  return unknown === undefined ? own : { ...own, [unknown]: values[unknown] };
}

/** @param path - of the group that the field is in */
function ownField(field: Field, given: unknown, path: string, name: string): unknown {
  switch (field.kind) {
    case 'optional':
      return ownField(field.field, given, path, name);
    case 'record':
      return ownRecord(field.fields, given, `${path}${name}.`);
    case 'hex':
      return ownKey(given, field.maxBytes);
    case 'list': {
      if (!Array.isArray(given)) return given;
      const { item, maxItems } = field;
      return ownList(given, maxItems, `${path}${name}`, (inner, at) =>
        ownField(item, inner, at, ''),
      );
    }
    default:
      return given;
  }
}
