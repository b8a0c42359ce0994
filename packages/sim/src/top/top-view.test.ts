import { describe, expect, it } from 'vitest';
import { type Key, type TopView, afterKey, keyHelp } from './top-view.js';
import { observerColumns } from './observer-columns.js';

const start: TopView = {
  ...{ sort: 'lag', isReversed: false, filter: '', isTyping: false, isPaused: false, above: 0 },
};
const keyOf = (text: string): Key =>
  ({
    '<': { name: 'left' },
    '>': { name: 'right' },
    '\r': { name: 'return', sequence: '\r' },
    '\b': { name: 'backspace', sequence: '\b' },
    '\u001b': { name: 'escape', sequence: '\u001b' },
    ' ': { name: 'space', sequence: ' ' },
    v: { name: 'pagedown' },
    '^': { name: 'up' },
    C: { name: 'c', ctrl: true, sequence: '\u0003' },
  })[text] ?? { name: text, sequence: text };

/** What is seen after these keys. */
function after(keys: string, view = start): TopView | string {
  let now: TopView | string = view;
  for (const key of keys) if (typeof now !== 'string') now = afterKey(now, keyOf(key), 10);
  return now;
}

describe('keys', () => {
  it('sort by a column, each by its own letter, or by its neighbour', () => {
    for (const { id, key } of observerColumns) {
      expect(after(key)).toEqual({ ...start, sort: id });
      expect(keyHelp).toContain(`${key} ${id}`);
    }
    expect(new Set(observerColumns.map(({ key }) => key)).size).toBe(observerColumns.length);
    expect(after('<>')).toEqual(start);
    expect(after('n<')).toMatchObject({ sort: 'role' });
    expect(after('ii')).toEqual(start);
    expect(after('i')).toMatchObject({ isReversed: true });
    expect(after('im')).toMatchObject({ sort: 'memory', isReversed: false });
  });

  it('type a filter, in which they do nothing else', () => {
    expect(after('/q i')).toEqual({ ...start, isTyping: true, filter: 'q i' });
    expect(after('/mesh\b\r')).toEqual({ ...start, filter: 'mes' });
    expect(after('/mesh\u001b')).toEqual(start);
    expect(after('/mesh\r\u001b')).toEqual(start);
    expect(after('/\b')).toEqual({ ...start, isTyping: true });
    expect(after(`/${'x'.repeat(100)}`)).toMatchObject({ filter: 'x'.repeat(64) });
    expect(after('/\u0007>')).toMatchObject({ filter: '' });
  });

  it('move, and pause', () => {
    expect(after('vv^')).toMatchObject({ above: 19 });
    expect(after('^')).toEqual(start);
    expect(after(' ')).toMatchObject({ isPaused: true });
    expect(after('  ')).toEqual(start);
  });

  it('end it, while a filter is typed by Ctrl-C only', () => {
    expect([after('q'), after('C'), after('/C')]).toEqual(['quit', 'interrupt', 'interrupt']);
  });

  it('are otherwise nothing', () => {
    expect(after('zQ#')).toEqual(start);
  });
});
