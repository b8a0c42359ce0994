import { describe, expect, it } from 'vitest';
import { ownMetricFigures } from './metric-figure.js';

const good = { id: 'size', kind: 'gauge', unit: 'count', says: 'How many.' };
const own = (...given: object[]) => ownMetricFigures(given, 'x.mjs');

describe('figures of an observer’s own', () => {
  it('are copied, each as it is described, and nothing else of it', () => {
    const bounds = [1, 2.5];
    const sizes = { ...good, id: 'sizes', kind: 'histogram', bounds, more: 7 };
    const figures = own(good, sizes);
    bounds.push(3);
    expect(figures).toEqual([good, { ...good, id: 'sizes', kind: 'histogram', bounds: [1, 2.5] }]);
    for (const one of [figures, ...figures]) expect(Object.isFrozen(one)).toBe(true);
  });

  it.each<[object, RegExp]>([
    [{ ...good, id: 'Size' }, /^x\.mjs: metrics: expected a name .* got 'Size'/],
    [{ ...good, id: 'the_size' }, /begins with a small letter, such as largestShare/],
    [{ ...good, id: '__proto__' }, /got '__proto__'/],
    [{ ...good, id: 'a'.repeat(65) }, /at most 64 letters/],
    [{ ...good, id: 7 }, /got 7/],
    [{ ...good, kind: 'gage' }, /metric 'size': kind: expected 'gauge', .* got 'gage'/],
    [{ ...good, unit: '' }, /metric 'size': unit: expected a word such as count/],
    [{ ...good, unit: 'a\nb' }, /unit/],
    [{ ...good, unit: undefined }, /unit: .* got undefined/],
    [{ ...good, says: '' }, /metric 'size': says: expected a sentence/],
    [{ ...good, says: 'a'.repeat(201) }, /says/],
    [
      { ...good, says: 'over\u202eturned' },
      /on one line and all to be seen, got 'over\\u202eturned'/,
    ],
    [{ ...good, says: 'bell\u0007' }, /says: .* got 'bell\\u0007'/],
    [{ ...good, bounds: [1] }, /metric 'size': bounds: expected none/],
    [{ ...good, kind: 'histogram' }, /bounds: expected a list of 1 to 64 numbers, got undefined/],
    [{ ...good, kind: 'histogram', bounds: [] }, /bounds/],
    [
      { ...good, kind: 'histogram', bounds: [1, 1] },
      /bounds\[1\]: expected a number above 1, got 1/,
    ],
    [{ ...good, kind: 'histogram', bounds: [1, Infinity] }, /bounds\[1\]: .* got Infinity/],
    [
      { ...good, kind: 'histogram', bounds: [0, 1, NaN] },
      /bounds\[2\]: expected a finite number, got NaN/,
    ],
    [{ ...good, kind: 'histogram', bounds: Array.from({ length: 65 }, (_, n) => n) }, /bounds/],
    [{ ...good, kind: 'histogram', bounds: new Array(2) }, /bounds/],
  ])('are refused with their place and what was expected: %j', (given, message) => {
    expect(() => own(given)).toThrow(message);
  });

  it('are no more than 64', () => {
    const many = Array.from({ length: 65 }, (_, n) => ({ ...good, id: `a${n}` }));
    expect(own(...many.slice(1))).toHaveLength(64);
    expect(() => own(...many)).toThrow(/expected at most 64, got 65/);
    for (const none of [undefined, null, 7, 'ab', {}]) {
      expect(() => ownMetricFigures(none as never, 'x')).toThrow(/expected at most 64, got/);
    }
    expect(() => own(null as never)).toThrow(/expected figures, got null/);
  });

  it('have names that stay apart where Prometheus gets them', () => {
    const named = (id: string, kind: string) => ({
      ...{ ...good, id, kind },
      ...(kind === 'histogram' && { bounds: [1] }),
    });
    expect(own(named('sizeCount', 'gauge'), named('size', 'gauge'))).toHaveLength(2);
    for (const [a, b, name] of [
      [named('size', 'histogram'), named('sizeCount', 'gauge'), 'size_count'],
      [named('size', 'counter'), named('sizeTotal', 'gauge'), 'size_total'],
      [named('sizeSum', 'gauge'), named('size', 'histogram'), 'size_sum'],
      [named('size', 'gauge'), named('size', 'gauge'), 'size'],
    ] as const) {
      expect(() => own(a, b)).toThrow(`is exported as ${name}, too`);
    }
  });
});
