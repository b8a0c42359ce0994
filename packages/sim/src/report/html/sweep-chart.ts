import type { Estimate } from '../../sweep/student-interval.js';
import type { SweepDocument, SweepRow } from '../../sweep/sweep-table.js';
import { type Markup, markup } from '../markup.js';
import { axes, svg } from './chart-parts.js';
import type { Frame } from './frame.js';
import { colourOf, isDashed } from './palette.js';
import { amountScale, rangeScale, type Scale, shortAmount } from './scales.js';

/** A line of a sweep's chart: the rows that differ by the varied key alone. */
export interface SweepLine {
  /** The other keys' values; empty when there are none. */
  readonly name: string;
  readonly rows: readonly SweepRow[];
}

/** The key along the horizontal axis: the first whose values are all numbers, and several. */
export const sweepAxis = ({ keys, rows }: SweepDocument): string | undefined =>
  keys.find(
    (key) =>
      rows.every(({ values }) => typeof values[key] === 'number') &&
      new Set(rows.map(({ values }) => values[key])).size > 1,
  );

/** The rows as lines along a key. */
export function sweepLines({ keys, rows }: SweepDocument, axis: string): SweepLine[] {
  const lines = new Map<string, SweepRow[]>();
  for (const row of rows) {
    const name = keys
      .filter((key) => key !== axis)
      .map((key) => `${key} ${printedValue(row.values[key])}`)
      .join(', ');
    lines.set(name, [...(lines.get(name) ?? []), row]);
  }
  return [...lines].map(([name, own]) => ({
    name,
    rows: own.sort((a, b) => (a.values[axis] as number) - (b.values[axis] as number)),
  }));
}

/** A value of a varied key in few characters. */
export const printedValue = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

/** Powers of ten along the axis when the values span so much. */
const wideSpan = 50;

/** A figure along a key: means, with their 95 % intervals. */
export function drawSweep(
  document: SweepDocument,
  axis: string,
  figure: string,
  frame: Frame,
): Markup {
  const values = document.rows.map((row) => row.values[axis] as number);
  const least = Math.min(...values);
  const isWide = least > 0 && Math.max(...values) / least >= wideSpan;
  const x = rangeScale(values, isWide, frame);
  const tops = document.rows.flatMap(({ figures }) => {
    const estimate = figures[figure];
    return estimate == null ? [] : [estimate.high ?? estimate.mean];
  });
  const y = amountScale(Math.max(0, ...tops), frame);
  const lines = sweepLines(document, axis).map(({ rows }, index) => {
    const colour = colourOf(index);
    const points = rows.flatMap((row) => {
      const estimate = row.figures[figure];
      return estimate == null ? [] : [{ at: x.at(row.values[axis] as number), estimate }];
    });
    const path = points.map(({ at, estimate }) => `${at} ${y.at(estimate.mean)}`).join('L');
    const style = isDashed(index) ? 'line dashed' : 'line';
    const line =
      points.length > 1 ? markup`<path class="${style}" stroke="${colour}" d="M${path}"/>` : '';
    return markup`<g data-line="${index}">${line}${points.map((point) => mark(point, y, colour))}</g>`;
  });
  const content = [axes(x, y, shortAmount, figure, frame), lines];
  return svg(`${figure} along ${axis}`, content, frame, frame.height);
}

/** A mean, and the ends of its interval. */
function mark(
  { at, estimate: { mean, low, high } }: { readonly at: number; readonly estimate: Estimate },
  y: Scale,
  colour: string,
): Markup {
  const hasInterval = low !== null && high !== null;
  const whisker = hasInterval
    ? markup`<path class="whisker" stroke="${colour}" d="M${at - 4} ${y.at(high)}h8m-4 0V${y.at(Math.max(0, low))}m-4 0h8"/>`
    : '';
  const interval = hasInterval ? ` (${shortAmount(low)} to ${shortAmount(high)})` : '';
  return markup`${whisker}<circle class="dot" fill="${colour}" cx="${at}" cy="${y.at(mean)}" r="3.5"><title>${shortAmount(mean)}${interval}</title></circle>`;
}
