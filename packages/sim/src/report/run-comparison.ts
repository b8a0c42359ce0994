import { shortDigests } from './agreement-text.js';
import { partsOf, partValues } from './metric-parts.js';
import type { RunDocument, RunObserver } from './run-document.js';
import type { Colors } from './colors.js';
import type { Screen } from './screen.js';
import { factLines, textTable } from './text-table.js';

/** Two runs side by side. */
export interface RunComparison {
  readonly schema: 'panoptes.comparison/1';
  readonly names: readonly [string, string];
  readonly seeds: readonly [string, string];
  /** Whether both had the same events in the same order; null where one of them has no digest of them. */
  readonly isSameLog: boolean | null;
  /** What is no number and another: digests, verdicts, observers. */
  readonly differences: readonly ComparedText[];
  /** Percent by which what is timed may differ; null when it may differ by anything. */
  readonly tolerance: number | null;
  readonly figures: readonly ComparedFigure[];
}

/** A figure of two runs. */
export interface ComparedFigure {
  readonly figure: string;
  /** `simulated` follows from scenario and seed; `timed` is measured, and never twice the same. */
  readonly kind: 'simulated' | 'timed';
  readonly before: number;
  readonly after: number;
  /** The change as a share of what it was; null where that was 0. */
  readonly change: number | null;
  /** Whether what is simulated is equal, and what is timed within the tolerance. */
  readonly isWithin: boolean;
}

/** What two runs say of the same thing, in words. */
export interface ComparedText {
  readonly what: string;
  /** Null where the run does not say. */
  readonly before: string | null;
  readonly after: string | null;
}

/**
 * Compares what two runs say, and the figures that both have.
 *
 * @param tolerance - percent by which what is timed may differ; by anything unless given
 */
export function compareRuns(
  before: RunDocument,
  after: RunDocument,
  tolerance: number | null = null,
): RunComparison {
  const later = new Map(numbersOf(after));
  return {
    schema: 'panoptes.comparison/1',
    names: [before.name, after.name],
    seeds: [before.seed, after.seed],
    isSameLog:
      before.logDigest === null || after.logDigest === null
        ? null
        : before.logDigest === after.logDigest,
    differences: differencesOf(before, after),
    tolerance,
    figures: numbersOf(before).flatMap(([figure, value]) => {
      const now = later.get(figure);
      if (now === undefined) return [];
      const change = value === 0 ? null : (now - value) / value;
      const kind = isTimed(figure) ? 'timed' : 'simulated';
      const isWithin =
        now === value || (kind === 'timed' && isTolerated(Math.abs(change ?? Infinity), tolerance));
      return [{ figure, kind, before: value, after: now, change, isWithin }];
    }),
  };
}

/** Whether all that is simulated is equal, and all that is timed within the tolerance. */
export const isWithinTolerance = ({ figures, differences }: RunComparison): boolean =>
  differences.length === 0 && figures.every(({ isWithin }) => isWithin);

/** A digest is compared where both runs know it, everything else in any case. */
function differencesOf(before: RunDocument, after: RunDocument): ComparedText[] {
  const names = new Set([...before.observers, ...after.observers].map(({ name }) => name));
  const digestOf = (run: RunDocument, name: string): string | null =>
    run.observers.find((one) => one.name === name)?.digest ?? null;
  const digests: ComparedText[] = [
    { what: 'registry', before: before.registryDigest, after: after.registryDigest },
    { what: 'log', before: before.logDigest, after: after.logDigest },
    ...Array.from(names, (name) => ({
      what: `observer ${name}`,
      before: digestOf(before, name),
      after: digestOf(after, name),
    })),
  ];
  const namesOf = (run: RunDocument): string =>
    run.observers.map(({ name }) => name).join(', ') || 'none';
  const words: ComparedText[] = [
    { what: 'verdict', before: before.verdict, after: after.verdict },
    { what: 'observers', before: namesOf(before), after: namesOf(after) },
  ];
  const isKnown = (one: ComparedText): boolean => one.before !== null && one.after !== null;
  return [...words, ...digests.filter(isKnown)].filter((one) => one.before !== one.after);
}

const isTolerated = (change: number, tolerance: number | null): boolean =>
  tolerance === null || 100 * change <= tolerance;

