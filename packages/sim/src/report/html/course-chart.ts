import { type Markup, markup } from '../markup.js';
import type { RunDocument } from '../run-document.js';
import { axes, crosshair, faultMarks, phaseBands, svg } from './chart-parts.js';
import type { Frame } from './frame.js';
import { colourOf, isDashed } from './palette.js';
import { amountScale, timeLabel, timeScale } from './scales.js';

/** What is drawn over the run's virtual time. */
export interface CourseChart {
  readonly title: string;
  /** What the vertical axis counts. */
  readonly unit: string;
  readonly lines: readonly CourseLine[];
  /** Whether the space below the first line is filled. */
  readonly isFilled?: boolean;
}

/** A line of a chart over virtual time. */
export interface CourseLine {
  readonly name: string;
  /** One for each sample; when there are fewer, they are of the last ones. */
  readonly values: readonly number[];
}

/** Draws a chart over virtual time, with the phases behind it and faults marked. */
export function drawCourse(chart: CourseChart, run: RunDocument, frame: Frame): Markup {
  const x = timeScale(run.virtualMs, frame);
  const y = amountScale(
    chart.lines.reduce((most, { values }) => values.reduce((a, b) => Math.max(a, b), most), 0),
    frame,
  );
  const { at: times } = run.series;
  const lines = chart.lines.map(({ values }, index) => {
    const own = times.slice(times.length - values.length);
    if (own.length === 0) return '';
    const line = `M${own.map((at, sample) => `${x.at(at)} ${y.at(values[sample]!)}`).join('L')}`;
    const area =
      chart.isFilled === true && index === 0
        ? markup`<path class="area" fill="${colourOf(index)}" d="${line}L${x.at(own.at(-1)!)} ${frame.bottom}L${x.at(own[0]!)} ${frame.bottom}Z"/>`
        : '';
    const style = isDashed(index) ? 'line dashed' : 'line';
    return markup`<g data-line="${index}">${area}<path class="${style}" stroke="${colourOf(index)}" d="${line}"/></g>`;
  });
  const content = [
    phaseBands(run, frame, true, frame),
    axes(x, y, timeLabel, chart.unit, frame),
    faultMarks(run, frame.top, frame.bottom, frame),
    lines,
    crosshair(frame.top, frame.bottom),
  ];
  return svg(chart.title, content, frame, frame.height);
}
