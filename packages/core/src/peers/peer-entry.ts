import { toldTime } from '../clock-argument.js';
import { type Clock, systemClock } from '../clock.js';
import { PeerValidationError } from '../errors.js';
import { checkEntry } from './entry-encoder.js';
import { ownKey } from './field-writers.js';
import type {
  Field,
  FieldTable,
  InputsOf,
  OptionalField,
  RecordField,
  ValuesOf,
} from './field-kinds.js';
import { peerFields } from './fields.js';
import { ownList } from './own-list.js';
import { refusalFor } from './refusal.js';
import { refuseUnknownField } from './unknown-field.js';

/**
 * The registry's record of a peer. Times are Unix milliseconds, none further ahead of the registry's
 * clock than `peers.maxFutureSecs` when they were told; keys are lowercase hex.
 */
export type PeerEntry = ValuesOf<Fields>;

type Fields = typeof peerFields;

/** What `createPeer` takes: the identity, and any other field. Keys may be bytes or hex. */
export type PeerInput = InputsOf<Fields>;
/** A peer's standing, best first. */
export type PeerTier = PeerEntry['tier'];
/** How a peer was found. */
export type DiscoveryMethod = PeerEntry['discoveryMethod'];

type LeafPath<F, Prefix extends string = ''> = {
  [K in keyof F & string]: F[K] extends RecordField<infer Inner>
    ? LeafPath<Inner, `${Prefix}${K}.`>
    : F[K] extends OptionalField<infer Inner>
      ? Inner extends RecordField<infer Deep>
        ? `${Prefix}${K}` | LeafPath<Deep, `${Prefix}${K}.`>
        : `${Prefix}${K}`
      : `${Prefix}${K}`;
}[keyof F & string];

/** Where a field is, as in `connectionMetrics.latencyMs`; of an optional group, the group itself too. */
export type PeerFieldPath = LeafPath<Fields>;

/**
 * Makes a whole entry from an identity and whatever else is known; the other fields get the
 * defaults of `peerFields`, times the current time.
 *
 * @param input - the identity, and any other field
 * @param clock - where the current time comes from
 * @throws {PeerValidationError} when a field is unknown, missing or out of range; it names the field.
 *   Its `cause` is what a getter of the input threw
 * @throws {ConfigError} when the clock is none
 */
export function createPeer(input: PeerInput, clock: Clock = systemClock): PeerEntry {
  const now = toldTime(clock, 'now');
  let filled: PeerEntry;
  try {
    filled = fillRecord(peerFields, input, '', now) as PeerEntry;
  } catch (thrown) {
    throw refusalFor(thrown);
  }
  // An object that was put together field by field may be a hash table to the engine; its copy is not,
  // and is read three times as fast whenever it is upserted.
  const entry = { ...filled };
  checkEntry(entry);
  return entry;
}

function fillRecord(fields: FieldTable, given: unknown, path: string, now: number): unknown {
  if (given === null || typeof given !== 'object' || Array.isArray(given)) {
    throw new PeerValidationError(path || 'peer', 'an object', given);
  }
  const values = given as Readonly<Record<string, unknown>>;
  const prefix = path === '' ? '' : `${path}.`;
  refuseUnknownField(values, fields, path);
  const filled: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    const value = fillField(field, values[name], `${prefix}${name}`, now);
    if (value !== undefined) filled[name] = value;
  }
  return filled;
}

/** Fills one field; the encoder checks it. */
export function fillField(field: Field, given: unknown, path: string, now: number): unknown {
  switch (field.kind) {
    case 'optional':
      return given === undefined ? undefined : fillField(field.field, given, path, now);
    case 'record':
      return fillRecord(field.fields, given === undefined ? {} : given, path, now);
    case 'list': {
      if (given === undefined) return [];
      if (!Array.isArray(given)) throw new PeerValidationError(path, 'a list', given);
      const { item, maxItems } = field;
      return ownList(given, maxItems, path, (inner, at) => fillField(item, inner, at, now));
    }
    case 'hex':
      return hexOf(given, field.maxBytes);
    case 'number':
      if (given !== undefined || field.required) return given;
      return field.initial === 'now' ? now : field.initial;
    case 'text':
      return given;
    default:
      return given === undefined ? field.initial : given;
  }
}

/** A key in the form in which it is read; what is none, or too long, is refused by the encoder. */
function hexOf(given: unknown, maxBytes: number): unknown {
  const key = ownKey(given, maxBytes);
  if (typeof key === 'string') return key.length > 2 * maxBytes ? key : key.toLowerCase();
  return Object.is(key, given) ? key : Buffer.from(key as Uint8Array).toString('hex');
}
