import { readable } from './printable.js';

/** HTML, SVG or XML. Only what this file makes is one: a text cannot be taken for it. */
export class Markup {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  /** Of what stands in Panoptes’ own source, such as a style sheet. */
  static verbatim(text: string): Markup {
    return new Markup(text);
  }

  toString(): string {
    return this.#text;
  }
}

/** What may stand in markup: texts and numbers, which are escaped, and markup, which is not. */
export type Content = string | number | Markup | readonly Content[];

const entities: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

/** A template whose values are escaped, for elements and for attributes in quotes; lists are joined. */
export const markup = (parts: TemplateStringsArray, ...values: readonly Content[]): Markup =>
  Markup.verbatim(String.raw({ raw: parts }, ...values.map(textOf)));

/** Nothing at all. */
export const nothing = Markup.verbatim('');

function textOf(content: Content): string {
  if (content instanceof Markup) return content.toString();
  if (typeof content === 'object') return content.map(textOf).join('');
  return readable(String(content)).replace(/[&<>"']/g, (one) => entities.get(one)!);
}
