import { type PeerEntry, peerFields, type PeerFieldPath } from '@panoptes/core/observer';

/** All leaves of an entry, in the order of the table of fields; optional groups are leaves as well. */
export const entryLeaves: readonly EntryLeaf[] = leavesOf(peerFields, [], undefined);

/** A field of an entry that is compared as a whole. */
export interface EntryLeaf {
  readonly path: PeerFieldPath;
  /** The optional group it is in, if it is in one, whose coming and going is a change of its own. */
  readonly group: PeerFieldPath | undefined;
  /** Its value in an entry; undefined for an absent one. */
  value(entry: PeerEntry): unknown;
  /** A value as text: equal for equal values, empty for an absent one. */
  text(value: unknown): string;
}

/** As much of a field's description as is needed to walk the table of fields. */
interface FieldShape {
  readonly kind: string;
  readonly fields?: Readonly<Record<string, FieldShape>>;
  readonly field?: FieldShape;
  readonly item?: FieldShape;
}

type Read = (entry: PeerEntry) => unknown;

function leavesOf(
  fields: Readonly<Record<string, FieldShape>>,
  parents: readonly string[],
  group: PeerFieldPath | undefined,
): EntryLeaf[] {
  return Object.entries(fields).flatMap(([name, field]) => {
    const names = [...parents, name];
    const path = names.join('.') as PeerFieldPath;
    const read = readerOf(names);
    if (field.kind === 'record') return leavesOf(field.fields!, names, group);
    if (field.kind === 'optional' && field.field!.kind === 'record') {
      const presence: EntryLeaf = {
        path,
        group: undefined,
        value: read,
        text: (value) => (value === undefined ? '' : 'present'),
      };
      return [presence, ...leavesOf(field.field!.fields!, names, path)];
    }
    return [{ path, group, value: read, text: textOf(field) }];
  });
}

/** Compiled, since one function for all would look each name up anew. */
function readerOf(names: readonly string[]): Read {
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the source is made of the table of fields alone
  return new Function('entry', `return entry.${names.join('?.')};`) as Read;
}

/** Texts in lists are quoted, so that no two lists look alike. */
function textOf(field: FieldShape): (value: unknown) => string {
  if (field.kind !== 'list') {
    return (value) => (value === undefined ? '' : `${value as string | number | boolean}`);
  }
  const names = Object.keys(field.item!.fields ?? {});
  // The order of the fields is the table's, not that of the object.
  return (value) =>
    JSON.stringify(
      names.length === 0
        ? value
        : (value as readonly Readonly<Record<string, unknown>>[]).map((item) =>
            names.map((name) => item[name]),
          ),
    );
}
