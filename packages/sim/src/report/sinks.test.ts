import { describe, expect, it } from 'vitest';
import { checkText } from './check-document.fixture.js';
import { cellsOf } from './csv-cells.fixture.js';
import { htmlReport } from './html/html-report.js';
import { runPicture } from './html/picture.js';
import { sweepReport } from './html/sweep-report.js';
import { junitOf } from './junit.js';
import { filledWith, nastyTexts } from './nasty-texts.fixture.js';
import { jsonText, printableDocument } from './printable.js';
import { compareRuns, formatComparison } from './run-comparison.js';
import { aRun } from './run-document.fixture.js';
import { runDocumentProblem } from './run-document-schema.js';
import { formatRun } from './run-text.js';
import { runsCsv } from './runs-csv.js';
import { plain, small } from './screens.fixture.js';
import { seriesCsv } from './series-csv.js';
import { aSweep } from './sweep-document.fixture.js';
import { sweepJunit } from './sweep-junit.js';
import { sweepOutcomeWith } from './sweep-outcome.fixture.js';
import { formatSweep } from './sweep-text.js';
import { sweepCsv } from '../sweep/sweep-table.js';

const cases = nastyTexts.map((text) => ({ text, shown: JSON.stringify(text.slice(0, 40)) }));

/** Keys and figures of a sweep are texts of the user's too; they name members of its rows. */
const sweepWith = (text: string): typeof aSweep => ({
  ...filledWith(aSweep, text),
  keys: [text, 'other'],
  figures: [text],
  rows: aSweep.rows.map((row, at) => ({
    ...row,
    values: Object.fromEntries<unknown>([[text, at] as const, ['other', text] as const]),
    figures: Object.fromEntries([[text, row.figures['peers.mean']!]]),
    failures: [text],
  })),
});

const hidden =
  // eslint-disable-next-line no-control-regex -- these are the ones
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/;

/** Every kind of tag with the names of its attributes. */
function tagsOf(markup: string): string[] {
  const found = new Set<string>();
  for (const [, name, attributes] of markup
    .replace(/<(style|script)>.*?<\/\1>/gs, '')
    .matchAll(/<([^\s>]*)((?:\s+[^\s=>]+(?:="[^"]*")?)*)\s*\/?>/g)) {
    found.add(
      [name, ...[...attributes!.matchAll(/([^\s=]+)="[^"]*"/g)].map(([, key]) => key)].join(' '),
    );
  }
  return [...found].sort();
}

describe('a nasty text in every field', () => {
  it.each(cases)('makes no markup: $shown', ({ text }) => {
    const sinks: readonly [string, (with_: string) => string][] = [
      ['a report', (value) => htmlReport(filledWith(aRun, value))],
      ['a picture', (value) => runPicture(filledWith(aRun, value))],
      ['a sweep', (value) => sweepReport(sweepWith(value))],
      ['JUnit', (value) => junitOf(filledWith(aRun, value))],
      ['JUnit of a sweep', (value) => sweepJunit(sweepOutcomeWith(value))],
    ];
    for (const [sink, make] of sinks) {
      const made = make(text);
      const usual = tagsOf(make('x'));
      // A name that is too long for its place has none: fewer kinds of tags are no harm.
      expect([sink, tagsOf(made).filter((tag) => !usual.includes(tag))]).toEqual([sink, []]);
      expect(made.replaceAll('\t', ' ')).not.toMatch(hidden);
      expect(made.isWellFormed?.() ?? true).toBe(true);
    }
  });

  it.each(cases)('takes one line of a terminal, and none of its ways: $shown', ({ text }) => {
    const sinks: readonly ((with_: string) => string)[] = [
      (value) => formatRun(printableDocument(filledWith(aRun, value)), plain),
      (value) => formatSweep(printableDocument(sweepWith(value)), plain),
      (value) =>
        formatComparison(printableDocument(compareRuns(filledWith(aRun, value), aRun)), plain),
      (value) => checkText(value),
    ];
    for (const make of sinks) {
      expect(make(text)).not.toMatch(hidden);
      expect(make(text).split('\n')).toHaveLength(make('x').split('\n').length);
    }
    // With colours only Panoptes' own.
    const coloured = formatRun(printableDocument(filledWith(aRun, text)), small);
    // eslint-disable-next-line no-control-regex -- colours
    expect(coloured.replace(/\u001b\[\d+m/g, '')).not.toMatch(hidden);
  });

  it.each(cases)('is a cell of a table, and no formula: $shown', ({ text }) => {
    const sinks: readonly ((with_: string) => string)[] = [
      (value) => seriesCsv(filledWith(aRun, value).series),
      (value) => sweepCsv(sweepWith(value)),
      (value) => runsCsv(sweepOutcomeWith(value)),
    ];
    for (const make of sinks) {
      const cells = cellsOf(make(text));
      expect(cells.map((row) => row.length)).toEqual(cellsOf(make('x')).map((row) => row.length));
      for (const cell of cells.flat()) {
        if (Number.isNaN(Number(cell))) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
      }
      if (!/^[=+\-@\t\r]|\r/.test(text)) {
        expect(cells.flat().some((cell) => cell.startsWith(text))).toBe(true);
      }
    }
  });

  it.each(cases)('comes back from JSON as it was: $shown', ({ text }) => {
    const document = filledWith(aRun, text);
    const json = jsonText(document, 2);
    expect(JSON.parse(json)).toEqual(document);
    expect(json).not.toMatch(hidden);
    expect(runDocumentProblem(document)).toBeUndefined();
  });
});
