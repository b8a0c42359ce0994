import { type SweepDocument, sweepFailures } from '../../sweep/sweep-table.js';
import type { Markup } from '../markup.js';
import { inBothFrames } from './chart-parts.js';
import { type Cell, figure, heading, lineLegend, note, page, section, table } from './page.js';
import { drawSweep, printedValue, sweepAxis, sweepLines } from './sweep-chart.js';

/** A sweep as one HTML file that needs nothing else. */
export function sweepReport(document: SweepDocument): string {
  const { name, about, seed, replications, rows, figures } = document;
  const axis = sweepAxis(document);
  const points = `${rows.length} point${rows.length === 1 ? '' : 's'}`;
  const each = `${replications} replication${replications === 1 ? '' : 's'} of each`;
  return page(`${name}: sweep`, [
    heading(name, about, verdictOf(document), [note(`seed ${seed}, ${points}, ${each}`)]),
    axis === undefined ? [] : figures.map((path) => figureSection(document, axis, path)),
    tableSection(document),
  ]);
}

/** The gravest thing that is to be said; a sweep that was interrupted has not failed yet. */
function verdictOf({ rows, interrupted }: SweepDocument): Parameters<typeof heading>[2] {
  const failed = rows.reduce((sum, row) => sum + row.failed, 0);
  if (failed > 0)
    return { kind: 'fail', words: `${failed} run${failed === 1 ? ' fails' : 's fail'}` };
  return interrupted ? { kind: 'part', words: 'interrupted' } : { kind: 'pass', words: 'pass' };
}

function figureSection(document: SweepDocument, axis: string, path: string): Markup {
  const intervals = document.replications > 1 ? ', with 95 % intervals (Student’s t)' : '';
  return section(
    path,
    note(`Along ${axis}; means${intervals}.`),
    figure(
      [],
      lineLegend(sweepLines(document, axis)),
      inBothFrames((frame) => drawSweep(document, axis, path, frame)),
    ),
  );
}

function tableSection(document: SweepDocument): Markup {
  const { keys, figures, rows } = document;
  return section(
    'All points',
    table(
      [...keys, ...figures, 'runs', 'failed'],
      rows.map((row): Cell[] => [
        ...keys.map((key) => {
          const value = row.values[key];
          return typeof value === 'number' ? value : printedValue(value);
        }),
        ...figures.map((path): Cell => {
          const estimate = row.figures[path];
          if (estimate == null) return 'none';
          const { mean, high } = estimate;
          return high === null ? mean : `${printed(mean)} ± ${printed(high - mean)}`;
        }),
        row.runs,
        row.failed,
      ]),
    ),
    ...sweepFailures(document).map(note),
  );
}

const printed = (value: number): string =>
  value.toLocaleString('en-US', { maximumSignificantDigits: 4 });
