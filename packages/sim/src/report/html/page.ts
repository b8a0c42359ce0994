import { createHash } from 'node:crypto';
import { type Content, Markup, markup, nothing } from '../markup.js';
import { chartCss } from './chart-parts.js';
import { pageScript } from './page-script.js';
import { colourOf, isDashed, paletteCss } from './palette.js';
import { statePatterns } from './state-styles.js';

/** A whole page: one file that needs nothing else, in light and dark, on screen and on paper. */
export const page = (title: string, content: Content, times?: PageTimes): string =>
  markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>${title}</title><style>${Markup.verbatim(css)}</style></head><body>
<svg class="patterns" aria-hidden="true">${statePatterns}</svg>
<main${times === undefined ? nothing : markup` data-times="${JSON.stringify(times)}"`}>
${content}
</main><script>${Markup.verbatim(pageScript)}<\/script></body></html>
`.toString();

const css = [
  paletteCss(':root'),
  '*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,sans-serif}' +
    'main{margin:0 auto;max-width:1048px;padding:28px 24px 56px}',
  'h1{font-size:26px;line-height:1.2;margin:0;overflow-wrap:anywhere}h2{font-size:17px;margin:36px 0 4px}p{margin:4px 0;overflow-wrap:anywhere}',
  '.about,.note{color:var(--quiet)}.about{max-width:70ch}.note{font-size:13px;max-width:100ch}',
  'header{display:flex;flex-wrap:wrap;gap:8px 16px;align-items:flex-start;justify-content:space-between}header>div:first-child{flex:1 1 240px}',
  '.verdict{white-space:nowrap;border-radius:999px;padding:4px 14px;font-weight:600;color:var(--page)}',
  '.pass{background:var(--good)}.fail{background:var(--bad)}.part{background:var(--quiet)}.good{color:var(--good)}.bad{color:var(--bad)}',
  '.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(200px,1fr));gap:10px;margin:20px 0 0}',
  '.tile{background:var(--card);border:1px solid var(--grid);border-radius:8px;padding:10px 12px}',
  '.tile b{display:block;font-size:19px;font-weight:600;font-variant-numeric:tabular-nums}',
  '.tile span{color:var(--quiet);font-size:12.5px}',
  'figure{margin:0}svg{display:block;width:100%;height:auto;margin-top:4px;touch-action:pan-y}svg.narrow{display:none}',
  'svg.swatch{display:inline-block;width:24px;height:12px;margin:0 6px 0 0;vertical-align:-1px}',
  'svg.patterns{position:absolute;width:0;height:0}',
  '.legend{display:flex;flex-wrap:wrap;gap:4px 18px;font-size:13px;color:var(--quiet)}',
  '.legend i{display:inline-block;width:14px;height:4px;border-radius:2px;margin-right:6px;vertical-align:middle}',
  '.legend i.block{width:24px;height:12px;border-radius:0}',
  'button{font:inherit;color:inherit;background:none;border:0;padding:2px 0;cursor:pointer}button[aria-pressed=false]{text-decoration:line-through;opacity:.55}',
  'output{display:block;min-height:1.5em;font-size:13px;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}',
  '.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:13.5px;font-variant-numeric:tabular-nums}',
  'th{font-weight:600;text-align:left;color:var(--quiet)}th,td{padding:5px 9px;border-bottom:1px solid var(--grid)}th:first-child,td:first-child{padding-left:0}',
  'td.n,th.n{text-align:right}td.n,td code{white-space:nowrap}code,pre{font:12.5px/1.5 ui-monospace,monospace;overflow-wrap:anywhere}td code.long{white-space:normal}',
  'pre{background:var(--card);border:1px solid var(--grid);border-radius:8px;padding:12px;overflow-x:auto;white-space:pre-wrap}',
  'summary{cursor:pointer;color:var(--quiet)}section{break-inside:avoid}',
  '@media screen and (max-width:640px){main{padding:18px 16px 40px}svg.wide{display:none}svg.narrow{display:block}' +
    '.tiles{grid-template-columns:1fr 1fr}.tile b{font-size:17px}' +
    'table.stack,.stack tbody,.stack tr,.stack td{display:block}.stack thead{display:none}.stack tr{padding:8px 0;border-bottom:1px solid var(--grid)}' +
    '.stack td,.stack td.n{border:0;padding:1px 0;display:flex;gap:12px;justify-content:space-between;text-align:right;white-space:normal}' +
    '.stack td::before{content:attr(data-head);color:var(--quiet);text-align:left}.stack td:first-child{font-weight:600}}',
  '@media print{main{max-width:none;padding:0}body{font-size:12px}.tile b{font-size:15px}details,output{display:none}h2{margin-top:20px}section.long{break-inside:auto}' +
    '.verdict,.legend i,svg{print-color-adjust:exact;-webkit-print-color-adjust:exact}}',
  chartCss,
].join('\n');

const scriptDigest = createHash('sha256').update(pageScript).digest('base64');
/** Nothing is loaded, and no script runs but the page's own, even if others get into it. */
const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${scriptDigest}'`;

