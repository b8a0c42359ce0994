import { PeerValidationError } from '../errors.js';
import type { Field, FieldTable, InputOf } from './field-kinds.js';
import { peerFields } from './fields.js';
import type { PeerEntry, PeerInput } from './peer-entry.js';
import { refuseUnknownField } from './unknown-field.js';

/**
 * Some fields of an entry, to be changed; what is left out stays. Lists are replaced whole. `null`
 * takes an optional field or group away, also one that is not there, and is refused for every other.
 */
export type PeerPatch = {
  readonly [K in keyof typeof peerFields]?: PatchOf<(typeof peerFields)[K]> | undefined;
};

/**
 * Puts a patch over an entry.
 *
 * @returns a new entry, to be checked by the encoder, which fills in what the patch leaves out of the
 *   groups that it adds and of the items of its lists
 * @throws {PeerValidationError} when the patch names an unknown field or is not made like an entry
 */
export function patchEntry(entry: PeerEntry, patch: PeerPatch): PeerInput {
  return patchRecord(peerFields, entry, patch, '') as unknown as PeerInput;
}

type PatchOf<F> = F extends { readonly kind: 'record'; readonly fields: infer Fields }
  ? { readonly [K in keyof Fields]?: PatchOf<Fields[K]> | undefined }
  : F extends { readonly kind: 'optional'; readonly field: infer Inner }
    ? PatchOf<Inner> | null
    : InputOf<F>;

function patchRecord(
  fields: FieldTable,
  old: Readonly<Record<string, unknown>>,
  patch: unknown,
  path: string,
): Record<string, unknown> {
  if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) {
    throw new PeerValidationError(path || 'patch', 'an object with some fields', patch);
  }
  refuseUnknownField(patch, fields, path);
  const patched = new Map(Object.entries(old));
  for (const [name, value] of Object.entries(patch as Readonly<Record<string, unknown>>)) {
    const at = path === '' ? name : `${path}.${name}`;
    const field = fields[name]!;
    if (value === undefined) continue;
    if (value === null && field.kind === 'optional') patched.delete(name);
    else patched.set(name, patchField(field, patched.get(name), value, at));
  }
  return Object.fromEntries(patched);
}

function patchField(field: Field, old: unknown, value: unknown, path: string): unknown {
  const inner = field.kind === 'optional' ? field.field : field;
  if (inner.kind !== 'record') return value;
  const group = (old ?? {}) as Record<string, unknown>;
  return patchRecord(inner.fields, group, value, path);
}
