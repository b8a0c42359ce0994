import { formatDuration } from '../../time/duration.js';
import { continuedText } from '../continued-text.js';
import { streamText } from '../stream-text.js';
import { type Markup, markup, nothing } from '../markup.js';
import { printedLatency } from '../printed-latency.js';
import type { RunDocument } from '../run-document.js';
import { violationText } from '../rules-text.js';
import { measuredFigures } from '../threshold-text.js';
import { failureReason } from '../run-text.js';
import { inBothFrames } from './chart-parts.js';
import { type CourseChart, drawCourse } from './course-chart.js';
import {
  faultSection,
  incidentSection,
  lagSection,
  latencySection,
  memorySection,
  observerSection,
} from './observer-sections.js';
import { metricSections } from './metric-sections.js';
import {
  type Cell,
  figure,
  heading,
  lineLegend,
  note,
  page,
  section,
  table,
  tile,
  verdictMark,
} from './page.js';
import { runCharts } from './run-charts.js';
import { timeLabel } from './scales.js';

/** A run as one HTML file that needs nothing else. */
export function htmlReport(run: RunDocument): string {
  const charts = runCharts(run);
  const { at } = run.series;
  const times = { span: Math.max(1, run.virtualMs), at, labels: at.map(timeLabel) };
  const content = [
    runHeading(run),
    tiles(run),
    chartSection(run, charts.population, 'Over virtual time; grounds change with the phases.'),
    chartSection(
      run,
      charts.churn,
      'Of the whole network, averaged over four samples; who is there from the start has not come.',
    ),
    chartSection(
      run,
      charts.throughput,
      'Reading, committing and checking, while the run went on.',
    ),
    ...(run.observers.length === 0 ? [] : [observerSection(run), lagSection(run)]),
    ...metricSections(run),
    latencySection(run),
    chartSection(
      run,
      charts.memory,
      'Of the whole process: registry, observers, model and source.',
    ),
    memorySection(run),
    phaseSection(run),
    skippedSection(run),
    faultSection(run),
    incidentSection(run),
    thresholdSection(run),
    ruleSection(run),
    repeatSection(run),
  ];
  return page(`${run.name}: ${verdictOf(run).words}`, content, times);
}

const amount = (value: number): string =>
  value.toLocaleString('en-US', { maximumFractionDigits: 1 });

function runHeading(run: RunDocument): Markup {
  const { name, about, seed, stream, failure, startedAt, machine, node } = run;
  const continued = continuedText(run);
  const reason =
    failure === undefined
      ? nothing
      : markup`<p class="bad">It ended early, ${failureReason(failure)}</p>`;
  return heading(name, about, verdictOf(run), [
    note(`seed ${seed}, ${startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')}`),
    note(`${machine.cpu}, ${machine.cores} cores, Node ${node}`),
    continued === undefined ? nothing : note(`It went on ${continued}.`),
    stream === undefined ? nothing : note(`Its stream: ${streamText(stream)}.`),
    reason,
  ]);
}

/** The worst problem of a run; the others are shown in their own sections. */
function verdictOf(run: RunDocument): Parameters<typeof heading>[2] {
  const failed = run.thresholds.filter(({ passed }) => !passed).length;
  if (run.failure !== undefined) return { kind: 'fail', words: 'ended early' };
  if (run.verdict === 'fail') return { kind: 'fail', words: 'fail' };
  if (failed > 0) {
    const all = run.thresholds.length;
    return {
      kind: 'fail',
      words: `${failed} of ${all} threshold${all === 1 ? '' : 's'} fail${failed === 1 ? 's' : ''}`,
    };
  }
  return run.interrupted ? { kind: 'part', words: 'interrupted' } : { kind: 'pass', words: 'pass' };
}

