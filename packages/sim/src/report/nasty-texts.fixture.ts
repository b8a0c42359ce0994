/** What a user, a file or a peer may call something: markup, formulas, escapes, keys of objects. */
export const nastyTexts: readonly string[] = [
  '<script>alert(1)</script>',
  '</title></style></svg><b>bold',
  '" onload="alert(1)" x="',
  "' onclick='alert(1)",
  '&lt;already&gt; &amp; &#0; &nope',
  ']]> <![CDATA[ --> <!-- <?xml ?>',
  '${name} `tick` {{mustache}}',
  '\u001b[2J\u001b]0;title\u0007\u001b[31mred',
  '\u009b31mred in one byte\u009c\u0090',
  'pass\npanoptes: everything is fine\r\nreally',
  'carriage\rreturn\tand tab',
  'line\u2028and paragraph\u2029separators',
  'right \u202eto left\u2066isolate\u200f',
  '\u0000\u0008\u007f\ufeff\ufffe\uffff',
  'half a \ud83d character, and \udc00 the other half',
  '=HYPERLINK("http://x","y")',
  '+1+1',
  '-1+1',
  '@SUM(A1)',
  '\t=1+1',
  '\r=1+1',
  'comma, "quote" and ;',
  'constructor',
  '__proto__',
  'toString',
  'hasOwnProperty',
  'état 日本語 👩‍👩‍👧',
  '',
  'long '.repeat(300),
];

/** A document with a text in the place of every one that is free to be anything. */
export function filledWith<Document>(document: Document, text: string): Document {
  return filled(document, undefined, text) as Document;
}

/** Keys whose values mean something to Panoptes itself. */
const fixed = new Set(['schema', 'verdict', 'comparedWith', 'rule', 'keys', 'figures']);

/** Kinds of figures; those of phases and sources are anything. */
const kinds = ['gauge', 'counter', 'histogram'];

function filled(value: unknown, key: string | undefined, text: string): unknown {
  if (key !== undefined && fixed.has(key)) return value;
  if (typeof value === 'string') return kinds.includes(value) ? value : text;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => filled(item, undefined, text));
  return Object.fromEntries(
    Object.entries(value).map(([inner, item]) => [inner, filled(item, inner, text)]),
  );
}
