import { formatDuration } from '../../time/duration.js';
import { escapeMarkup } from '../markup.js';
import { printedLatency } from '../printed-latency.js';
import type { RunDocument } from '../run-document.js';
import { violationText } from '../rules-text.js';
import { runLatencies } from '../run-latencies.js';
import { actualText } from '../run-text.js';
import { failureText } from '../text-summary.js';
import { timeLabel } from './chart-frame.js';
import { type CourseChart, drawCourse } from './course-chart.js';
import { drawLatencies } from './latency-chart.js';
import { drawTimeline, statesShown } from './observer-timeline.js';
import { type Cell, legend, lineLegend, note, page, section, table, tile } from './page.js';
import { runCharts } from './run-charts.js';

const amount = (value: number): string =>
  value.toLocaleString('en-US', { maximumFractionDigits: 1 });

/** A run as one HTML file that needs nothing else. */
export function htmlReport(run: RunDocument): string {
  const charts = runCharts(run);
  return page(`${run.name}: ${run.verdict}`, [
    heading(run),
    tiles(run),
    chartSection(run, charts.population, 'Over virtual time; grounds change with the phases.'),
    chartSection(run, charts.churn, 'Of the whole network, averaged over four samples.'),
    chartSection(
      run,
      charts.throughput,
      'Reading, committing and checking, while the run went on.',
    ),
    section(
      'Observers',
      note('State at each sample. A triangle marks restarts, a ring resyncs, a cross a fault.'),
      legend(statesShown(run).map(({ state, colour }) => [state, colour] as const)),
      drawTimeline(run),
      observerTable(run),
    ),
    chartSection(run, charts.lag, 'Transactions that each observer was behind, at each sample.'),
    latencySection(run),
    chartSection(
      run,
      charts.memory,
      'Of the whole process: registry, observers, model and source.',
    ),
    phaseSection(run),
    faultSection(run),
    thresholdSection(run),
    ruleSection(run),
    repeatSection(run),
  ]);
}

function heading(run: RunDocument): string {
  const { name, about, verdict, thresholds, seed, interrupted, failure } = run;
  const failed = thresholds.filter(({ passed }) => !passed).length;
  const isGood = verdict === 'pass' && failed === 0;
  const words = [
    verdict === 'pass' ? 'pass' : 'fail',
    ...(failed > 0 ? [`${failed} of ${thresholds.length} thresholds fail`] : []),
    ...(interrupted ? ['interrupted'] : []),
    ...(failure !== undefined ? ['ended early'] : []),
  ];
  const reason =
    failure === undefined
      ? ''
      : `<p class="bad">It ended early, ${escapeMarkup(failureText(failure))}</p>`;
  return (
    `<header><div><h1>${escapeMarkup(name)}</h1><p class="about">${escapeMarkup(about)}</p>` +
    `<p class="note">seed ${escapeMarkup(seed)}</p>${reason}</div>` +
    `<div class="verdict ${isGood ? 'pass' : 'fail'}">${words.join(', ')}</div></header>`
  );
}

function tiles(run: RunDocument): string {
  const { peers, latencyMs } = run;
  const all = [
    tile(amount(run.events), `events: ${amount(run.joins)} joins, ${amount(run.leaves)} leaves`),
    tile(amount(peers.mean), `peers online on average, ${amount(peers.peak)} at most`),
    tile(amount(peers.distinct), 'different peers'),
    tile(formatDuration(run.virtualMs), `of virtual time in ${formatDuration(run.durationMs)}`),
    tile(`${amount(run.upsertsPerSecond)}/s`, 'events, reading and checking included'),
    tile(printedLatency(latencyMs.p50), `median commit, p99 ${printedLatency(latencyMs.p99)}`),
    tile(`${amount(run.memory.peakRssMiB)} MiB`, 'peak memory'),
    tile(String(run.checks), 'checks of everything'),
  ];
  return `<div class="tiles">${all.join('')}</div>`;
}

