import { formatDuration } from '../time/duration.js';
import type { Colors } from './colors.js';
import { rulesInShort, violationText } from './rules-text.js';
import type { Screen } from './screen.js';
import { skippedLines } from './skipped-text.js';
import type { ObserverSummary, Summary } from './summary.js';
import { factLines, textTable } from './text-table.js';

const digits = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });
const count = (n: number): string => digits.format(n);

/** A summary for people to read; ends with the verdict. */
export function formatSummary(summary: Omit<Summary, 'schema'>, screen: Screen): string {
  const { colors } = screen;
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
      `start ${count(peers.initial)}, peak ${count(peers.peak)}, mean ${count(peers.mean)}, final ${count(peers.final)}, ` +
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
  const problems = [
    { name: 'registry', problem: summary.registryProblem },
    ...summary.observers,
  ].flatMap(({ name, problem }) =>
    problem === undefined ? [] : [colors.red(`${name}: ${problem}`)],
  );
  return [
    ...factLines(rows, screen),
    '',
    observerTable(summary.observers, screen),
    ...problems,
    ...summary.violations.map((violation) => colors.red(violationText(violation))),
    ...skippedLines(summary.skipped, colors),
    '',
    verdict(summary, colors),
  ]
    .join('\n')
    .concat('\n');
}

const observerTable = (observers: readonly ObserverSummary[], screen: Screen): string =>
  textTable(
    [
      ['observer'],
      ['state'],
      ['delivered', 'right'],
      ['lag', 'right'],
      ['resyncs', 'right'],
      ['restarts', 'right'],
      ['digest'],
      ['model'],
    ],
    observers.map(({ name, state, delivered, lag, resyncs, restarts, digest, digestMatches }) => [
      name,
      state,
      ...[delivered, lag, resyncs, restarts].map(count),
      short(digest),
      agreement(digest === null ? null : digestMatches, screen.colors),
    ]),
    screen,
  );

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
