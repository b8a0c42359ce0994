import { suggestion } from '@panoptes/core';

/**
 * Finds the figures that a path names, as in `peers.mean`, `observers.mesh.lag` or
 * `observers.*.resyncs`: members of lists are found by their `name` or their position.
 */
export function figuresAt(document: unknown, path: string): Lookup {
  let reached: Reached[] = [{ figure: '', value: document }];
  for (const key of path.split('.')) {
    const next = reached.flatMap(({ figure, value }): Reached[] =>
      membersOf(value, key)
        .filter(([name]) => key === '*' || name === key)
        .map(([name, member]) => ({
          figure: figure === '' ? name : `${figure}.${name}`,
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
  return { found: reached };
}

/** A figure that a path leads to. */
export interface FoundFigure {
  /** The path itself, names in the places of `*`. */
  readonly figure: string;
  readonly value: unknown;
}

/** What a path leads to in a document, or why it leads nowhere. */
export type Lookup = { readonly found: readonly FoundFigure[] } | { readonly problem: string };

/** A figure on the way, and why it is not known, if it is not. */
interface Reached extends FoundFigure {
  readonly problem?: string;
}

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

/** A figure of an observer's own stands for its value. */
function ownValue(member: unknown): Omit<Reached, 'figure'> {
  if (typeof member !== 'object' || member === null || !('id' in member && 'value' in member)) {
    return { value: member };
  }
  const { value, problem } = member as { readonly value: unknown; readonly problem?: string };
  return { value, ...(problem !== undefined && { problem }) };
}
