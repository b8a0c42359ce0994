import type { RunDocument } from '../run-document.js';
import {
  amountScale,
  axes,
  frame,
  shortAmount,
  svg,
  text,
  timeLabel,
  timeScale,
} from './chart-frame.js';
import { colourOf, isDashed } from './palette.js';

/** A line of a chart over virtual time. */
export interface CourseLine {
  readonly name: string;
  /** One for each sample. */
  readonly values: readonly number[];
}

/** What is drawn over the run's virtual time. */
export interface CourseChart {
  readonly title: string;
  /** What the vertical axis counts. */
  readonly unit: string;
  readonly lines: readonly CourseLine[];
  /** Whether the space below the first line is filled. */
  readonly isFilled?: boolean;
}

type Span = Pick<RunDocument, 'virtualMs' | 'phases' | 'broken'> & {
  readonly at: readonly number[];
};

/**
 * Draws a chart over virtual time, with the phases behind it and faults marked.
 *
 * @param isStill - for a picture that nobody points at
 */
export function drawCourse(chart: CourseChart, span: Span, isStill = false): string {
  const x = timeScale(span.virtualMs);
  const y = amountScale(Math.max(0, ...chart.lines.flatMap(({ values }) => values)));
  const content = [
    phaseBands(span, frame.top, frame.bottom, true),
    axes(x, y, timeLabel, chart.unit),
    ...faultMarks(span, frame.top, frame.bottom),
    ...chart.lines.map(({ values }, index) => {
      const points = span.at
        .slice(span.at.length - values.length)
        .map((at, sample) => `${x.at(at)} ${y.at(values[sample]!)}`);
      if (points.length === 0) return '';
      const line = `M${points.join('L')}`;
      const colour = colourOf(index);
      const area =
        chart.isFilled === true && index === 0
          ? `<path class="area" fill="${colour}" d="${line}L${x.at(span.at.at(-1)!)} ${frame.bottom}L${x.at(span.at[0]!)} ${frame.bottom}Z"/>`
          : '';
      const style = isDashed(index) ? 'line dashed' : 'line';
      return `${area}<path class="${style}" stroke="${colour}" d="${line}"/>`;
    }),
    isStill ? '' : hoverColumns(chart, span, (at) => x.at(at)),
  ];
  return svg(chart.title, content.join(''));
}

/** Every other phase on a darker ground, each with its name where there is room. */
export function phaseBands(
  { phases, virtualMs }: Pick<Span, 'phases' | 'virtualMs'>,
  top: number,
  bottom: number,
  isNamed: boolean,
): string {
  const x = timeScale(virtualMs);
  return phases
    .map(({ name, startsAt, endsAt }, index) => {
      const [left, right] = [x.at(startsAt), x.at(endsAt)];
      const band =
        index % 2 === 1
          ? `<rect class="band" x="${left}" y="${top}" width="${(right - left).toFixed(1)}" height="${bottom - top}"/>`
          : '';
      const fits = isNamed && right - left > 7 * name.length;
      return band + (fits ? text((left + right) / 2, top - 6, 'phase middle', name) : '');
    })
    .join('');
}

/** A dashed line at each fault. */
function faultMarks({ broken, virtualMs }: Span, top: number, bottom: number): string[] {
  const x = timeScale(virtualMs);
  return broken.map(
    ({ fault, observer, atMs }) =>
      `<path class="fault" d="M${x.at(atMs)} ${top}V${bottom}"><title>${fault} on ${observer}, ${timeLabel(atMs)}</title></path>`,
  );
}

/** Columns that show nothing, and what was there when they are pointed at. */
function hoverColumns(chart: CourseChart, { at: times }: Span, at: (ms: number) => number): string {
  const width = (frame.right - frame.left) / Math.max(1, times.length);
  const columns = times.map((time, sample) => {
    const values = chart.lines.map(
      ({ name, values: own }) =>
        `${name} ${shortAmount(own[own.length - times.length + sample] ?? 0)}`,
    );
    return (
      `<rect x="${at(time)}" y="${frame.top}" width="${width.toFixed(1)}" height="${frame.bottom - frame.top}">` +
      `<title>${timeLabel(time)}: ${values.join(', ')}</title></rect>`
    );
  });
  return `<g fill="transparent">${columns.join('')}</g>`;
}
