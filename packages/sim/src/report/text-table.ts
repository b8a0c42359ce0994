import Table from 'cli-table3';
import stringWidth from 'string-width';
import type { Screen } from './screen.js';

/**
 * A table for people to read. Where the screen is too narrow for its lines, each row becomes a few
 * lines of its own: the first cell, and below it the others with their titles.
 */
export function textTable(
  columns: readonly TextColumn[],
  rows: readonly (readonly string[])[],
  screen: Screen,
): string {
  const table = new Table({
    head: columns.map(([title]) => title),
    colAligns: columns.map(([, align = 'left']) => align),
    // Colours are ours to decide, and off where the user wants none.
    style: { head: [], border: [], compact: true },
  });
  table.push(...rows.map((row) => [...row]));
  const drawn = table.toString();
  const width = stringWidth(drawn.slice(0, drawn.indexOf('\n')));
  return width <= screen.width
    ? drawn
    : rows.map((row) => rowLines(columns, row, screen)).join('\n');
}

/** A column: its title, and where its cells stand. */
export type TextColumn = readonly [title: string, align?: 'left' | 'right'];

function rowLines(
  columns: readonly TextColumn[],
  [first = '', ...others]: readonly string[],
  { colors, width }: Screen,
): string {
  const pairs = others.flatMap((cell, at) =>
    cell === '' ? [] : [`${colors.dim(columns[at + 1]![0])} ${cell}`.trimStart()],
  );
  return [first === '' ? '' : `${first}\n`, flow(pairs, ' · ', width, 2)].join('');
}

/** Facts under each other, each text beside its label and no wider than the screen. */
export function factLines(
  facts: readonly (readonly [label: string, text: string])[],
  { colors, width }: Screen,
): string[] {
  const labels = Math.max(...facts.map(([label]) => stringWidth(label)));
  return facts.map(([label, text]) => {
    const words = flow(text.split(' '), ' ', width, labels + 2);
    return colors.dim(label) + words.slice(stringWidth(label));
  });
}

/** Pieces one after the other, with a new line wherever the next would not fit any more. */
function flow(pieces: readonly string[], between: string, width: number, indent: number): string {
  const margin = ' '.repeat(indent);
  const lines: string[] = [];
  for (const piece of pieces) {
    const last = lines.at(-1);
    const longer = last === undefined ? undefined : last + between + piece;
    if (longer !== undefined && stringWidth(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(margin + piece);
  }
  return lines.join('\n');
}