function tiles(run: RunDocument): Markup {
  const { peers, latencyMs } = run;
  const all = [
    tile(
      amount(run.events - peers.initial),
      `changes: ${amount(run.joins - peers.initial)} joins, ${amount(run.leaves)} leaves, ${amount(run.updates)} updates`,
    ),
    tile(
      amount(peers.mean),
      `peers online on average, ${amount(peers.initial)} at the start, ${amount(peers.peak)} at most`,
    ),
    tile(amount(peers.distinct), 'different peers'),
    tile(formatDuration(run.virtualMs), `of virtual time in ${formatDuration(run.durationMs)}`),
    tile(`${amount(run.upsertsPerSecond)}/s`, 'events, reading and checking included'),
    tile(printedLatency(latencyMs.p50), `median commit, p99 ${printedLatency(latencyMs.p99)}`),
    tile(`${amount(run.memory.peakRssMiB)} MiB`, 'peak memory'),
    tile(String(run.checks), 'checks of everything'),
  ];
  return markup`<div class="tiles">${all}</div>
`;
}

const chartSection = (run: RunDocument, chart: CourseChart, about: string): Markup =>
  section(
    chart.title,
    note(about),
    figure(
      chart.lines,
      lineLegend(chart.lines),
      inBothFrames((frame) => drawCourse(chart, run, frame)),
    ),
  );

function phaseSection({ phases }: RunDocument): Markup {
  return section(
    'Phases',
    table(
      ['phase', 'from', 'to', 'joins', 'updates', 'leaves', 'mean online', 'peak', 'at its end'],
      phases.map(({ name, startsAt, endsAt, joins, updates, leaves, peers }): Cell[] => [
        name,
        startsAt === 0 ? '0' : formatDuration(startsAt),
        formatDuration(endsAt),
        joins,
        updates,
        leaves,
        peers.mean,
        peers.peak,
        peers.final,
      ]),
    ),
  );
}

function skippedSection({ skipped }: RunDocument): Markup {
  if (skipped === undefined) return nothing;
  const { count, first } = skipped;
  const others = count > first.length ? ', of which these are the first' : '';
  return section(
    'Skipped entries',
    note(`What could not be taken from the files that were read: ${amount(count)}${others}.`),
    table(
      ['file', 'line', 'field', 'why'],
      first.map(({ file, line, field, reason }): Cell[] => [
        file,
        { number: line === undefined ? '' : String(line) },
        field ?? '',
        reason,
      ]),
    ),
  );
}

function ruleSection({ rules, violations }: RunDocument): Markup {
  if (rules.length === 0) return nothing;
  return section(
    'Rules',
    note('Of following the log and of the registry’s indexes, as they were checked on the way.'),
    table(
      ['rule', 'what it says', 'places', 'skipped', 'broken', 'holds'],
      rules.map(({ rule, claim, checked, skipped, violations: broken }): Cell[] => [
        rule,
        claim,
        checked,
        skipped,
        broken,
        checked + broken === 0 ? 'no occasion' : verdictMark(broken === 0),
      ]),
    ),
    ...violations.map((violation) => markup`<p class="bad">${violationText(violation)}</p>`),
  );
}

function thresholdSection({ thresholds }: RunDocument): Markup {
  if (thresholds.length === 0) return nothing;
  return section(
    'Thresholds',
    table(
      ['figure', 'condition', 'was', 'holds'],
      thresholds.map((outcome): Cell[] => [
        markup`<code class="long">${outcome.figure}</code>`,
        markup`<code>${outcome.condition}</code>`,
        measuredFigures(outcome).replace(/^is /, ''),
        verdictMark(outcome.passed),
      ]),
    ),
  );
}

function repeatSection(run: RunDocument): Markup {
  const { scenario, logDigest, registryDigest, node, failure } = run;
  const without = failure === undefined ? 'some events were missed' : 'the run ended early';
  const overrides = scenario.overrides.map(({ key, value }) => `${key} = ${JSON.stringify(value)}`);
  return section(
    'To repeat it',
    markup`<p>With this report’s <code>summary.json</code>: <code>panoptes run --replay-from summary.json</code>. The log must come out the same, on any machine.</p>`,
    table(
      ['what', 'digest'],
      [
        ['log', markup`<code class="long">${logDigest ?? `none: ${without}`}</code>`],
        ['registry', markup`<code class="long">${registryDigest}</code>`],
      ],
    ),
    note(
      `Node ${node}.${overrides.length > 0 ? ` Set from outside: ${overrides.join(', ')}.` : ''}`,
    ),
    markup`<details><summary>The scenario</summary><pre>${scenario.text.replaceAll('\r\n', '\n')}</pre></details>`,
  );
}