function chartSection(run: RunDocument, chart: CourseChart, about: string): string {
  const span = { ...run, at: run.series.at };
  return section(chart.title, note(about), lineLegend(chart.lines), drawCourse(chart, span));
}

function observerTable({ observers }: RunDocument): string {
  return table(
    ['observer', 'state', 'delivered', 'lag', 'resyncs', 'restarts', 'digest', 'agrees'],
    observers.map((one): Cell[] => [
      one.name,
      one.state,
      one.delivered,
      one.lag,
      one.resyncs,
      one.restarts,
      { html: `<code>${escapeMarkup(one.digest?.slice(0, 16) ?? 'none')}</code>` },
      mark(one.digestMatches, one.problem),
    ]),
  );
}

const mark = (isGood: boolean, problem = 'no'): Cell => ({
  html: isGood
    ? '<span class="good">yes</span>'
    : `<span class="bad">${escapeMarkup(problem)}</span>`,
});

function latencySection(run: RunDocument): string {
  const latencies = runLatencies(run);
  return section(
    'Latency',
    note(
      'Of commits: from sending a command to its answer, with up to 4,096 outstanding, so that most ' +
        'of it is waiting. Of observers: from that answer to when the observer has handled the ' +
        'change; 0 where it has before. Bars are dark up to the median, light up to the 99th ' +
        'percentile, with a line at the longest.',
    ),
    drawLatencies(latencies),
    table(
      ['latency of', 'timed', 'p50', 'p90', 'p99', 'longest'],
      latencies.map(({ name, figures: { count, p50, p90, p99, max } }): Cell[] => [
        name,
        count,
        ...[p50, p90, p99, max].map((ms) => ({ number: printedLatency(ms) })),
      ]),
    ),
  );
}

function phaseSection({ phases }: RunDocument): string {
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

function faultSection({ faults = [] }: RunDocument): string {
  if (faults.length === 0) return '';
  return section(
    'Faults',
    table(
      ['fault', 'observer', 'at', 'transaction'],
      faults.map(({ fault, observer, atMs, seq }): Cell[] => [
        fault,
        observer,
        timeLabel(atMs),
        seq ?? { number: 'found nobody' },
      ]),
    ),
  );
}

function ruleSection({ rules, violations }: RunDocument): string {
  if (rules.length === 0) return '';
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
        checked + broken === 0 ? 'no occasion' : mark(broken === 0),
      ]),
    ),
    ...violations.map(
      (violation) => `<p class="bad">${escapeMarkup(violationText(violation))}</p>`,
    ),
  );
}

function thresholdSection({ thresholds }: RunDocument): string {
  if (thresholds.length === 0) return '';
  return section(
    'Thresholds',
    table(
      ['figure', 'condition', 'was', 'holds'],
      thresholds.map((outcome): Cell[] => [
        { html: `<code>${escapeMarkup(outcome.figure)}</code>` },
        { html: `<code>${escapeMarkup(outcome.condition)}</code>` },
        actualText(outcome).replace(/^is /, ''),
        mark(outcome.passed),
      ]),
    ),
  );
}

function repeatSection(run: RunDocument): string {
  const { scenario, logDigest, registryDigest, node, failure } = run;
  const without = failure === undefined ? 'some events were missed' : 'the run ended early';
  const overrides = scenario.overrides.map(({ key, value }) => `${key} = ${JSON.stringify(value)}`);
  return section(
    'To repeat it',
    `<p>With this report’s <code>summary.json</code>: <code>panoptes run --replay-from summary.json</code>. ` +
      'The log must come out the same, on any machine.</p>',
    table(
      ['what', 'digest'],
      [
        ['log', { html: `<code>${escapeMarkup(logDigest ?? `none: ${without}`)}</code>` }],
        ['registry', { html: `<code>${escapeMarkup(registryDigest)}</code>` }],
      ],
    ),
    note(
      `Node ${node}.${overrides.length > 0 ? ` Set from outside: ${overrides.join(', ')}.` : ''}`,
    ),
    `<details><summary>The scenario</summary><pre>${escapeMarkup(scenario.text)}</pre></details>`,
  );
}
