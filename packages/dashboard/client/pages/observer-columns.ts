import type { ObserverNumber } from '../api/answers.js';
import { saysOf } from '../live/figure-words.js';
import { overview } from '../live/live-view.js';
import type { ObserverLine } from '../live/observer-lines.js';
import { ago, bytes, count, milliseconds, rate, share } from '../number-format.js';

/** The columns of the table of observers that hold figures, in their order. */
export const observerColumns: readonly ObserverColumn[] = [
  figure('lag', 'Lag', 'lag', count),
  {
    ...{ id: 'rate', label: 'Handled/s', format: rate },
    says: () => 'Transactions it has handled in a second, over the last three.',
    value: ({ deliveredRate }) => deliveredRate.value,
  },
  figure('p50', 'p50', 'handlerP50Ms', milliseconds),
  figure('p99', 'p99', 'handlerP99Ms', milliseconds),
  figure('restarts', 'Restarts', 'restarts', count),
  figure('resyncs', 'Resyncs', 'resyncs', count),
  { ...figure('heap', 'Heap', 'heapBytes', bytes), isKnown: hasThread },
  { ...figure('external', 'External', 'externalBytes', bytes), isKnown: hasThread },
  { ...figure('busy', 'Busy', 'utilization', share), isKnown: hasThread },
  {
    ...figure('active', 'Active', 'lastActivityAt', ago),
    value: ({ row }) => (overview.value?.at ?? 0) - row.value.lastActivityAt,
  },
];

/** A column of figures. */
export interface ObserverColumn {
  /** As the address names it. */
  readonly id: string;
  readonly label: string;
  /** What it says, in one sentence. */
  readonly says: () => string;
  readonly value: (line: ObserverLine) => number;
  readonly format: (value: number) => string;
  /** Whether an observer has it at all; left out, all have. */
  readonly isKnown?: (line: ObserverLine) => boolean;
}

function figure(
  id: string,
  label: string,
  of: ObserverNumber,
  format: (value: number) => string,
): ObserverColumn {
  const says = () => saysOf('observers', of);
  return { id, label, says, value: ({ row }) => row.value[of], format };
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
