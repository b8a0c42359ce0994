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
  readonly figures: readonly ComparedFigure[];
}

/** A figure of two runs. */
export interface ComparedFigure {
  readonly figure: string;
  readonly before: number;
  readonly after: number;
  /** The change as a share of what it was; null where that was 0. */
  readonly change: number | null;
}

/** Compares the figures that both runs have. */
export function compareRuns(before: RunDocument, after: RunDocument): RunComparison {
  const later = new Map(numbersOf(after));
  return {
    schema: 'panoptes.comparison/1',
    names: [before.name, after.name],
    seeds: [before.seed, after.seed],
    isSameLog: before.logDigest !== null && before.logDigest === after.logDigest,
    figures: numbersOf(before).flatMap(([figure, value]) => {
      const now = later.get(figure);
      if (now === undefined) return [];
      const change = value === 0 ? null : (now - value) / value;
      return [{ figure, before: value, after: now, change }];
    }),
  };
}

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
  const differing = figures.filter(({ before, after }) => before !== after);
  const table = textTable(
    [['figure'], ['first', 'right'], ['second', 'right'], ['change', 'right']],
    differing.map(({ figure, before, after, change }) => {
      const percent = change === null ? '' : `${change > 0 ? '+' : ''}${printed(100 * change)} %`;
      return [figure, printed(before), printed(after), percent];
    }),
    screen,
  );
  return [
    ...factLines(
      [
        ['first', `${names[0]}, seed ${seeds[0]}`],
        ['second', `${names[1]}, seed ${seeds[1]}`],
        ['logs', isSameLog ? colors.green('equal') : colors.yellow('differ')],
      ],
      screen,
    ),
    ...(differing.length === 0 ? [] : ['', table]),
    `${figures.length - differing.length} of ${figures.length} figures are equal`,
    '',
  ].join('\n');
}
