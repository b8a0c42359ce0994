import fc from 'fast-check';
import type { Field, FieldTable } from './field-kinds.js';
import { peerFields } from './fields.js';
import type { PeerEntry, PeerInput } from './peer-entry.js';
import { anyPeer } from './peer-entry.fixture.js';

/** Any peer as it may be handed in: a valid entry without some of what has a default. */
export const anyInput: fc.Arbitrary<PeerInput> = fc
  .tuple(anyPeer, fc.array(fc.boolean(), { minLength: 1, maxLength: 61 }))
  .map(([entry, choices]) => {
    let at = 0;
    return without(peerFields, entry, () => choices[at++ % choices.length]!) as PeerInput;
  });

/** A whole entry made of one that leaves something out, done the plain way: field by field. */
export const filledIn = (input: PeerInput, now: number): PeerEntry =>
  filled({ kind: 'record', fields: peerFields }, input, now) as PeerEntry;

type Values = Readonly<Record<string, unknown>>;

function without(fields: FieldTable, values: Values, leavesOut: () => boolean): Values {
  const kept = Object.entries(values).flatMap(([name, value]): [string, unknown][] => {
    const field = fields[name]!;
    const inner = field.kind === 'optional' ? field.field : field;
    const isNeeded = mustBeGiven(field);
    if (!isNeeded && leavesOut()) return [];
    if (inner.kind === 'record') return [[name, without(inner.fields, value as Values, leavesOut)]];
    if (inner.kind !== 'list' || inner.item.kind !== 'record') return [[name, value]];
    const { item } = inner;
    const items = (value as Values[]).map((one) => without(item.fields, one, leavesOut));
    return [[name, items]];
  });
  return Object.fromEntries(kept);
}

const mustBeGiven = (field: Field): boolean =>
  field.kind === 'record' ? Object.values(field.fields).some(mustBeGiven) : field.required;

function filled(field: Field, value: unknown, now: number): unknown {
  switch (field.kind) {
    case 'optional':
      return value === undefined ? undefined : filled(field.field, value, now);
    case 'record': {
      const given = (value ?? {}) as Values;
      const all = Object.entries(field.fields).map(
        ([name, inner]) => [name, filled(inner, given[name], now)] as const,
      );
      return Object.fromEntries(all.filter(([, one]) => one !== undefined));
    }
    case 'list':
      return ((value ?? []) as unknown[]).map((item) => filled(field.item, item, now));
    case 'number':
      return value ?? (field.initial === 'now' ? now : field.initial);
    case 'flag':
    case 'choice':
      return value ?? field.initial;
    default:
      return value;
  }
}
