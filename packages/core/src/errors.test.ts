import { describe, expect, it } from 'vitest';
import * as errors from './errors.js';

const classes = Object.entries(errors).filter(
  ([name]) => name.endsWith('Error') && name !== 'PanoptesError',
) as unknown as [string, new (...args: never[]) => errors.PanoptesError][];

/** Passes for any argument of any of them. */
const argument = { kind: 'upsert', nodeId: 'x', changes: 1 };

describe('every error', () => {
  it('has a code of its own, its class’s name, and is a PanoptesError', () => {
    const made = classes.map(
      ([, ErrorClass]) => new ErrorClass(...(Array(4).fill(argument) as never[])),
    );
    expect(made.map(({ name }) => name)).toEqual(classes.map(([name]) => name));
    expect(new Set(made.map(({ code }) => code)).size).toBe(classes.length);
    for (const error of made) {
      expect(error).toBeInstanceOf(errors.PanoptesError);
      expect(error.code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
    }
  });

  it('keeps its cause', () => {
    const cause = new Error('first');
    expect(new errors.DidError('x', { cause }).cause).toBe(cause);
    expect(new errors.BatchError('x', 2, { cause })).toMatchObject({ cause, position: 2 });
  });
});

describe('saying what a value is', () => {
  it('is short, whatever it is', () => {
    const values = [null, undefined, 5, 5n, true, 'text', [1, 2], {}, () => 1, Symbol('s')];
    expect(values.map(errors.describe)).toEqual([
      'null',
      'undefined',
      '5',
      '5n',
      'true',
      "'text'",
      'a list of 2',
      'an object',
      'a value of type function',
      'a value of type symbol',
    ]);
    expect([new Map(), new Set([1])].map(errors.describe)).toEqual(['a Map', 'a Set']);
    expect(errors.describe('a\u0007\n\u202eb')).toBe("'a\\u0007\\n\\u202eb'");
    expect(errors.describe('x'.repeat(1e6))).toBe(`'${'x'.repeat(57)}…' (1000000 characters)`);
  });
});
