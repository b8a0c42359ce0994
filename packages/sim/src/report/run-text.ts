import { formatDuration } from '../time/duration.js';
import type { Colors } from './colors.js';
import { printedLatency } from './printed-latency.js';
import type { RunDocument, ThresholdOutcome } from './run-document.js';
import { runLatencies } from './run-latencies.js';
import type { Screen } from './screen.js';
import { formatSummary } from './text-summary.js';
import { textTable } from './text-table.js';

/** Chaos can be long: the first ones stand for all of it; the documents have them all. */
const mostIncidents = 20;

const digits = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });

/** A scenario's run for people to read: the summary, its phases, and what was expected of it. */
export function formatRun(run: RunDocument, screen: Screen): string {
  const { colors } = screen;
  return [
    formatSummary(run, screen),
    phaseTable(run, screen),
    latencyTable(run, screen),
    ...(run.incidents.length === 0 ? [] : [incidentTable(run, screen)]),
    `${colors.dim('peak memory')}  ${digits.format(run.memory.peakRssMiB)} MiB`,
    ...(run.thresholds.length === 0 ? [] : ['', ...thresholdLines(run.thresholds, colors)]),
  ]
    .join('\n')
    .concat('\n');
}

const phaseTable = ({ phases }: RunDocument, screen: Screen): string =>
  textTable(
    [
      ['phase'],
      ['from', 'right'],
      ['lasts', 'right'],
      ['joins', 'right'],
      ['updates', 'right'],
      ['leaves', 'right'],
      ['mean online', 'right'],
      ['peak', 'right'],
    ],
    phases.map(({ name, startsAt, endsAt, joins, updates, leaves, peers }) => [
      name,
      formatDuration(startsAt),
      formatDuration(endsAt - startsAt),
      ...[joins, updates, leaves, peers.mean, peers.peak].map((figure) => digits.format(figure)),
    ]),
    screen,
  );

/** Of commits, and from a commit to when each observer has handled it. */
const latencyTable = (run: RunDocument, screen: Screen): string =>
  textTable(
    [
      ['latency of'],
      ['timed', 'right'],
      ['p50', 'right'],
      ['p90', 'right'],
      ['p99', 'right'],
      ['longest', 'right'],
    ],
    runLatencies(run).map(({ name, figures: { count, p50, p90, p99, max } }) => [
      name,
      digits.format(count),
      ...[p50, p90, p99, max].map(printedLatency),
    ]),
    screen,
  );

const incidentTable = ({ incidents }: RunDocument, screen: Screen): string =>
  textTable(
    [
      ['observer'],
      ['life', 'right'],
      ['ended by'],
      ['after the fault'],
      ['at', 'right'],
      ['noticed after', 'right'],
      ['live again after', 'right'],
    ],
    incidents
      .slice(0, mostIncidents)
      .map(({ observer, incarnation, code, fault, atMs, detectMs, recoverMs }) => [
        observer,
        String(incarnation),
        code,
        fault ?? '',
        formatDuration(atMs),
        detectMs === null ? '' : printedLatency(detectMs),
        recoverMs === null ? 'never' : printedLatency(recoverMs),
      ]),
    screen,
  );

function thresholdLines(thresholds: readonly ThresholdOutcome[], colors: Colors): string[] {
  const failed = thresholds.filter(({ passed }) => !passed).length;
  const all = `${thresholds.length} threshold${thresholds.length === 1 ? '' : 's'}`;
  return [
    ...thresholds.map((outcome) => {
      const mark = outcome.passed ? colors.green('holds') : colors.red('fails');
      return `${mark}  ${outcome.figure} ${outcome.condition}  ${colors.dim(actualText(outcome))}`;
    }),
    failed === 0
      ? colors.green(`${all} ${thresholds.length === 1 ? 'holds' : 'hold'}`)
      : colors.red(`${failed} of ${all} fail`),
  ];
}

/** So many figures are named one by one. */
const mostNamed = 3;

/** What a condition was judged by, as in `is 993.4`; of many figures the ends. */
export function actualText({ actual, problem }: ThresholdOutcome): string {
  if (problem !== undefined) return problem;
  if (actual.length === 1) return `is ${printed(actual[0]!.value)}`;
  const numbers = actual.flatMap(({ figure, value }) =>
    typeof value === 'number' ? [{ figure, value }] : [],
  );
  if (actual.length > mostNamed && numbers.length === actual.length) return rangeText(numbers);
  return actual.map(({ figure, value }) => `${figure} is ${printed(value)}`).join(', ');
}

function rangeText(all: readonly { readonly figure: string; readonly value: number }[]): string {
  const least = all.reduce((a, b) => (b.value < a.value ? b : a));
  const most = all.reduce((a, b) => (b.value > a.value ? b : a));
  if (least.value === most.value) return `all ${all.length} are ${printed(least.value)}`;
  return (
    `${all.length} from ${printed(least.value)} (${least.figure}) ` +
    `to ${printed(most.value)} (${most.figure})`
  );
}

const printed = (value: unknown): string =>
  typeof value === 'number'
    ? value.toLocaleString('en-US', { maximumFractionDigits: 3 })
    : String(value);
