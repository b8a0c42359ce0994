import { shortName } from '@panoptes/core';
import { formatDuration } from '../time/duration.js';
import { agreementText, disagreementText, shortDigest } from './agreement-text.js';
import type { Colors } from './colors.js';
import { continuedText } from './continued-text.js';
import { failureReasons } from './failure-reasons.js';
import { rulesInShort, violationText } from './rules-text.js';
import type { RunDocument } from './run-document.js';
import {
  incidentTable,
  latencyTable,
  metricTable,
  observerTable,
  phaseTable,
} from './run-tables.js';
import type { Screen } from './screen.js';
import { skippedLines } from './skipped-text.js';
import { sourceText } from './source-text.js';
import { streamText } from './stream-text.js';
import { factLines } from './text-table.js';
import { thresholdLines } from './threshold-text.js';
import { counted, numberText } from './number-text.js';

/** A run for people to read; ends with the verdict, and what was expected of it. */
export function formatRun(run: RunDocument, screen: Screen): string {
  const { colors } = screen;
  const problems = [
    { name: 'registry', problem: run.registryProblem },
    ...run.observers.map((one) => ({ name: one.name, problem: disagreementText(one) })),
  ].flatMap(({ name, problem }) =>
    problem === undefined ? [] : [colors.red(`${name}: ${problem}`)],
  );
  return [
    ...factLines(factsOf(run, colors), screen),
    '',
    ...(run.observers.length === 0 ? [] : [observerTable(run, screen)]),
    phaseTable(run, screen),
    latencyTable(run, screen),
    ...(run.observers.some(({ metrics = [] }) => metrics.length > 0)
      ? [metricTable(run, screen)]
      : []),
    ...(run.incidents.length === 0 ? [] : [incidentTable(run, screen)]),
    ...problems,
    ...run.violations.map((violation) => colors.red(violationText(violation))),
    ...skippedLines(run.skipped, colors),
    ...(run.thresholds.length === 0 ? [] : ['', ...thresholdLines(run.thresholds, colors)]),
    '',
    verdict(run, colors),
  ]
    .join('\n')
    .concat('\n');
}

/** The verdict on a run that failed, or that broke a threshold, on a line of its own. */
export function failureLine(run: RunDocument, { colors }: Screen): string {
  const line =
    run.verdict === 'pass'
      ? colors.red(`fail: a threshold does not hold: ${failureReasons(run).join('; ')}`)
      : verdict(run, colors);
  return `${line}\n`;
}

/** Why a run ended early, as in `since a command was refused: … (OBSERVER_VETO), the join of peer 'a' at 2 s`. */
export function failureReason({
  code,
  message,
  event,
}: NonNullable<RunDocument['failure']>): string {
  const what =
    event === undefined
      ? ''
      : `, the ${event.kind} of peer '${shortName(event.nodeId)}' at ${formatDuration(event.atMs)}`;
  return `since a command was refused: ${message}${code === null ? '' : ` (${code})`}${what}`;
}

/** What was played, and the outcome. */
function factsOf(run: RunDocument, colors: Colors): [string, string][] {
  const { peers, source, seed } = run;
  return [
    ['source', `${sourceText(source.name, seed)} (${source.kind})`],
    [
      'events',
      `${numberText(run.events)}: ${counted(run.joins, 'join')}, ${counted(run.updates, 'update')}, ` +
        counted(run.leaves, 'leave'),
    ],
    [
      'peers',
      `start ${numberText(peers.initial)}, peak ${numberText(peers.peak)}, mean ${numberText(peers.mean)}, final ${numberText(peers.final)}, ` +
        `${numberText(peers.distinct)} different`,
    ],
    ['virtual time', run.virtualMs === 0 ? 'one instant' : formatDuration(run.virtualMs)],
    [
      'real time',
      `${formatDuration(run.durationMs)}, ${numberText(run.upsertsPerSecond)} events/s ` +
        'with reading and checking',
    ],
    ...continuedRows(run),
    ...streamRows(run),
    ...faultRows(run),
    [
      'checks',
      run.comparedWith === 'nothing'
        ? 'none asked for'
        : `${numberText(run.checks)} against the ${run.comparedWith}`,
    ],
    [
      'registry',
      `${shortDigest(run.registryDigest)}  ` +
        agreementText(run.checks === 0 ? null : run.registryMatches, colors),
    ],
    ['log', `${shortDigest(run.logDigest)}  ${agreementText(run.logDigestMatches, colors)}`],
    ['rules', run.comparedWith === 'nothing' ? 'none' : rulesInShort(run.rules, colors)],
    ['peak memory', `${numberText(run.memory.peakRssMiB)} MiB`],
  ];
}

function continuedRows(run: RunDocument): [string, string][] {
  const text = continuedText(run);
  return text === undefined ? [] : [['continued', text]];
}

function streamRows({ stream }: RunDocument): [string, string][] {
  return stream === undefined ? [] : [['stream', streamText(stream)]];
}

/** Chaos can be long: the first few stand for all of it. */
const faultsShown = 5;

function faultRows({ faults }: RunDocument): [string, string][] {
  if (faults.length === 0) return [];
  const struck = faults.filter(({ seq }) => seq !== null);
  const shown = struck
    .slice(0, faultsShown)
    .map(({ fault, observer, seq }) => `${fault}:${observer} at transaction ${numberText(seq!)}`);
  const more =
    struck.length > faultsShown ? ` and ${numberText(struck.length - faultsShown)} more` : '';
  const missed = faults.length - struck.length;
  const others = missed === 0 ? '' : `; ${numberText(missed)} struck no observer`;
  return [['faults', `${shown.join(', ') || 'none'}${more}${others}`]];
}

/** What agreeing with each means, for the last line. */
const references = {
  'plain model': 'the plain single-threaded model',
  'fresh observers': 'one that started afresh at the end',
} as const;

function verdict(
  { verdict: word, interrupted, failure, comparedWith, observers }: RunDocument,
  colors: Colors,
): string {
  if (failure !== undefined) {
    return colors.red(`fail: the run ended early, ${failureReason(failure)}`);
  }
  const part = interrupted ? ' (interrupted: of what was played until then)' : '';
  if (comparedWith === 'nothing') {
    return word === 'pass'
      ? colors.green(`pass${part}: it was played to its end; nothing was compared`)
      : colors.red(`fail${part}: an observer could not be asked for its digest`);
  }
  const reference = references[comparedWith];
  return word === 'pass'
    ? colors.green(
        `pass${part}: ${observers.length === 0 ? 'the registry' : 'every observer'} agrees with ${reference}`,
      )
    : colors.red(`fail${part}: not everything agrees with ${reference}, or a rule is broken`);
}
