import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { documentOf, rowOf } from '../bench-rows.fixture.js';
import { formatBench } from './bench-text.js';
import { formatFigure } from './figure-format.js';
import { plain, small } from './screens.fixture.js';

const rows = [
  rowOf({ median: 450_000, runs: [440_000, 450_000, 470_000] }),
  rowOf({ system: 'postMessage', median: 6_000, note: 'one each' }),
  rowOf({ suite: 'idle', metric: 'share of a core', median: 0.3, unit: '%', better: 'less' }),
];
const lineWith = (text: string, words: string): string =>
  text.split('\n').find((line) => line.includes(words)) ?? '';

describe('a document as text', () => {
  const text = formatBench(documentOf(rows), undefined, plain);

  it('says what it was measured on', () => {
    expect(text).toContain('Node v20.20.2 · 2 cores · Abacus 3000');
  });

  it('shows median, extremes and how much better Panoptes is', () => {
    expect(lineWith(text, '450,000')).toContain('440,000 – 470,000');
    expect(lineWith(text, '6,000')).toContain('75.0×');
    expect(text).toContain('postMessage: one each');
  });

  it('puts the targets beside what was measured', () => {
    const absolute = lineWith(text, '10 observers, absolute');
    expect(absolute).toContain('≥ 450,000 upserts/s');
    expect(absolute).toContain('target');
    expect(lineWith(text, 'an idle registry')).toContain('≤ 0.3 %');
    expect(text).not.toContain('50 observers, absolute');
  });

  it('measures no quick run by the targets, and shows warnings', () => {
    const quick = { ...documentOf(rows), quick: true, warnings: ['too hot'] };
    const shown = formatBench(quick, undefined, plain);
    expect(shown).not.toContain('targets');
    expect(shown).toContain('the figures mean nothing');
    expect(shown).toContain('warning: too hot');
  });

  it('fits 60 columns where there are no more', () => {
    const lines = formatBench(documentOf([rowOf({})]), undefined, small).split('\n');
    const set = lines.filter((line) => /[│─·]|^\S+ {2,}\S/.test(line));
    expect(set.filter((line) => stringWidth(line) > 60)).toEqual([]);
    expect(set).not.toEqual([]);
  });

  it('shows the change since a baseline', () => {
    const baseline = { rows: [rowOf({ median: 300_000 })] };
    const compared = formatBench(documentOf(rows), baseline, plain);
    expect(lineWith(compared, '450,000')).toContain('50.0 % better');
    expect(lineWith(compared, '6,000')).toContain('new');
    expect(text).not.toContain('baseline');
  });
});

describe('a figure', () => {
  it.each([
    [0, '0'],
    [0.1234, '0.123'],
    [1.5, '1.50'],
    [12.34, '12.3'],
    [123.4, '123'],
    [1_234_567, '1,234,567'],
  ])('%d is printed as %s', (value, printed) => {
    expect(formatFigure(value)).toBe(printed);
  });
});
