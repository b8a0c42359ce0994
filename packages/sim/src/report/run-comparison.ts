import type { RunDocument } from './run-document.js';
import type { Screen } from './screen.js';
import { factLines, textTable } from './text-table.js';

/** Two runs side by side. */
export interface RunComparison {
  readonly schema: 'panoptes.comparison/1';
  readonly names: readonly [string, string];
  readonly seeds: readonly [string, string];
  /** Whether both had the same events in the same order. */
  readonly isSameLog: boolean;
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

/**
 * Compares the figures that both runs have.
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
    isSameLog: before.logDigest !== null && before.logDigest === after.logDigest,
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
export const isWithinTolerance = ({ figures }: RunComparison): boolean =>
  figures.every(({ isWithin }) => isWithin);

const isTolerated = (change: number, tolerance: number | null): boolean =>
  tolerance === null || 100 * change <= tolerance;

/** What depends on when threads have their turns. */
const isTimed = (figure: string): boolean =>
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
    ]),
  ];
}

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
        ['logs', isSameLog ? colors.green('equal') : colors.yellow('differ')],
      ],
      screen,
    ),
    ...differences('simulated', comparison, screen),
    ...differences('timed', comparison, screen),
    `${equal} of ${figures.length} figures are equal`,
    '',
  ].join('\n');
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
