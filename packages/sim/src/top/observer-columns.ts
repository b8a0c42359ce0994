import { numberText, wholeNumberText } from '../report/number-text.js';
import { printable } from '../report/printable.js';
import { printedLatency } from '../report/printed-latency.js';
import type { SampledObserver } from './dashboard-sample.js';

/** What is shown of an observer, the first columns where there is no room for all. */
export const observerColumns = [
  {
    id: 'observer',
    key: 'n',
    of: ({ name }: ObserverLine) => name,
    text: ({ name }: ObserverLine) => printable(name),
  },
  {
    id: 'state',
    key: 's',
    of: ({ state }: ObserverLine) => state,
    text: ({ state }: ObserverLine) => printable(state),
  },
  { id: 'lag', key: 'l', of: ({ lag }: ObserverLine) => lag, text: wholes('lag') },
  {
    id: 'events/s',
    key: 'e',
    of: ({ rate }: ObserverLine) => rate ?? 0,
    text: ({ rate }: ObserverLine) => (rate === undefined ? '' : wholeNumberText(rate)),
  },
  { id: 'p99', key: 'p', of: ms('handlerP99Ms'), text: latency('handlerP99Ms') },
  { id: 'p50', key: 'o', of: ms('handlerP50Ms'), text: latency('handlerP50Ms') },
  {
    id: 'restarts',
    key: 'r',
    of: ({ restarts }: ObserverLine) => restarts,
    text: wholes('restarts'),
  },
  { id: 'resyncs', key: 'y', of: ({ resyncs }: ObserverLine) => resyncs, text: wholes('resyncs') },
  {
    id: 'memory',
    key: 'm',
    of: bytesOf,
    text: (line: ObserverLine) => `${numberText(bytesOf(line) / 2 ** 20)} MiB`,
  },
  {
    id: 'busy',
    key: 'b',
    of: ({ utilization }: ObserverLine) => utilization ?? 0,
    text: ({ utilization }: ObserverLine) => `${Math.round(100 * (utilization ?? 0))} %`,
  },
  {
    id: 'delivered',
    key: 'd',
    of: ({ delivered }: ObserverLine) => delivered,
    text: wholes('delivered'),
  },
  {
    id: 'role',
    key: 't',
    of: ({ role }: ObserverLine) => role,
    text: ({ role }: ObserverLine) => printable(role),
  },
] as const satisfies readonly ObserverColumn[];

/** An observer, with what follows from two samples of it. */
export interface ObserverLine extends SampledObserver {
  /** Transactions handled a second; undefined with one sample. */
  readonly rate: number | undefined;
}

/** A column of the table. */
export interface ObserverColumn {
  /** Its title. */
  readonly id: string;
  /** What sorts by it when it is pressed. */
  readonly key: string;
  /** What is sorted by: numbers from the largest on, texts from the first. */
  readonly of: (line: ObserverLine) => number | string;
  readonly text: (line: ObserverLine) => string;
}

/** The title of one. */
export type ColumnId = (typeof observerColumns)[number]['id'];
export const columnIds: readonly ColumnId[] = observerColumns.map(({ id }) => id);

function wholes(figure: 'lag' | 'restarts' | 'resyncs' | 'delivered') {
  return (line: ObserverLine) => wholeNumberText(line[figure]);
}

type Latency = 'handlerP50Ms' | 'handlerP99Ms';

function ms(figure: Latency) {
  return (line: ObserverLine) => line[figure] ?? 0;
}

function latency(figure: Latency) {
  return (line: ObserverLine) => printedLatency(line[figure] ?? null);
}

function bytesOf({ heapBytes, externalBytes }: ObserverLine): number {
  return (heapBytes ?? 0) + (externalBytes ?? 0);
}
