import { printable, readable } from '@panoptes/core';

export { printable, printableLines, readable } from '@panoptes/core';

/** A document as it was, with every text in it printable: to be formatted for a terminal. */
export function printableDocument<Document>(document: Document): Document {
  return mapped(document) as Document;
}

function mapped(value: unknown): unknown {
  if (typeof value === 'string') return printable(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(mapped);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [printable(key), mapped(inner)]),
  );
}

/**
 * A document as JSON. It says the same as `JSON.stringify`, and hides nothing from who prints it.
 *
 * @param indent - spaces for each level
 */
export const jsonText = (document: unknown, indent: number): string =>
  `${readable(JSON.stringify(document, null, indent))}\n`;
