import { ago, bytes, count, milliseconds, rate, share } from '../number-format.js';
import { overview } from '../live/live-view.js';
import type { ObserverLine } from '../live/observer-lines.js';

/** The columns of the table of observers that hold figures, in their order. */
export const observerColumns: readonly ObserverColumn[] = [
  {
    id: 'lag',
    label: 'Lag',
    says: 'Transactions it is behind.',
    value: ({ row }) => row.value.lag,
    format: count,
  },
  {
    id: 'rate',
    label: 'Handled/s',
    says: 'Transactions it has handled in a second, over the last three.',
    value: ({ deliveredRate }) => deliveredRate.value,
    format: rate,
  },
  {
    id: 'p50',
    label: 'p50',
    says: 'Half of the handler calls of this incarnation took no longer.',
    value: ({ row }) => row.value.handlerP50Ms,
    format: milliseconds,
  },
  {
    id: 'p99',
    label: 'p99',
    says: '99 % of the handler calls of this incarnation took no longer.',
    value: ({ row }) => row.value.handlerP99Ms,
    format: milliseconds,
  },
  {
    id: 'restarts',
    label: 'Restarts',
    says: 'Times it was started again.',
    value: ({ row }) => row.value.restarts,
    format: count,
  },
  {
    id: 'resyncs',
    label: 'Resyncs',
    says: 'Times it was overtaken and got a new snapshot.',
    value: ({ row }) => row.value.resyncs,
    format: count,
  },
  {
    id: 'heap',
    label: 'Heap',
    says: 'Used heap of its thread.',
    value: ({ row }) => row.value.heapBytes,
    isKnown: hasThread,
    format: bytes,
  },
  {
    id: 'external',
    label: 'External',
    says: 'Memory of its thread outside of the heap.',
    value: ({ row }) => row.value.externalBytes,
    isKnown: hasThread,
    format: bytes,
  },
  {
    id: 'busy',
    label: 'Busy',
    says: 'Share of the time in which its event loop was busy.',
    value: ({ row }) => row.value.utilization,
    isKnown: hasThread,
    format: share,
  },
  {
    id: 'active',
    label: 'Active',
    says: 'How long ago it finished a transaction, answered a query or was touched.',
    value: ({ row }) => (overview.value?.at ?? 0) - row.value.lastActivityAt,
    format: ago,
  },
];

/** A column of figures. */
export interface ObserverColumn {
  /** As the address names it. */
  readonly id: string;
  readonly label: string;
  /** What it says, in one sentence. */
  readonly says: string;
  readonly value: (line: ObserverLine) => number;
  readonly format: (value: number) => string;
  /** Whether an observer has it at all; left out, all have. */
  readonly isKnown?: (line: ObserverLine) => boolean;
}

/** What stands in a cell. */
export const cellText = ({ value, format, isKnown }: ObserverColumn, line: ObserverLine): string =>
  isKnown?.(line) === false ? '–' : format(value(line));

/** One that runs inline shares its thread with the registry, and what that uses. */
function hasThread({ row }: ObserverLine): boolean {
  return row.value.host !== 'inline';
}

/** What observers can be sorted by that is text. */
export const textOrders: ReadonlyMap<string, (line: ObserverLine) => string> = new Map<
  string,
  (line: ObserverLine) => string
>([
  ['name', ({ name }) => name],
  ['state', ({ row }) => row.value.state],
  ['role', ({ row }) => row.value.role],
  ['host', ({ row }) => row.value.host],
]);
