import { type PeerEntry, peerFields, type PeerPatch } from '@panoptes/core/observer';
import { copierOf } from './plain-copy.js';

/**
 * An entry with a patch over it, by the plain rule: what the patch does not name stays, lists are
 * replaced, `null` takes away. Groups that do not change are the same objects in both.
 *
 * @param now - Unix milliseconds, for the times of an optional group that the patch adds
 */
export const patchedPeer = (entry: PeerEntry, patch: PeerPatch, now: number): PeerEntry =>
  patched(wholeEntry, entry, patch, now) as PeerEntry;

/** As much of the table of fields as it takes to know groups and what they begin with. */
interface FieldShape {
  readonly kind: string;
  readonly initial?: unknown;
  readonly fields?: Fields;
  readonly field?: FieldShape;
}

type Fields = Readonly<Record<string, FieldShape>>;
type Values = Readonly<Record<string, unknown>>;

/** Fields that are patched one by one. */
interface Group {
  readonly copy: (values: Values) => Record<string, unknown>;
  /** Those that are not just put in the place of the old value. */
  readonly members: ReadonlyMap<string, Group | 'hex'>;
  readonly beginning: (now: number) => Values;
}

function groupOf(fields: Fields): Group {
  const members = new Map<string, Group | 'hex'>();
  for (const [name, { kind, fields: own, field }] of Object.entries(fields)) {
    const inner = own ?? field?.fields;
    if (kind === 'hex') members.set(name, kind);
    else if (inner !== undefined) members.set(name, groupOf(inner));
  }
  return {
    copy: copierOf(Object.keys(fields)),
    members,
    beginning: (now) => beginning(fields, now),
  };
}

const wholeEntry = groupOf(peerFields);

function patched(group: Group, old: Values, patch: Values, now: number): Values {
  const next = group.copy(old);
  for (const name of Object.keys(patch)) {
    const value = patch[name];
    const member = group.members.get(name);
    if (value === undefined) continue;
    if (value === null) next[name] = undefined;
    else if (member === undefined) next[name] = value;
    else if (member === 'hex') next[name] = hexOf(value);
    else {
      const before = (old[name] ?? member.beginning(now)) as Values;
      next[name] = patched(member, before, value as Values, now);
    }
  }
  return next;
}

/** A key as it is read: bytes, or hex of any case. */
const hexOf = (value: unknown): string =>
  typeof value === 'string'
    ? value.toLowerCase()
    : Buffer.from(value as Uint8Array).toString('hex');

/** A group of which nothing is known. */
function beginning(fields: Fields, now: number): Values {
  const known = Object.entries(fields).filter(([, { kind }]) => kind !== 'optional');
  return Object.fromEntries(
    known.map(([name, { kind, initial, fields: inner }]) => [
      name,
      kind === 'record'
        ? beginning(inner!, now)
        : kind === 'list'
          ? []
          : initial === 'now'
            ? now
            : initial,
    ]),
  );
}