/** What depends on when threads have their turns. */
const isTimed = (figure: string): boolean =>
  !/^observers\.[^.]+\.metrics\./.test(figure) &&
  /^(durationMs|upsertsPerSecond|latencyMs\.|memory\.)|\.(latencyMs\.\w+|lag|resyncs|restarts)$/.test(
    figure,
  );

function numbersOf(run: RunDocument): [string, number][] {
  const { peers, latencyMs, memory, observers, phases } = run;
  const { events, joins, updates, leaves, virtualMs, durationMs, upsertsPerSecond } = run;
  const flat = (prefix: string, group: object): [string, number][] =>
    Object.entries(group).flatMap(([name, value]: [string, unknown]): [string, number][] =>
      typeof value === 'number' ? [[`${prefix}.${name}`, value]] : [],
    );
  return [
    ...Object.entries({ events, joins, updates, leaves, virtualMs, durationMs, upsertsPerSecond }),
    ...flat('peers', peers),
    ...flat('latencyMs', latencyMs),
    ...flat('memory', memory),
    ...phases.flatMap((phase) => flat(`phases.${phase.name}.peers`, phase.peers)),
    ...observers.flatMap((observer) => [
      ...flat(`observers.${observer.name}`, observer),
      ...flat(`observers.${observer.name}.latencyMs`, observer.latencyMs),
      ...metricNumbers(observer),
    ]),
  ];
}

/** The figures of an observer's own follow from the peers that it knows. */
const metricNumbers = ({ name, metrics = [] }: RunObserver): [string, number][] =>
  metrics.flatMap((metric) => {
    const values = partValues(metric, metric.value);
    return partsOf(metric).flatMap((part, at): [string, number][] => {
      const value = values[at];
      return typeof value === 'number' ? [[`observers.${name}.metrics.${part}`, value]] : [];
    });
  });

const printed = (value: number): string =>
  value.toLocaleString('en-US', { maximumFractionDigits: 3 });

/** The comparison for people to read: figures that differ, each with its change. */
export function formatComparison(comparison: RunComparison, screen: Screen): string {
  const { colors } = screen;
  const { names, seeds, isSameLog, figures } = comparison;
  const equal = figures.filter(({ before, after }) => before === after).length;
  return [
    ...factLines(
      [
        ['first', `${names[0]}, seed ${seeds[0]}`],
        ['second', `${names[1]}, seed ${seeds[1]}`],
        ['logs', logsText(isSameLog, colors)],
      ],
      screen,
    ),
    ...differing(comparison, screen),
    ...differences('simulated', comparison, screen),
    ...differences('timed', comparison, screen),
    `${equal} of ${figures.length} figures are equal`,
    '',
  ].join('\n');
}

const logsText = (isSame: boolean | null, colors: Colors): string =>
  isSame === null
    ? colors.yellow('not known: a run has no digest of its log')
    : isSame
      ? colors.green('equal')
      : colors.yellow('differ');

/** What is no digest, and shown as it is. */
const words: readonly string[] = ['verdict', 'observers'];

/** A table of what differs and is no number, if anything does. */
function differing({ differences }: RunComparison, screen: Screen): string[] {
  if (differences.length === 0) return [];
  const rows = differences.map(({ what, before, after }) => {
    const texts = [before ?? 'none', after ?? 'none'] as const;
    return [what, ...(words.includes(what) ? texts : shortDigests(...texts))];
  });
  return ['', textTable([['what'], ['first'], ['second']], rows, screen)];
}

/** A table of the figures of a kind that differ, if any does. */
function differences(
  kind: ComparedFigure['kind'],
  { figures, tolerance }: RunComparison,
  screen: Screen,
): string[] {
  const { colors } = screen;
  const rows = figures.filter((one) => one.kind === kind && one.before !== one.after);
  if (rows.length === 0) return [];
  const table = textTable(
    [[kind], ['first', 'right'], ['second', 'right'], ['change', 'right']],
    rows.map(({ figure, before, after, change, isWithin }) => {
      const percent = change === null ? '' : `${change > 0 ? '+' : ''}${printed(100 * change)} %`;
      const mark = tolerance === null || isWithin ? percent : colors.red(percent || 'from 0');
      return [figure, printed(before), printed(after), mark];
    }),
    screen,
  );
  return ['', table];
}
