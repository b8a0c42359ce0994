import { type Colors, type Screen, type TextColumn, textTable } from '@panoptes/sim';
import { type Baseline, improvementOf } from '../baseline.js';
import type { BenchDocument, BenchRow, SuiteName } from '../bench-document.js';
import { suiteNames } from '../bench-document.js';
import { compareWithTargets, type TargetResult } from '../target-result.js';
import { formatCount, formatFigure } from './figure-format.js';

/** A document for people to read: a table for each suite, then the targets. */
export function formatBench(
  document: BenchDocument,
  baseline: Baseline | undefined,
  screen: Screen,
): string {
  const { colors } = screen;
  const { node, cores, cpu, seed, warnings, quick } = document;
  const head = [
    colors.dim(`Node ${node} · ${cores} cores · ${cpu} · seed ${seed}`),
    ...(quick ? [colors.yellow('quick: shows that it works; the figures mean nothing')] : []),
    ...warnings.map((warning) => colors.yellow(`warning: ${warning}`)),
  ];
  const tables = suiteNames
    .filter((suite) => document.rows.some((row) => row.suite === suite))
    .flatMap((suite) => ['', colors.bold(suite), suiteTable(suite, document, baseline, screen)]);
  const results = quick ? [] : compareWithTargets(document);
  const aims =
    results.length === 0 ? [] : ['', colors.bold('targets'), targetTable(results, screen)];
  return [...head, ...tables, ...aims].join('\n').concat('\n');
}

/** A change of less than this share may be chance. */
const noise = 0.05;

function suiteTable(
  suite: SuiteName,
  { rows, ratios }: BenchDocument,
  baseline: Baseline | undefined,
  screen: Screen,
): string {
  const { colors } = screen;
  const columns: TextColumn[] = [
    ['figure'],
    ['system'],
    ['observers', 'right'],
    ['peers', 'right'],
    ['median', 'right'],
    ['min – max', 'right'],
    ['panoptes is', 'right'],
    ...(baseline === undefined ? [] : [['since baseline'] as const]),
  ];
  const ratioTo = (row: BenchRow): string => {
    const ratio = ratios.find(
      ({ suite: of, metric, observers, to }) =>
        of === suite && metric === row.metric && observers === row.observers && to === row.system,
    );
    return ratio === undefined ? '' : `${formatFigure(ratio.ratio)}×`;
  };
  const own = rows.filter((candidate) => candidate.suite === suite);
  const table = textTable(
    columns,
    own.map((row) => [
      row.metric,
      row.system === 'panoptes' ? colors.bold(row.system) : row.system,
      formatCount(row.observers),
      formatCount(row.peers),
      `${formatFigure(row.median)} ${row.unit}`,
      `${formatFigure(row.min)} – ${formatFigure(row.max)}`,
      ratioTo(row),
      ...(baseline === undefined ? [] : [formatChange(improvementOf(row, baseline), colors)]),
    ]),
    screen,
  );
  const notes = notesOf(own);
  return [table, ...notes.map((note) => colors.dim(note))].join('\n');
}

/** What there is to know about figures and systems, each said once. */
function notesOf(rows: readonly BenchRow[]): string[] {
  const subjects = new Map<string, Set<string>>();
  for (const { system, metric, note } of rows) {
    if (note === undefined) continue;
    const known = subjects.get(note) ?? new Set<string>();
    subjects.set(note, known.add(system === 'panoptes' ? metric : system));
  }
  return [...subjects].map(([note, about]) => `${[...about].join(', ')}: ${note}`);
}

const targetTable = (results: readonly TargetResult[], screen: Screen): string =>
  textTable(
    [['suite'], ['what'], ['measured', 'right'], ['target'], ['stretch'], ['']],
    results.map(({ target, value, reached }) => {
      const sign = target.aim === 'at least' ? '≥' : '≤';
      const figure = (number: number): string => `${formatFigure(number)} ${target.unit}`;
      const { red, green } = screen.colors;
      return [
        target.suite,
        target.what,
        figure(value),
        `${sign} ${figure(target.target)}`,
        `${sign} ${figure(target.stretch)}`,
        reached === 'missed' ? red(reached) : green(reached),
      ];
    }),
    screen,
  );

function formatChange(improvement: number | undefined, colors: Colors): string {
  if (improvement === undefined) return 'new';
  const percent = `${formatFigure(Math.abs(100 * improvement))} %`;
  if (Math.abs(improvement) < noise) return `± ${percent}`;
  return improvement > 0 ? colors.green(`${percent} better`) : colors.red(`${percent} worse`);
}
