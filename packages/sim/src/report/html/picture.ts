import type { RunDocument } from '../run-document.js';
import { escapeMarkup } from '../markup.js';
import { chartCss, frame, text } from './chart-frame.js';
import { drawCourse } from './course-chart.js';
import { drawTimeline } from './observer-timeline.js';
import { paletteCss } from './palette.js';
import { runCharts } from './run-charts.js';

const headHeight = 64;
const titleHeight = 30;

/** The main charts of a run as one SVG file, for pages that cannot show HTML. */
export function runPicture(run: RunDocument): string {
  const charts = runCharts(run);
  const span = { ...run, at: run.series.at };
  const parts = [
    ...[charts.population, charts.churn, charts.lag].map((chart) => ({
      title: `${chart.title}${chart.lines.length > 1 ? `: ${chart.lines.map(({ name }) => name).join(', ')}` : ''}`,
      drawn: drawCourse(chart, span, true),
    })),
    { title: 'Observers', drawn: drawTimeline(run) },
  ];
  let top = headHeight;
  const placed = parts.map(({ title, drawn }) => {
    const [, height] = /viewBox="0 0 \d+ (\d+)"/.exec(drawn)!;
    const part =
      text(24, top + 14, 'name', title) +
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
    `<style>${paletteCss('svg')}${chartCss}.title{font-size:19px;font-weight:600}.name{font-size:14px;font-weight:600}</style>`,
    `<rect width="100%" height="100%" fill="var(--page)"/>`,
    text(24, 30, 'title', run.name),
    text(24, 50, 'tick', facts),
    ...placed,
    '</svg>',
    '',
  ].join('\n');
}
