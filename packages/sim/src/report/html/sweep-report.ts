import type { SweepDocument } from '../../sweep/sweep-table.js';
import { escapeMarkup } from '../markup.js';
import { type Cell, lineLegend, note, page, section, table } from './page.js';
import { drawSweep, printedValue, sweepAxis, sweepLines } from './sweep-chart.js';

/** A sweep as one HTML file that needs nothing else. */
export function sweepReport(document: SweepDocument): string {
  const { name, about, seed, replications, rows, interrupted, figures } = document;
  const failed = rows.reduce((sum, row) => sum + row.failed + row.failures.length, 0);
  const words = [
    failed === 0 ? 'pass' : `${failed} runs fail`,
    ...(interrupted ? ['interrupted'] : []),
  ];
  const axis = sweepAxis(document);
  return page(`${name}: sweep`, [
    `<header><div><h1>${escapeMarkup(name)}</h1><p class="about">${escapeMarkup(about)}</p>` +
      `<p class="note">seed ${escapeMarkup(seed)}, ${rows.length} points, ${replications} ` +
      `replication${replications === 1 ? '' : 's'} of each</p></div>` +
      `<div class="verdict ${failed === 0 ? 'pass' : 'fail'}">${words.join(', ')}</div></header>`,
    ...(axis === undefined ? [] : figures.map((figure) => figureSection(document, axis, figure))),
    tableSection(document),
  ]);
}

function figureSection(document: SweepDocument, axis: string, figure: string): string {
  const lines = sweepLines(document, axis);
  return section(
    figure,
    note(
      `Along ${axis}; means${document.replications > 1 ? ', with 95 % intervals (Student’s t)' : ''}.`,
    ),
    lineLegend(lines),
    drawSweep(document, axis, figure),
  );
}

function tableSection({ keys, figures, rows }: SweepDocument): string {
  return section(
    'All points',
    table(
      [...keys, ...figures, 'runs', 'failed'],
      rows.map((row): Cell[] => [
        ...keys.map((key) => {
          const value = row.values[key];
          return typeof value === 'number' ? value : printedValue(value);
        }),
        ...figures.map((figure): Cell => {
          const estimate = row.figures[figure];
          if (estimate == null) return 'none';
          const { mean, high } = estimate;
          return high === null ? mean : `${printed(mean)} ± ${printed(high - mean)}`;
        }),
        row.runs,
        row.failed + row.failures.length,
      ]),
    ),
    ...[...new Set(rows.flatMap(({ failures }) => failures))].map(note),
  );
}

const printed = (value: number): string =>
  value.toLocaleString('en-US', { maximumSignificantDigits: 4 });
