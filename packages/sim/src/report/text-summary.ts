import Table from 'cli-table3';
import { formatDuration } from '../time/duration.js';
import type { Colors } from './colors.js';
import { rulesInShort, violationText } from './rules-text.js';
import type { ObserverSummary, Summary } from './summary.js';

const digits = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });
const count = (n: number): string => digits.format(n);

/** A summary for people to read; ends with the verdict. */
export function formatSummary(summary: Omit<Summary, 'schema'>, colors: Colors): string {
  const { peers, source, seed } = summary;
  const rows: [string, string][] = [
    ['source', `${source.name} (${source.kind})`],
    ...(seed === null ? [] : ([['seed', seed]] as [string, string][])),
    [
      'events',
      `${count(summary.events)}: ${count(summary.joins)} joins, ${count(summary.updates)} updates, ` +
        `${count(summary.leaves)} leaves`,
    ],
    [
      'peers',
      `peak ${count(peers.peak)}, mean ${count(peers.mean)}, final ${count(peers.final)}, ` +
        `${count(peers.distinct)} different`,
    ],
    ['virtual time', summary.virtualMs === 0 ? 'one instant' : formatDuration(summary.virtualMs)],
    [
      'real time',
      `${formatDuration(summary.durationMs)}, ${count(summary.upsertsPerSecond)} events/s ` +
        'with reading and checking',
    ],
    ...faultRows(summary),
    ['checks', `${count(summary.checks)} against the ${summary.comparedWith}`],
    [
      'registry',
      `${short(summary.registryDigest)}  ` +
        agreement(summary.checks === 0 ? null : summary.registryMatches, colors),
    ],
    ['log', `${short(summary.logDigest)}  ${agreement(summary.logDigestMatches, colors)}`],
    ['rules', rulesInShort(summary.rules, colors)],
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  const facts = rows.map(([label, text]) => `${colors.dim(label.padEnd(width))}  ${text}`);
  const problems = [
    { name: 'registry', problem: summary.registryProblem },
    ...summary.observers,
  ].flatMap(({ name, problem }) =>
    problem === undefined ? [] : [colors.red(`${name}: ${problem}`)],
  );
  return [
    ...facts,
    '',
    observerTable(summary.observers, colors),
    ...problems,
    ...summary.violations.map((violation) => colors.red(violationText(violation))),
    '',
    verdict(summary, colors),
  ]
    .join('\n')
    .concat('\n');
}

function observerTable(observers: readonly ObserverSummary[], colors: Colors): string {
  const table = new Table({
    head: ['observer', 'state', 'delivered', 'lag', 'resyncs', 'restarts', 'digest', 'model'],
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right', 'left', 'left'],
    // Colours are ours to decide, and off where the user wants none.
    style: { head: [], border: [], compact: true },
  });
  for (const observer of observers) {
    table.push([
      observer.name,
      observer.state,
      count(observer.delivered),
      count(observer.lag),
      count(observer.resyncs),
      count(observer.restarts),
      short(observer.digest),
      agreement(observer.digest === null ? null : observer.digestMatches, colors),
    ]);
  }
  return table.toString();
}

/** Chaos can be long: the first few stand for all of it. */
const faultsShown = 5;

function faultRows({ faults = [] }: Pick<Summary, 'faults'>): [string, string][] {
  if (faults.length === 0) return [];
  const struck = faults.filter(({ seq }) => seq !== null);
  const shown = struck
    .slice(0, faultsShown)
    .map(({ fault, observer, seq }) => `${fault}:${observer} at transaction ${count(seq!)}`);
  const more = struck.length > faultsShown ? ` and ${count(struck.length - faultsShown)} more` : '';
  const missed = faults.length - struck.length;
  const others = missed === 0 ? '' : `; ${count(missed)} found nobody to strike`;
  return [['faults', `${shown.join(', ') || 'none'}${more}${others}`]];
}

const short = (digest: string | null): string =>
  digest === null ? 'none' : digest.length > 16 ? `${digest.slice(0, 16)}…` : digest;

/** Why a run ended early, as in `since a command was refused: … (OBSERVER_VETO)`. */
export function failureText({ code, message }: NonNullable<Summary['failure']>): string {
  return `since a command was refused: ${message}${code === null ? '' : ` (${code})`}`;
}

function agreement(matches: boolean | null, colors: Colors): string {
  if (matches === null) return colors.yellow('not comparable');
  return matches ? colors.green('equal') : colors.red('differs');
}

/** What agreeing with each means, for the last line. */
const references: Readonly<Record<Summary['comparedWith'], string>> = {
  'plain model': 'the plain single-threaded model',
  'fresh observers': 'one that started afresh at the end',
};

function verdict(
  { verdict: word, interrupted, failure, comparedWith }: Omit<Summary, 'schema'>,
  colors: Colors,
): string {
  if (failure !== undefined) {
    return colors.red(`fail: the run ended early, ${failureText(failure)}`);
  }
  const reference = references[comparedWith];
  const part = interrupted ? ' (interrupted: of what was played until then)' : '';
  return word === 'pass'
    ? colors.green(`pass${part}: every observer agrees with ${reference}`)
    : colors.red(`fail${part}: not everything agrees with ${reference}, or a rule is broken`);
}
