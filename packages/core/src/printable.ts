/** A text on one line of a terminal: what would not be seen is written as in `\u001b`. */
export const printable = (text: string): string => text.replace(hidden, escaped);

/**
 * Characters that a text may hold and a reader does not see: they move the cursor, colour what
 * follows, turn its direction round, or end a line. A lone surrogate is one of them.
 */
const hidden =
  // eslint-disable-next-line no-control-regex -- these are the ones
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** A text of several lines, for a terminal, each of them printable. */
export const printableLines = (text: string): string =>
  text.split(/\r?\n/).map(printable).join('\n');

/** A text in a document: its lines and tabs stay. */
export const readable = (text: string): string =>
  text.replace(hidden, (one) => (one === '\n' || one === '\t' ? one : escaped(one)));

const short: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

const escaped = (one: string): string =>
  short.get(one) ?? `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`;
