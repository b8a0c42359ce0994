import type uPlot from 'uplot';
import { bytes, count, decimal, milliseconds, rate } from '../number-format.js';
import { chartColour } from './chart-colours.js';

/** How a chart is drawn: calm lines, few marks, the same for all. */
export function chartOptions(
  labels: readonly string[],
  unit: ChartUnit,
  onPoint: (index: number | null) => void,
): Omit<uPlot.Options, 'width' | 'height'> {
  const { format, steps } = units[unit];
  const em = rootFontSize() * 0.79;
  const axis: uPlot.Axis = {
    font: `${em}px system-ui, sans-serif`,
    stroke: () => chartColour('--muted'),
    grid: { stroke: () => chartColour('--line'), width: 1 },
    ticks: { show: false },
  };
  return {
    legend: { show: false },
    // On the right, so that the last time is not cut.
    padding: [0.7 * em, 2.2 * em, 0, 0],
    cursor: {
      drag: { x: false, y: false },
      points: { size: 5 },
      y: false,
      sync: { key: 'history' },
    },
    scales: {
      x: { range: (_, least, most) => [Math.min(least ?? 0, (most ?? 0) - leastSpan), most ?? 0] },
      y: { range: (_, least, most) => [Math.min(0, least ?? 0), top(most ?? 0)] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        space: 6.4 * em,
        size: 2.2 * em,
        gap: 0.55 * em,
        values: (_, ticks, __, ___, step) =>
          ticks.map((tick) => (step < 60 ? seconds : minutes).format(tick * 1_000)),
      },
      {
        ...axis,
        space: 2.9 * em,
        size: 5.3 * em,
        gap: 0.45 * em,
        ...(steps !== undefined && { incrs: [...steps] }),
        values: (_, ticks) => ticks.map((tick) => format(tick)),
      },
    ],
    series: [
      {},
      ...labels.map((label, index): uPlot.Series => ({
        label,
        stroke: () => chartColour(`--series-${index + 1}`),
        width: 1.25,
        points: { show: false },
      })),
    ],
    hooks: { setCursor: [({ cursor }) => onPoint(cursor.idx ?? null)] },
  };
}

/** Pixels of the page's font: a canvas knows no relative sizes. */
export const rootFontSize = (): number =>
  parseFloat(getComputedStyle(document.documentElement).fontSize);

/** How the values of a chart are written, and by which steps its axis may go; any when there are none. */
export const units: Readonly<Record<ChartUnit, UnitForm>> = {
  count: { format: count, steps: stepsOf(10, [1, 2, 5], 12) },
  number: { format: decimal },
  rate: { format: rate },
  ms: { format: milliseconds },
  bytes: { format: bytes, steps: stepsOf(1_024, [1, 2, 5, 10, 20, 50, 100, 200, 500], 5) },
};

/** What the values of a chart count in; a rate is in a second. */
export type ChartUnit = 'number' | 'count' | 'rate' | 'ms' | 'bytes';

interface UnitForm {
  readonly format: (value: number | null) => string;
  readonly steps?: readonly number[];
}

function stepsOf(base: number, parts: readonly number[], powers: number): number[] {
  return Array.from({ length: powers }, (_, power) => base ** power).flatMap((one) =>
    parts.map((part) => part * one),
  );
}

/** A chart of a registry that has just been opened shows a minute, most of it empty. */
const leastSpan = 60;

/** Room above the highest value, and for a line of zeros. */
const top = (most: number): number => (most > 0 ? most * 1.1 : 4);

const seconds = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const minutes = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
