import { escapeMarkup } from '../markup.js';
import type { RunDocument } from '../run-document.js';
import { runLatencies } from '../run-latencies.js';
import { chartCss, frame, text } from './chart-frame.js';
import { type CourseChart, drawCourse } from './course-chart.js';
import { drawLatencies } from './latency-chart.js';
import { drawTimeline } from './observer-timeline.js';
import { colourOf, paletteCss } from './palette.js';
import { runCharts } from './run-charts.js';

const headHeight = 64;
const titleHeight = 30;

/** The main charts of a run as one SVG file, for pages that cannot show HTML. */
export function runPicture(run: RunDocument): string {
  const charts = runCharts(run);
  const span = { ...run, at: run.series.at };
  const parts = [
    ...[charts.population, charts.churn].map((chart) => ({
      title: escapeMarkup(chart.title) + (chart.lines.length > 1 ? namesOf(chart) : ''),
      drawn: drawCourse(chart, span, true),
    })),
    { title: 'Observers', drawn: drawTimeline(run) },
    { title: 'Latency', drawn: drawLatencies(runLatencies(run)) },
  ];
  let top = headHeight;
  const placed = parts.map(({ title, drawn }) => {
    const [, height] = /viewBox="0 0 \d+ (\d+)"/.exec(drawn)!;
    const part =
      `<text x="24" y="${top + 14}" class="name">${title}</text>` +
      drawn.replace(
        '<svg ',
        `<svg x="0" y="${top + titleHeight - 8}" width="${frame.width}" height="${height}" `,
      );
    top += titleHeight + Number(height) + 8;
    return part;
  });
  const facts = `seed ${run.seed}: ${run.events.toLocaleString('en-US')} events, ${run.verdict}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${frame.width} ${top + 8}" role="img" aria-label="${escapeMarkup(run.name)}">`,
    `<style>${paletteCss('svg')}${chartCss}.title{font-size:19px;font-weight:600}.name{font-size:14px;font-weight:600}tspan{font-weight:400}</style>`,
    `<rect width="100%" height="100%" fill="var(--page)"/>`,
    text(24, 30, 'title', run.name),
    text(24, 50, 'tick', facts),
    ...placed,
    '</svg>',
    '',
  ].join('\n');
}

/** The lines' names in their colours, to stand after a title. */
const namesOf = ({ lines }: CourseChart): string =>
  lines
    .map(
      ({ name }, index) => `<tspan dx="10" fill="${colourOf(index)}">${escapeMarkup(name)}</tspan>`,
    )
    .join('');
