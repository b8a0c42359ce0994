import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ShardedMap } from './sharded-map.js';

it('holds what a plain map holds after any steps, names of properties included', () => {
  const anyText = fc.oneof(
    fc.string(),
    fc.constantFrom('', '__proto__', 'constructor', 'é\u{1f600}'),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(anyText, fc.option(fc.nat())), { maxLength: 200 }), (steps) => {
      const map = new ShardedMap<number>();
      const model = new Map<string, number>();
      for (const [text, value] of steps) {
        if (value === null) map.delete(text);
        else map.set(text, value);
        if (value === null) model.delete(text);
        else model.set(text, value);
        expect(map.get(text)).toBe(model.get(text));
      }
      expect(map.size).toBe(model.size);
      expect(new Map(map)).toEqual(model);
    }),
  );
});
