import { type Markup, markup } from '../markup.js';
import { partsOf } from '../metric-parts.js';
import { metricText } from '../metric-text.js';
import type { PhaseCourse, PhaseFigures, RunDocument, RunMetric } from '../run-document.js';
import { inBothFrames } from './chart-parts.js';
import { type CourseChart, type CourseLine, drawCourse } from './course-chart.js';
import { type Cell, figure, lineLegend, note, section, table } from './page.js';

/**
 * The figures of observers' own over time and by phase: a section for all observers that have the same
 * ones, so that those of one kind stand beside each other.
 */
export function metricSections(run: RunDocument): Markup[] {
  const groups = new Map<string, Group>();
  for (const { name, metrics = [] } of run.observers) {
    if (metrics.length === 0) continue;
    const key = JSON.stringify(metrics.map(({ id, kind, unit, says }) => [id, kind, unit, says]));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { names: [name], metrics });
    else group.names.push(name);
  }
  return [...groups.values()].map((group) => groupSection(group, run));
}

/** Observers that describe the same figures. */
interface Group {
  readonly names: string[];
  readonly metrics: readonly RunMetric[];
}

function groupSection({ names, metrics }: Group, run: RunDocument): Markup {
  const title = `What ${names.slice(0, mostLines).join(', ')} ${names.length === 1 ? 'tells' : 'tell'}`;
  const others =
    names.length > mostLines
      ? ` Of ${names.length} observers the first ${mostLines} are drawn.`
      : '';
  return section(
    title,
    note(`Read at each sample, with nothing outstanding; gaps are where it could not be.${others}`),
    ...metrics.map((metric) => {
      const chart = chartOf(metric, names.slice(0, mostLines), run);
      return markup`<p><b>${metric.id}</b> <span class="note">${metric.says}</span></p>${figure(
        chart.lines,
        lineLegend(chart.lines),
        inBothFrames((frame) => drawCourse(chart, run, frame)),
      )}`;
    }),
    phaseTable(names.slice(0, mostLines), metrics, run.phases),
  );
}

/** Lines of a chart: more cannot be told from each other. */
const mostLines = 8;

function chartOf(
  metric: RunMetric,
  names: readonly string[],
  { series }: RunDocument,
): CourseChart {
  // How many numbers there are is in the table below.
  const figures = partsOf(metric).filter((part) => !part.endsWith('.count'));
  const lines = names.flatMap((name): CourseLine[] => {
    const { metrics = [] } = series.observers.find((one) => one.name === name) ?? {};
    return figures.map((part) => ({
      name: [names.length > 1 ? name : '', part.split('.')[1] ?? ''].join(' ').trim() || metric.id,
      values: metrics.find((one) => one.figure === part)?.values ?? [],
    }));
  });
  return { title: metric.id, unit: metric.unit, lines: lines.slice(0, mostLines) };
}

/** Mean and ends in each phase: a column for each. */
function phaseTable(
  names: readonly string[],
  metrics: readonly RunMetric[],
  phases: readonly PhaseFigures[],
): Markup {
  const rows = names.flatMap((name) =>
    metrics.flatMap((metric) =>
      partsOf(metric).map((part): Cell[] => [
        names.length > 1 ? `${name}: ${part}` : part,
        ...phases.map((phase): Cell => ({ number: courseText(courseOf(phase, name, part)) })),
      ]),
    ),
  );
  return table(['mean (least to most)', ...phases.map(({ name }) => name)], rows);
}

function courseOf(phase: PhaseFigures, name: string, part: string): PhaseCourse | undefined {
  const [id, inner] = part.split('.') as [string, string | undefined];
  const { metrics = [] } = phase.observers.find((one) => one.name === name) ?? {};
  const value = metrics.find((one) => one.id === id)?.value;
  if (value === undefined || inner === undefined) return value as PhaseCourse | undefined;
  return (value as Readonly<Record<string, PhaseCourse>>)[inner];
}

const courseText = (course: PhaseCourse | undefined): string =>
  course === undefined || course.mean === null
    ? 'none'
    : `${metricText(course.mean)} (${metricText(course.min)} to ${metricText(course.max)})`;
