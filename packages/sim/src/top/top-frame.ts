import stringWidth from 'string-width';
import type { Colors } from '../report/colors.js';
import { counted } from '../report/number-text.js';
import { printable } from '../report/printable.js';
import type { DashboardSample } from './dashboard-sample.js';
import { type ObserverColumn, type ObserverLine, observerColumns } from './observer-columns.js';
import { keyHelp, type TopView } from './top-view.js';

/** A screen full of observers, line by line: never more lines, or wider ones, than there is room for. */
export function topFrame(shown: TopShown, { rows, columns, colors }: FrameRoom): string[] {
  const { view, lines, sample, title } = shown;
  const { registry, figures, about, frozenAt } = sample.overview;
  const facts = [
    title,
    counted(lines.length, 'observer'),
    counted(figures.watched.peers, 'peer'),
    printable(registry.state),
    ...replicaWords(figures.replica),
    ...(typeof frozenAt === 'number' ? ['ended: this is how it was'] : []),
  ];
  const said = about.map(({ label, value }) => `${printable(label)} ${printable(`${value}`)}`);
  const room = linesBeside(rows);
  const above = firstShown(view, lines.length, room);
  const table = tableLines(lines.slice(above, above + room), view, columns, colors);
  const frame = [
    cut(facts.join(' · '), columns),
    cut(said.join(' · '), columns),
    colors.yellow(cut(statusOf(shown), columns)),
    ...table,
    ...Array.from({ length: Math.max(0, room + 1 - table.length) }, () => ''),
    colors.dim(cut(keyHelp, columns)),
  ];
  return frame.slice(0, rows);
}

/** What is said of a replica. */
function replicaWords(replica: DashboardSample['overview']['figures']['replica']): string[] {
  if (replica == null) return [];
  const { follows, lag } = replica;
  return [follows === 1 ? `a replica, ${counted(lag, 'transaction')} behind` : 'follows no more'];
}

/** Lines of observers that there is room for, beside what is always there. */
export const linesBeside = (rows: number): number => Math.max(1, rows - 5);

/** How many lines are above the first that is shown: as many as were wanted, unless there are fewer. */
export const firstShown = (
  { above }: Pick<TopView, 'above'>,
  count: number,
  room: number,
): number => Math.min(above, Math.max(0, count - room));

/** What is on the screen. */
export interface TopShown {
  /** What is shown, and of what. */
  readonly title: string;
  readonly sample: DashboardSample;
  /** In their order. */
  readonly lines: readonly ObserverLine[];
  readonly view: TopView;
  /** What keeps it from being as it is now; empty where nothing does. */
  readonly trouble: string;
}

/** The room for it. */
export interface FrameRoom {
  readonly rows: number;
  readonly columns: number;
  readonly colors: Colors;
}

function statusOf({ view, trouble }: TopShown): string {
  const { isTyping, isPaused, filter } = view;
  return [
    ...(trouble === '' ? [] : [printable(trouble)]),
    ...(isPaused ? ['paused'] : []),
    ...(isTyping ? [`filter: ${printable(filter)}_`] : []),
    ...(!isTyping && filter !== '' ? [`filter: ${printable(filter)}`] : []),
  ].join(' · ');
}

function tableLines(
  lines: readonly ObserverLine[],
  { sort, isReversed }: TopView,
  width: number,
  colors: Colors,
): string[] {
  const titleOf = ({ id }: ObserverColumn) => (id === sort ? `${isReversed ? '▲' : '▼'}${id}` : id);
  const all = observerColumns.map((column: ObserverColumn) => {
    const cells = lines.map(column.text);
    const widest = Math.max(...[titleOf(column), ...cells].map((text) => stringWidth(text)));
    return { column, cells, width: Math.min(widest, widestCell) };
  });
  // What it is sorted by is there in any case, and who it is.
  const first = all.filter(({ column }, at) => at === 0 || column.id === sort);
  const kept = new Set(first);
  let used = first.reduce((sum, one) => sum + one.width + gap.length, 0);
  for (const one of all) {
    if (kept.has(one)) continue;
    used += one.width + gap.length;
    if (used > width + gap.length) break;
    kept.add(one);
  }
  const shown = all.filter((one) => kept.has(one));
  const head = shown.map((one) => padded(titleOf(one.column), one.width, one.column));
  const rows = lines.map((line, at) => {
    const text = shown.map((one) => padded(one.cells[at]!, one.width, one.column)).join(gap);
    return colorOf(line, colors)(cut(text, width));
  });
  return [colors.inverse(padEnd(cut(head.join(gap), width), width)), ...rows];
}

/** Between two columns. */
const gap = '  ';
/** Longest text of a column; names may be 128 characters. */
const widestCell = 40;
/** Columns of words. */
const words: readonly string[] = ['observer', 'state', 'role'];

function padded(text: string, width: number, { id }: ObserverColumn): string {
  const short = cut(text, width);
  return words.includes(id) ? padEnd(short, width) : ' '.repeat(width - stringWidth(short)) + short;
}

const padEnd = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - stringWidth(text)));

function colorOf({ state }: ObserverLine, colors: Colors): (text: string) => string {
  if (state === 'live') return (text) => text;
  return ['stuck', 'crashed', 'backoff', 'quarantined'].includes(state)
    ? colors.red
    : colors.yellow;
}

/** A text of no more columns than there are; what was longer ends with an ellipsis. */
function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let short = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    used += stringWidth(segment);
    if (used > width - 1) break;
    short += segment;
  }
  return `${short}…`;
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
