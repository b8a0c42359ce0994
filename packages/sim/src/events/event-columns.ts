import { type PeerChange, type PeerEntry, peerFields } from '@panoptes/core/observer';

/**
 * The columns of a table of events, in order: what the change is, and then the fields of the peer's
 * entry, flat, from the table of fields. They are the same in every format.
 */
export const eventColumns: readonly EventColumn[] = [
  column('seq', 'count', 'the transaction’s number', ({ seq }) => seq),
  column('index', 'count', 'the change’s place in its transaction, from 0', (_, index) => index),
  column('at', 'number', 'when its command was handed in, in Unix milliseconds', ({ at }) => at),
  column('kind', 'text', 'added, updated or removed', ({ kind }) => kinds[kind]),
  column('nodeId', 'text', 'the peer’s node id', ({ nodeId }) => nodeId),
  column('reason', 'text', 'why it was removed: requested, expired or evicted', (change) =>
    change.kind === 'PeerRemoved' ? change.reason : null,
  ),
  column('changed', 'list', 'the columns that an update changed', (change) =>
    change.kind === 'PeerUpdated' ? change.changed.map(columnName) : null,
  ),
  ...leavesOf(peerFields, '', (entry) => entry),
];

/** A column of a table of events. */
export interface EventColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** What is in it, where that is not a peer's field of the same name. */
  readonly about: string;
  /** Its cell in the row of a change; null where there is nothing. */
  readonly cell: (change: PeerChange, index: number) => EventCell;
}

/** `count` is a whole number; `list` is an array, as JSON where a format has none. */
export type ColumnType = 'count' | 'number' | 'flag' | 'text' | 'list';
export type EventCell = number | boolean | string | readonly unknown[] | null;

/** Puts the cells of a change into `cells`, in the order of the columns. */
export function cellsOf(change: PeerChange, index: number, cells: EventCell[]): EventCell[] {
  for (const [at, { cell }] of eventColumns.entries()) cells[at] = cell(change, index);
  return cells;
}

/** The column of a field: no tool has to quote it. */
function columnName(path: string): string {
  return path.replace(/^peerId\./, '').replaceAll('.', '_');
}

function column(
  name: string,
  type: ColumnType,
  about: string,
  cell: EventColumn['cell'],
): EventColumn {
  return { name, type, about, cell };
}

const kinds = { PeerAdded: 'added', PeerUpdated: 'updated', PeerRemoved: 'removed' } as const;

/** As much of a field's description as is needed to walk the table of fields. */
interface FieldShape {
  readonly kind: string;
  readonly fields?: Readonly<Record<string, FieldShape>>;
  readonly field?: FieldShape;
}

function leavesOf(
  fields: Readonly<Record<string, FieldShape>>,
  prefix: string,
  parent: (entry: PeerEntry) => unknown,
): EventColumn[] {
  return Object.entries(fields).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    const read = (entry: PeerEntry): unknown =>
      (parent(entry) as Readonly<Record<string, unknown>> | undefined)?.[name];
    const { kind, fields: inner } = field.kind === 'optional' ? field.field! : field;
    if (kind === 'record') return leavesOf(inner!, `${path}.`, read);
    // It is a column already.
    if (path === 'peerId.nodeId') return [];
    return column(
      columnName(path),
      typeOf(kind),
      `\`${path}\` of the entry`,
      ({ entry }) => (read(entry) ?? null) as EventCell,
    );
  });
}

function typeOf(kind: string): ColumnType {
  return kind === 'number' || kind === 'flag' || kind === 'list' ? kind : 'text';
}
