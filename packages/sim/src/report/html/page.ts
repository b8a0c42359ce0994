import { escapeMarkup } from '../markup.js';
import { chartCss } from './chart-frame.js';
import { colourOf, isDashed, paletteCss } from './palette.js';

const css = [
  paletteCss(':root'),
  '*{box-sizing:border-box}body{margin:0 auto;max-width:1000px;padding:28px 24px 56px;background:var(--page);' +
    'color:var(--ink);font:15px/1.5 system-ui,sans-serif}',
  'h1{font-size:26px;line-height:1.2;margin:0}h2{font-size:17px;margin:36px 0 4px}p{margin:4px 0}',
  '.about,.note{color:var(--quiet)}.about{max-width:70ch}.note{font-size:13px}',
  'header{display:flex;gap:16px;align-items:flex-start;justify-content:space-between}',
  '.verdict{white-space:nowrap;border-radius:999px;padding:4px 14px;font-weight:600;color:var(--page)}',
  '.pass{background:var(--good)}.fail{background:var(--bad)}.good{color:var(--good)}.bad{color:var(--bad)}',
  '.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(200px,1fr));gap:10px;margin:20px 0 0}',
  '.tile{background:var(--card);border:1px solid var(--grid);border-radius:8px;padding:10px 12px}',
  '.tile b{display:block;font-size:19px;font-weight:600;font-variant-numeric:tabular-nums}',
  '.tile span{color:var(--quiet);font-size:12.5px}',
  'svg{display:block;width:100%;height:auto;margin-top:4px}',
  '.legend{display:flex;flex-wrap:wrap;gap:4px 18px;font-size:13px;color:var(--quiet)}',
  '.legend i{display:inline-block;width:14px;height:4px;border-radius:2px;margin-right:6px;vertical-align:middle}',
  '.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:13.5px;font-variant-numeric:tabular-nums}',
  'th{font-weight:600;text-align:left;color:var(--quiet)}th,td{padding:5px 9px;border-bottom:1px solid var(--grid)}th:first-child,td:first-child{padding-left:0}',
  'td.n,th.n{text-align:right}code,pre{font:12.5px/1.5 ui-monospace,monospace}',
  'pre{background:var(--card);border:1px solid var(--grid);border-radius:8px;padding:12px;overflow-x:auto;white-space:pre-wrap}',
  'summary{cursor:pointer;color:var(--quiet)}section{break-inside:avoid}',
  '@media print{body{max-width:none;padding:0;font-size:12px}.tile b{font-size:15px}details{display:none}h2{margin-top:20px}}',
  chartCss,
].join('\n');

/** A whole page: one file that needs nothing else, in light and dark, on screen and on paper. */
export const page = (title: string, content: readonly string[]): string =>
  [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    `<title>${escapeMarkup(title)}</title><style>${css}</style></head><body>`,
    ...content,
    '</body></html>',
    '',
  ].join('\n');

/** A heading and what belongs to it, kept together on paper. */
export const section = (title: string, ...content: readonly string[]): string =>
  `<section><h2>${escapeMarkup(title)}</h2>${content.join('\n')}</section>`;

export const note = (content: string): string => `<p class="note">${escapeMarkup(content)}</p>`;

/** A key figure and what it is. */
export const tile = (figure: string, what: string): string =>
  `<div class="tile"><b>${escapeMarkup(figure)}</b><span>${escapeMarkup(what)}</span></div>`;

/** What each colour stands for. */
export const legend = (entries: readonly (readonly [name: string, colour: string])[]): string =>
  `<div class="legend">${entries
    .map(
      ([name, colour]) => `<span><i style="background:${colour}"></i>${escapeMarkup(name)}</span>`,
    )
    .join('')}</div>`;

/** What each line of a chart is; one alone needs no legend. */
export function lineLegend(lines: readonly { readonly name: string }[]): string {
  if (lines.length < 2) return '';
  const grounds = lines.map(({ name }, index): [string, string] => {
    const colour = colourOf(index);
    const dashes = `repeating-linear-gradient(90deg,${colour} 0 4px,transparent 4px 6px)`;
    return [name, isDashed(index) ? dashes : colour];
  });
  return legend(grounds);
}

/** A cell: words, or a number that stands right, as it is or with its unit. */
export type Cell = string | number | { readonly number: string } | { readonly html: string };

/** A table; a column is a column of numbers when its first cell is one. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const isNumber = head.map((_, column) => isNumeric(rows[0]?.[column]));
  const styled = (column: number): string => (isNumber[column] === true ? ' class="n"' : '');
  const headCells = head.map((name, column) => `<th${styled(column)}>${escapeMarkup(name)}</th>`);
  const bodyRows = rows.map(
    (row) =>
      `<tr>${row.map((cell, column) => `<td${styled(column)}>${cellText(cell)}</td>`).join('')}</tr>`,
  );
  return `<div class="scroll"><table><thead><tr>${headCells.join('')}</tr></thead><tbody>${bodyRows.join('')}</tbody></table></div>`;
}

const isNumeric = (cell: Cell | undefined): boolean =>
  typeof cell === 'number' || (typeof cell === 'object' && 'number' in cell);

function cellText(cell: Cell): string {
  if (typeof cell === 'number') return cell.toLocaleString('en-US', { maximumFractionDigits: 3 });
  if (typeof cell === 'string') return escapeMarkup(cell);
  return 'html' in cell ? cell.html : escapeMarkup(cell.number);
}
