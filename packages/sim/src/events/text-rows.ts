import { type CsvCell, csvText } from '../report/csv.js';
import { type EventCell, eventColumns } from './event-columns.js';
import type { RowWriter, Write } from './row-writer.js';

/** Rows as lines of text. */
export class TextRows implements RowWriter {
  readonly #write: Write;
  readonly #line: (cells: readonly EventCell[]) => string;
  #text: string;

  private constructor(write: Write, line: (cells: readonly EventCell[]) => string, head: string) {
    this.#write = write;
    this.#line = line;
    this.#text = head;
  }

  /** An object a line. */
  static ndjson(write: Write): TextRows {
    return new TextRows(write, jsonLine, '');
  }

  /** With the columns' names in the first line; see `csv.ts` for what is escaped. */
  static csv(write: Write): TextRows {
    return new TextRows(write, csvLine, csvText([eventColumns.map(({ name }) => name)]));
  }

  row(cells: readonly EventCell[]): void {
    this.#text += this.#line(cells);
    if (this.#text.length > mostHeld) this.flush();
  }

  flush(): void {
    if (this.#text === '') return;
    const text = this.#text;
    this.#text = '';
    this.#write(text);
  }

  end(): void {
    this.flush();
  }
}

/** Characters that are held back at most. */
const mostHeld = 65_536;

const keys = eventColumns.map(({ name }, at) => `${at === 0 ? '{' : ','}${JSON.stringify(name)}:`);

function jsonLine(cells: readonly EventCell[]): string {
  let line = '';
  for (let at = 0; at < keys.length; at++) line += keys[at]! + JSON.stringify(cells[at]);
  return `${line}}\n`;
}

const csvLine = (cells: readonly EventCell[]): string => csvText([cells.map(csvCell)]);

const csvCell = (cell: EventCell): CsvCell =>
  typeof cell === 'object' && cell !== null
    ? JSON.stringify(cell)
    : typeof cell === 'boolean'
      ? String(cell)
      : cell;
