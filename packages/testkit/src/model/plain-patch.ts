import { type PeerEntry, peerFields, type PeerPatch } from '@panoptes/core/observer';

/**
 * An entry with a patch over it, by the plain rule: what the patch does not name stays, lists are
 * replaced, `null` takes away. Groups that do not change are the same objects in both.
 *
 * @param now - Unix milliseconds, for the times of an optional group that the patch adds
 */
export const patchedPeer = (entry: PeerEntry, patch: PeerPatch, now: number): PeerEntry =>
  patched(peerFields, entry, patch, now) as PeerEntry;

/** As much of the table of fields as it takes to know groups and what they begin with. */
interface FieldShape {
  readonly kind: string;
  readonly initial?: unknown;
  readonly fields?: Readonly<Record<string, FieldShape>>;
  readonly field?: FieldShape;
}

type Values = Readonly<Record<string, unknown>>;

function patched(
  fields: Readonly<Record<string, FieldShape>>,
  old: Values,
  patch: Values,
  now: number,
): Values {
  const next: Record<string, unknown> = { ...old };
  for (const name of Object.keys(patch)) {
    const value = patch[name];
    const field = fields[name];
    const group = field?.fields ?? field?.field?.fields;
    if (value === undefined) continue;
    if (value === null) next[name] = undefined;
    else if (field?.kind === 'hex') next[name] = hexOf(value);
    else if (group === undefined) next[name] = value;
    else
      next[name] = patched(
        group,
        (old[name] ?? beginning(group, now)) as Values,
        value as Values,
        now,
      );
  }
  return next;
}

/** A key as it is read: bytes, or hex of any case. */
const hexOf = (value: unknown): string =>
  typeof value === 'string'
    ? value.toLowerCase()
    : Buffer.from(value as Uint8Array).toString('hex');

/** A group of which nothing is known. */
function beginning(fields: Readonly<Record<string, FieldShape>>, now: number): Values {
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