/** Times of samples, for the crosshair of charts over time. */
export interface PageTimes {
  /** Milliseconds that the axes go to. */
  readonly span: number;
  readonly at: readonly number[];
  readonly labels: readonly string[];
}

/** A heading and what belongs to it, kept together on paper. */
export const section = (title: string, ...content: readonly Content[]): Markup =>
  markup`<section><h2>${title}</h2>
${content}</section>
`;

export const note = (content: string): Markup => markup`<p class="note">${content}</p>`;

/** What a report opens with: what it is of, and one verdict; everything else is said below. */
export const heading = (
  title: string,
  about: string,
  verdict: { readonly kind: 'pass' | 'fail' | 'part'; readonly words: string },
  notes: readonly Content[],
): Markup =>
  markup`<header><div><h1>${title}</h1><p class="about">${about}</p>${notes}</div><div class="verdict ${verdict.kind}">${verdict.words}</div></header>
`;

/** A key figure and what it is. */
export const tile = (figure: string, what: string): Markup =>
  markup`<div class="tile"><b>${figure}</b><span>${what}</span></div>`;

/** Whether something is as it should be, or what is wrong. */
export const verdictMark = (isGood: boolean, problem = 'no'): Markup =>
  isGood ? markup`<span class="good">yes</span>` : markup`<span class="bad">${problem}</span>`;

/** A line of a chart, as the crosshair reads it. */
export interface ReadoutLine {
  readonly name: string;
  readonly values: readonly (number | string | null)[];
}

/** A picture with its legend, and what a crosshair reads from it, if one does. */
export function figure(lines: readonly ReadoutLine[], legend: Content, drawn: Content): Markup {
  const data =
    lines.length === 0 ? nothing : markup` data-lines="${JSON.stringify(lines.map(rounded))}"`;
  return markup`<figure${data}>${legend}${lines.length === 0 ? '' : markup`<output></output>`}${drawn}</figure>`;
}

const rounded = ({ name, values }: ReadoutLine): ReadoutLine => ({
  name,
  values: values.map((value) => (typeof value === 'number' ? Number(value.toPrecision(4)) : value)),
});

/** What each sign stands for. */
export const legend = (entries: readonly (readonly [sign: Markup, name: string])[]): Markup =>
  markup`<div class="legend">${entries.map(([sign, name]) => markup`<span>${sign}${name}</span>`)}</div>`;

/** What each line of a chart is, to be switched on and off; one alone needs no legend. */
export function lineLegend(lines: readonly { readonly name: string }[]): Markup {
  if (lines.length < 2) return nothing;
  const buttons = lines.map(({ name }, index) => {
    const colour = colourOf(index);
    const dashes = `repeating-linear-gradient(90deg,${colour} 0 4px,transparent 4px 6px)`;
    const ground = isDashed(index) ? dashes : colour;
    return markup`<button type="button" aria-pressed="true" data-line="${index}"><i style="background:${ground}"></i>${name}</button>`;
  });
  return markup`<div class="legend">${buttons}</div>`;
}

/** A cell: words, or a number that stands right, as it is or with its unit. */
export type Cell = string | number | { readonly number: string } | Markup;

/** A table; a column is a column of numbers when its first cell is one. On a telephone a row is a list. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): Markup {
  const isNumber = head.map((_, column) => isNumeric(rows[0]?.[column]));
  const styled = (column: number): Markup =>
    isNumber[column] === true ? markup` class="n"` : nothing;
  const headCells = head.map((name, column) => markup`<th${styled(column)}>${name}</th>`);
  const bodyRows = rows.map(
    (row) =>
      markup`<tr>${row.map((cell, column) => markup`<td${styled(column)} data-head="${head[column]!}">${cellText(cell)}</td>`)}</tr>
`,
  );
  return markup`<div class="scroll"><table class="stack"><thead><tr>${headCells}</tr></thead><tbody>${bodyRows}</tbody></table></div>`;
}

const isNumeric = (cell: Cell | undefined): boolean =>
  typeof cell === 'number' ||
  (typeof cell === 'object' && !(cell instanceof Markup) && 'number' in cell);

function cellText(cell: Cell): string | Markup {
  if (typeof cell === 'number') return cell.toLocaleString('en-US', { maximumFractionDigits: 3 });
  return typeof cell === 'object' && !(cell instanceof Markup) ? cell.number : cell;
}
