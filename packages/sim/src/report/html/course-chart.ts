import { type Markup, markup } from '../markup.js';
import type { RunDocument } from '../run-document.js';
import { axes, crosshair, faultMarks, svg } from './chart-parts.js';
import type { Frame } from './frame.js';
import { colourOf, isDashed } from './palette.js';
import { frameFor, phaseBands, phaseNames } from './phase-bands.js';
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
  /** One for each sample; when there are fewer, they are of the last ones. Null leaves a gap. */
  readonly values: readonly (number | null)[];
}

/** Draws a chart over virtual time, with the phases behind it and faults marked. */
export function drawCourse(chart: CourseChart, run: RunDocument, usual: Frame): Markup {
  const frame = frameFor(run, usual);
  const x = timeScale(run.virtualMs, frame);
  const known = chart.lines.flatMap(({ values }) => values.filter((value) => value !== null));
  const y = amountScale(
    known.reduce((most, value) => Math.max(most, value), 0),
    frame,
    known.reduce((least, value) => Math.min(least, value), 0),
  );
  const { at: times } = run.series;
  const lines = chart.lines.map(({ values }, index) => {
    const own = times.slice(times.length - values.length);
    const pieces = piecesOf(values).map(({ from, to }) => {
      const points = own
        .slice(from, to)
        .map((at, sample) => `${x.at(at)} ${y.at(values[from + sample]!)}`);
      // A line to where it is already shows one point.
      return { from, to, line: `M${points.join('L')}${points.length === 1 ? 'h0' : ''}` };
    });
    if (pieces.length === 0) return '';
    const area =
      chart.isFilled === true && index === 0
        ? pieces.map(
            ({ from, to, line }) =>
              markup`<path class="area" fill="${colourOf(index)}" d="${line}L${x.at(own[to - 1]!)} ${frame.bottom}L${x.at(own[from]!)} ${frame.bottom}Z"/>`,
          )
        : '';
    const line = pieces.map((piece) => piece.line).join('');
    const style = isDashed(index) ? 'line dashed' : 'line';
    return markup`<g data-line="${index}">${area}<path class="${style}" stroke="${colourOf(index)}" d="${line}"/></g>`;
  });
  const content = [
    phaseBands(run, frame, frame),
    phaseNames(run, frame),
    axes(x, y, timeLabel, chart.unit, frame),
    faultMarks(run, frame.top, frame.bottom, frame),
    lines,
    crosshair(frame.top, frame.bottom),
  ];
  return svg(chart.title, content, frame, frame.height);
}

/** Where values stand without a gap: from one sample on, up to the one before another. */
function piecesOf(
  values: readonly (number | null)[],
): { readonly from: number; readonly to: number }[] {
  const pieces: { from: number; to: number }[] = [];
  for (const [at, value] of values.entries()) {
    if (value === null) continue;
    const last = pieces.at(-1);
    if (last?.to === at) last.to = at + 1;
    else pieces.push({ from: at, to: at + 1 });
  }
  return pieces;
}
