import { jsonText, printable, printableDocument } from '../report/printable.js';
import { type Screen, screenFor } from '../report/screen.js';
import type { Terminal } from './terminal.js';

/**
 * Prints what a command has found.
 *
 * @param format - makes a text for people of it; its content is printable by then
 * @param isJson - print it as one JSON document instead
 */
export function print<Document>(
  { stdout, env }: Pick<Terminal, 'stdout' | 'env'>,
  document: Document,
  format: (document: Document, screen: Screen) => string,
  isJson = false,
): void {
  stdout.write(
    isJson ? jsonText(document, 2) : format(printableDocument(document), screenFor(stdout, env)),
  );
}

/** Writes lines on stderr while a run goes on, where progress may stand on the line. */
export function writeAside({ stderr }: Pick<Terminal, 'stderr'>, lines: string): void {
  stderr.write(stderr.isTTY ? `${clearLine}${lines}` : lines);
}

const clearLine = '\r\u001b[K';

/** Says which files were written, where it disturbs no output. */
export function sayWritten({ stderr }: Pick<Terminal, 'stderr'>, files: readonly string[]): void {
  stderr.write(`wrote ${files.map(printable).join(', ')}\n`);
}

/** Says what went wrong beside what was found. */
export function complain({ stderr }: Pick<Terminal, 'stderr'>, problem: string): void {
  stderr.write(`panoptes: ${printable(problem)}\n`);
}
