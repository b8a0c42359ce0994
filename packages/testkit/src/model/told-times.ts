import { type PeerEntry, peerFields } from '@panoptes/core/observer';

/**
 * An entry as a registry of a simulation takes it, by the plain rule: of its times, those that are too
 * far ahead of the clock are the present, unless the peer had them already.
 *
 * @param now - the registry's clock when the entry is handed in, in Unix milliseconds
 * @param old - what the entry was made of by a patch
 * @returns the same object where there is nothing to change
 */
export function asTaken(entry: PeerEntry, now: number, old?: PeerEntry): PeerEntry {
  const latest = now + toldAheadSecs * 1000;
  let taken: Values = entry;
  for (const path of timePaths) {
    if (old !== undefined && isSameAt(path[0]!, entry, old)) continue;
    const time = valueAt(entry, path);
    if (time === undefined || time <= latest) continue;
    if (old === undefined || valueAt(old, path) !== time) taken = withValue(taken, path, now);
  }
  return taken as never;
}

/**
 * How far ahead of virtual time a trace may tell of a peer. A crawl is played at one instant and tells
 * of answers that came before and after it, for as long as it was on its way.
 */
export const toldAheadSecs = 30 * 86_400;

type Values = Readonly<Record<string, unknown>>;

/** Where a patch put nothing, there is no time that is new. */
const isSameAt = (field: string, one: PeerEntry, other: PeerEntry): boolean =>
  one[field as keyof PeerEntry] === other[field as keyof PeerEntry];

/** As much of the table of fields as is needed to find the times. */
interface FieldShape {
  readonly kind: string;
  readonly initial?: unknown;
  readonly fields?: Readonly<Record<string, FieldShape>>;
  readonly field?: FieldShape;
}

/** Where an entry has times. */
const timePaths = timesOf(peerFields);

function timesOf(fields: Readonly<Record<string, FieldShape>>): string[][] {
  return Object.entries(fields).flatMap(([name, { kind, initial, fields: inner, field }]) => {
    if (kind === 'number') return initial === 'now' ? [[name]] : [];
    const group = kind === 'record' ? inner : field?.fields;
    return group === undefined ? [] : timesOf(group).map((path) => [name, ...path]);
  });
}

function valueAt(entry: PeerEntry, path: readonly string[]): number | undefined {
  let value: unknown = entry;
  for (const name of path) value = (value as Values | undefined)?.[name];
  return value as number | undefined;
}

function withValue(values: Values, [name, ...inner]: readonly string[], value: number): Values {
  if (inner.length === 0) return { ...values, [name!]: value };
  return { ...values, [name!]: withValue(values[name!] as Values, inner, value) };
}
