import fc from 'fast-check';
import { expect, it } from 'vitest';
import { exactJson, fromExactJson } from './exact-json.js';

it('what is written as JSON that keeps everything is the same when it is read', () => {
  const any = fc.anything({
    key: fc.oneof(fc.string(), fc.constantFrom('$', 'entries', '__proto__')),
    values: [
      fc.constantFrom(undefined, NaN, Infinity, -Infinity, null, '$', 'undefined', 'entries'),
      ...[fc.string(), fc.integer(), fc.boolean()],
    ],
  });
  fc.assert(
    fc.property(any, (value) => {
      expect(fromExactJson(exactJson(value))).toStrictEqual(value);
    }),
    { numRuns: 2_000 },
  );
});

it('what has no JSON at all is refused', () => {
  for (const value of [() => 1, { inner: Symbol('s') }, [1n]]) {
    expect(() => exactJson(value)).toThrow(TypeError);
  }
});
