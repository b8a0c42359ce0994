import { Markup, markup } from '../markup.js';
import type { RunDocument } from '../run-document.js';
import { runLatencies } from '../run-latencies.js';
import { chartCss, text } from './chart-parts.js';
import { type CourseChart, drawCourse } from './course-chart.js';
import { wide } from './frame.js';
import { drawLatencies } from './latency-chart.js';
import { drawStrips, lagStrips } from './observer-strips.js';
import { drawTimeline } from './observer-timeline.js';
import { colourOf, paletteCss } from './palette.js';
import { runCharts } from './run-charts.js';
import { statePatterns } from './state-styles.js';

/** The main charts of a run as one SVG file, for pages that cannot show HTML. */
export function runPicture(run: RunDocument): string {
  const charts = runCharts(run);
  const parts = [
    ...[charts.population, charts.churn].map((chart) => ({
      title: markup`${chart.title}${chart.lines.length > 1 ? namesOf(chart) : ''}`,
      drawn: drawCourse(chart, run, wide),
    })),
    { title: markup`Observers`, drawn: drawTimeline(run, wide) },
    { title: markup`${lagStrips.title}`, drawn: drawStrips(lagStrips, run, wide) },
    { title: markup`Latency`, drawn: drawLatencies(runLatencies(run), wide) },
  ];
  let top = headHeight;
  const placed = parts.map(({ title, drawn }) => {
    const [, height] = /viewBox="0 0 \d+ (\d+)"/.exec(drawn.toString())!;
    const part = markup`<text x="24" y="${top + 14}" class="name">${title}</text><svg x="0" y="${top + titleHeight - 8}" width="${wide.width}" height="${height!}">${drawn}</svg>
`;
    top += titleHeight + Number(height) + 8;
    return part;
  });
  const facts = `seed ${run.seed}: ${run.events.toLocaleString('en-US')} events, ${run.verdict}`;
  const css = `${paletteCss('svg')}${chartCss}svg .title{font-size:19px;font-weight:600}svg .name{font-size:14px;font-weight:600}tspan{font-weight:400}`;
  return markup`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${wide.width} ${top + 8}" role="img" aria-label="${run.name}">
<style>${Markup.verbatim(css)}</style>
${statePatterns}
<rect width="100%" height="100%" fill="var(--page)"/>
${text(24, 30, 'title', run.name)}
${text(24, 50, 'tick', facts)}
${placed}</svg>
`.toString();
}

const headHeight = 64;
const titleHeight = 30;

/** The lines' names in their colours, to stand after a title. */
const namesOf = ({ lines }: CourseChart): Markup =>
  markup`${lines.map(({ name }, index) => markup`<tspan dx="10" fill="${colourOf(index)}">${name}</tspan>`)}`;
