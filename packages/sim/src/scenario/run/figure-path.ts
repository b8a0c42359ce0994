import { type MetricFigure, suggestion } from '@panoptes/core';

/**
 * Finds the figures that a path names, as in `peers.mean`, `observers.mesh.lag` or
 * `observers.*.resyncs`: members of lists are found by their `name` or their position.
 */
export function figuresAt(document: unknown, path: string): Lookup {
  const units = ownUnits(document);
  let reached: Reached[] = [{ figure: '', value: document }];
  for (const key of path.split('.')) {
    const next = reached.flatMap((from): Reached[] =>
      membersOf(from.value, key)
        .filter(([name]) => key === '*' || name === key)
        .map(([name, member]) => ({
          figure: from.figure === '' ? name : `${from.figure}.${name}`,
          observer: nameOf(from.value) ?? from.observer,
          unit: unitOf(from, name, member, units),
          ...ownValue(member),
        })),
    );
    const failed = next.find(({ problem }) => problem !== undefined);
    if (failed !== undefined)
      return { problem: `${failed.figure} is not known: ${failed.problem}` };
    if (next.length === 0) {
      const known = reached.flatMap(({ value }) => membersOf(value, key).map(([name]) => name));
      const where = reached[0]!.figure === '' ? '' : ` in ${reached[0]!.figure}`;
      return { problem: `there is no figure '${key}'${where}${suggestion(key, known)}` };
    }
    reached = next;
  }
  return { found: reached.map(({ figure, value, unit }) => ({ figure, value, unit })) };
}

/** A figure that a path leads to. */
export interface FoundFigure {
  /** The path itself, names in the places of `*`. */
  readonly figure: string;
  readonly value: unknown;
  /** What it counts in, where that is said. */
  readonly unit: string | undefined;
}

/** What a path leads to in a document, or why it leads nowhere. */
export type Lookup = { readonly found: readonly FoundFigure[] } | { readonly problem: string };

/** A figure on the way, and why it is not known, if it is not. */
interface Reached {
  readonly figure: string;
  readonly value: unknown;
  readonly unit?: string | undefined;
  /** Which one has it, if any does. */
  readonly observer?: string | undefined;
  readonly problem?: string;
}

/** What own figures count in, by observer and id: it stands with their values at the end of the run. */
type OwnUnits = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** In the place of what has any members, each with any value: nobody can say before the run. */
export const onlyTheRunKnows = Symbol('only the run knows');

/** @param key - what is looked for */
function membersOf(value: unknown, key: string): [string, unknown][] {
  if (value === onlyTheRunKnows) return [[key, value]];
  if (Array.isArray(value)) {
    return value.map((item: unknown, at) => [nameOf(item) ?? String(at), item]);
  }
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

/** Members of lists go by their name, figures of observers' own by their id. */
function nameOf(item: unknown): string | undefined {
  const { name, id } = (item ?? {}) as { readonly name?: unknown; readonly id?: unknown };
  if (typeof name === 'string') return name;
  return typeof id === 'string' ? id : undefined;
}

function ownUnits(document: unknown): OwnUnits {
  // There is none of a run that failed.
  const { observers } = (document ?? {}) as { readonly observers?: unknown };
  if (!Array.isArray(observers)) return new Map();
  return new Map(
    (observers as readonly { readonly name: string; readonly metrics?: unknown }[]).map(
      ({ name, metrics }) => {
        const own = Array.isArray(metrics) ? (metrics as readonly MetricFigure[]) : [];
        return [name, new Map(own.map(({ id, unit }) => [id, unit]))];
      },
    ),
  );
}

/** What a member of what was reached counts in: what its name, its description or that of its group says. */
function unitOf(
  { unit, observer }: Reached,
  name: string,
  member: unknown,
  units: OwnUnits,
): string | undefined {
  if (isOwnFigure(member)) return units.get(observer ?? '')?.get(name);
  if (/Ms$|^(?:startsAt|endsAt)$/.test(name)) return 'ms';
  if (name.endsWith('MiB')) return 'MiB';
  return name === 'count' || name === 'counts' ? 'count' : unit;
}

/** A figure of an observer's own stands for its value. */
function ownValue(member: unknown): Pick<Reached, 'value' | 'problem'> {
  if (!isOwnFigure(member)) return { value: member };
  const { value, problem } = member as { readonly value: unknown; readonly problem?: string };
  return { value, ...(problem !== undefined && { problem }) };
}

const isOwnFigure = (member: unknown): boolean =>
  typeof member === 'object' && member !== null && 'id' in member && 'value' in member;
