import { faults } from '@panoptes/testkit';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { formatFaultList, listFaults } from './fault-list.js';
import { checkText } from './check-document.fixture.js';
import { aRun } from './run-document.fixture.js';
import { formatRun } from './run-text.js';
import { plain, small } from './screens.fixture.js';
import { screenFor } from './screen.js';
import { aSweep } from './sweep-document.fixture.js';
import { formatSweep } from './sweep-text.js';
import { factLines, textTable } from './text-table.js';

const width = (text: string): number =>
  Math.max(...text.split('\n').map((line) => stringWidth(line)));

describe('a table', () => {
  const columns = [['name'], ['first', 'right'], ['second', 'right']] as const;
  const rows = [
    ['日本語', '1', ''],
    ['mesh', '12', '1,234'],
  ];

  it('has its lines where they fit, up to the last column', () => {
    const drawn = textTable(columns, rows, plain);
    expect(drawn).toContain('│ mesh   │    12 │  1,234 │');
    expect(textTable(columns, rows, { ...plain, width: width(drawn) })).toBe(drawn);
  });

  it('is a few lines for each row where they do not, and leaves out what is empty', () => {
    const drawn = textTable(columns, rows, { ...plain, width: 20 });
    expect(drawn).toBe('日本語\n  first 1\nmesh\n  first 12\n  second 1,234');
  });

  it('fits 60 columns, whatever is told', () => {
    const texts = {
      run: formatRun(aRun, small),
      sweep: formatSweep(aSweep, small),
      faults: formatFaultList(listFaults(Object.keys(faults), 'thread'), small),
    };
    for (const [what, text] of Object.entries(texts)) {
      // Sentences wrap by themselves; what is set in columns would not.
      const set = text.split('\n').filter((line) => /[│─·]|^\S+ {2,}\S/.test(line));
      expect([what, set.filter((line) => stringWidth(line) > 60)]).toEqual([what, []]);
    }
    expect(width(checkText('x'))).toBeGreaterThan(60);
  });
});

describe('facts', () => {
  it('stand beside their labels, on as many lines as they take', () => {
    const lines = factLines(
      [
        ['what', 'one two three four'],
        ['digest', 'x'],
      ],
      {
        ...plain,
        width: 18,
      },
    );
    expect(lines).toEqual(['what    one two\n        three four', 'digest  x']);
  });
});

describe('a screen', () => {
  it('is as wide as the terminal, or as COLUMNS says', () => {
    expect(screenFor({ isTTY: true, columns: 60 }, { COLUMNS: '90' }).width).toBe(60);
    expect(screenFor({ isTTY: false, columns: 0 }, { COLUMNS: '90' }).width).toBe(90);
    for (const env of [{}, { COLUMNS: '' }, { COLUMNS: 'wide' }]) {
      expect(screenFor({ isTTY: false, columns: 0 }, env).width).toBe(Number.POSITIVE_INFINITY);
    }
    expect(screenFor({ isTTY: true, columns: 3 }, {}).width).toBe(20);
  });
});
