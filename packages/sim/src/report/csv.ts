/** A cell: a number is written as it is, null as nothing. */
export type CsvCell = string | number | null | undefined;

/** Rows as CSV (RFC 4180), a line each. */
export const csvText = (rows: readonly (readonly CsvCell[])[]): string =>
  rows.map((cells) => `${cells.map(cellText).join(',')}\n`).join('');

/** The cell of a value of any kind: what is neither number nor text is written as JSON. */
export const anyCell = (value: unknown): CsvCell =>
  typeof value === 'number' || typeof value === 'string' ? value : JSON.stringify(value);

/** How spreadsheets tell a formula. */
const formula = /^[=+\-@\t\r＝＋－＠]/;

/** What a spreadsheet would take for a formula is marked as text by a leading apostrophe. */
function cellText(cell: CsvCell): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'number') return String(cell);
  const text = formula.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
