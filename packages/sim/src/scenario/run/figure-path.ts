import { suggestion } from '@panoptes/core';

/**
 * Finds the figures that a path names, as in `peers.mean`, `observers.mesh.lag` or
 * `observers.*.resyncs`: members of lists are found by their `name` or their position.
 */
export function figuresAt(document: unknown, path: string): Lookup {
  let reached: FoundFigure[] = [{ figure: '', value: document }];
  for (const key of path.split('.')) {
    const next = reached.flatMap(({ figure, value }) =>
      membersOf(value)
        .filter(([name]) => key === '*' || name === key)
        .map(([name, member]) => ({
          figure: figure === '' ? name : `${figure}.${name}`,
          value: member,
        })),
    );
    if (next.length === 0) {
      const known = reached.flatMap(({ value }) => membersOf(value).map(([name]) => name));
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

function membersOf(value: unknown): [string, unknown][] {
  if (Array.isArray(value)) {
    return value.map((item: unknown, at) => [nameOf(item) ?? String(at), item]);
  }
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

function nameOf(item: unknown): string | undefined {
  const name = (item as { name?: unknown } | null)?.name;
  return typeof name === 'string' ? name : undefined;
}
