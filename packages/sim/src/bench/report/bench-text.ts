import Table from 'cli-table3';
import type { Colors } from '../../report/colors.js';
import { type Baseline, improvementOf } from '../baseline.js';
import type { BenchDocument, BenchRow, SuiteName } from '../bench-document.js';
import { suiteNames } from '../bench-document.js';
import { compareWithTargets, type TargetResult } from '../targets.js';
import { formatCount, formatFigure } from './figure-format.js';

/** A change of less than this share may be chance. */
const noise = 0.05;

/** A document for people to read: a table for each suite, then the targets. */
export function formatBench(
  document: BenchDocument,
  baseline: Baseline | undefined,
  colors: Colors,
): string {
  const { node, cores, cpu, seed, warnings, quick } = document;
  const head = [
    colors.dim(`Node ${node} · ${cores} cores · ${cpu} · seed ${seed}`),
    ...(quick ? [colors.yellow('quick: shows that it works; the figures mean nothing')] : []),
    ...warnings.map((warning) => colors.yellow(`warning: ${warning}`)),
  ];
  const tables = suiteNames
    .filter((suite) => document.rows.some((row) => row.suite === suite))
    .flatMap((suite) => ['', colors.bold(suite), suiteTable(suite, document, baseline, colors)]);
  const results = quick ? [] : compareWithTargets(document);
  const aims =
    results.length === 0 ? [] : ['', colors.bold('targets'), targetTable(results, colors)];
  return [...head, ...tables, ...aims].join('\n').concat('\n');
}

function suiteTable(
  suite: SuiteName,
  { rows, ratios }: BenchDocument,
  baseline: Baseline | undefined,
  colors: Colors,
): string {
  const table = newTable([
    'figure',
    'system',
    'observers',
    'peers',
    'median',
    'min – max',
    'panoptes is',
    ...(baseline === undefined ? [] : ['since baseline']),
  ]);
  const ratioTo = (row: BenchRow): string => {
    const ratio = ratios.find(
      ({ suite: of, metric, observers, to }) =>
        of === suite && metric === row.metric && observers === row.observers && to === row.system,
    );
    return ratio === undefined ? '' : `${formatFigure(ratio.ratio)}×`;
  };
  for (const row of rows.filter((candidate) => candidate.suite === suite)) {
    table.push([
      row.metric,
      row.system === 'panoptes' ? colors.bold(row.system) : row.system,
      formatCount(row.observers),
      formatCount(row.peers),
      `${formatFigure(row.median)} ${row.unit}`,
      `${formatFigure(row.min)} – ${formatFigure(row.max)}`,
      ratioTo(row),
      ...(baseline === undefined ? [] : [formatChange(improvementOf(row, baseline), colors)]),
    ]);
  }
  const notes = notesOf(rows.filter((row) => row.suite === suite));
  return [table.toString(), ...notes.map((note) => colors.dim(note))].join('\n');
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

function targetTable(results: readonly TargetResult[], colors: Colors): string {
  const table = newTable(['suite', 'what', 'measured', 'target', 'stretch', '']);
  for (const { target, value, reached } of results) {
    const sign = target.aim === 'at least' ? '≥' : '≤';
    const figure = (number: number): string => `${formatFigure(number)} ${target.unit}`;
    table.push([
      target.suite,
      target.what,
      figure(value),
      `${sign} ${figure(target.target)}`,
      `${sign} ${figure(target.stretch)}`,
      reached === 'missed' ? colors.red(reached) : colors.green(reached),
    ]);
  }
  return table.toString();
}

const newTable = (head: string[]): Table.Table =>
  // Colours are ours to decide, and off where the user wants none.
  new Table({
    head,
    colAligns: head.map((title) =>
      ['observers', 'peers', 'median', 'min – max', 'panoptes is', 'measured'].includes(title)
        ? 'right'
        : 'left',
    ),
    style: { head: [], border: [], compact: true },
  });

function formatChange(improvement: number | undefined, colors: Colors): string {
  if (improvement === undefined) return 'new';
  const percent = `${formatFigure(Math.abs(100 * improvement))} %`;
  if (Math.abs(improvement) < noise) return `± ${percent}`;
  return improvement > 0 ? colors.green(`${percent} better`) : colors.red(`${percent} worse`);
}
