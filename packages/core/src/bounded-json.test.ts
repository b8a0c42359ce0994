import { describe, expect, it } from 'vitest';
import { TooLongError, boundedJson } from './bounded-json.js';

const limit = 1_000;

/** Values that a careless or hostile owner may hand in, far longer than the limit when written. */
const long: Readonly<Record<string, () => unknown>> = {
  'a text': () => 'x'.repeat(100_000_000),
  'a text in other characters': () => '€'.repeat(limit / 2),
  'a text of what is escaped': () => '\u0001'.repeat(limit / 2),
  'a key': () => ({ ['x'.repeat(100_000_000)]: 1 }),
  'a boxed text': () => new String('x'.repeat(2_000)),
  'a buffer': () => Buffer.alloc(256_000_000),
  'numbers in shared memory': () => ({ deep: [new Float64Array(new SharedArrayBuffer(800_000))] }),
  'nothing but holes': () => Object.assign([], { length: 2 ** 32 - 1 }),
  'a list that lies': () =>
    new Proxy([], { get: (_, key) => (key === 'length' ? Infinity : undefined) }),
  'lists that double': () => Array.from({ length: 60 }).reduce<unknown>((one) => [one, one], 'x'),
  'a circle': () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    return circle;
  },
  'what is made of nothing': () => ({ toJSON: () => Buffer.alloc(256_000_000) }),
  'many that are not written': () => [Array.from({ length: limit }, () => undefined)],
};

describe('JSON that is bounded', () => {
  it.each([
    [null, true, false, 0, -0, 1.5e300, 'text "quoted"\n\ud800', ''],
    [Number.NaN, -Infinity, undefined, () => 1, Symbol('s')],
    { a: 1, b: undefined, c: () => 1, d: { e: [] }, f: {}, '"': null },
    { toJSON: (key: string) => [`at ${key}`] },
    [{ toJSON: (key: string) => `at ${key}` }, { a: { toJSON: (key: string) => `at ${key}` } }],
    [new Date(7), new Map([[1, 2]]), /a/, new Error('m'), new URL('file:///a')],
    [new String('a'), new Number(1), new Boolean(false), Object(Symbol('s'))],
    [
      Buffer.from('ab'),
      new Uint8Array([1, 2]),
      new Float32Array(3),
      new DataView(new ArrayBuffer(4)),
    ],
    Object.assign([1, , 3], { more: 4 }), // eslint-disable-line no-sparse-arrays -- JSON has null for a hole
    Object.create({ inherited: 1 }),
    { f: Object.assign(() => 1, { toJSON: () => 5 }) },
    Object.assign(Object(true) as object, { valueOf: () => false }),
    undefined,
    () => 1,
    'text',
  ])('is what JSON.stringify makes (%#)', (value) => {
    expect(boundedJson(value, limit)).toBe(JSON.stringify(value));
  });

  it('is written up to the limit, and not a byte further', () => {
    const value = { text: '€"', list: [1, 22, true, null] };
    const bytes = Buffer.byteLength(JSON.stringify(value));
    expect(boundedJson(value, bytes)).toBe(JSON.stringify(value));
    expect(() => boundedJson(value, bytes - 1)).toThrow(TooLongError);
  });

  it.each(Object.entries(long))('refuses what is longer, before it is made: %s', (_, make) => {
    const value = make();
    const memory = process.memoryUsage().rss;
    expect(() => boundedJson(value, limit)).toThrow(/^more than 1000 bytes of JSON$/);
    expect(process.memoryUsage().rss - memory).toBeLessThan(600_000_000);
  });

  it('throws what a value throws, and a TypeError for what has no word', () => {
    const thrown = new Error('as a getter may');
    const getter = {
      get a(): unknown {
        throw thrown;
      },
    };
    expect(() => boundedJson([getter], limit)).toThrow(thrown);
    expect(() => boundedJson([1n], limit)).toThrow(TypeError);
  });

  it('writes what it is told to in place of a value, at any depth', () => {
    const plain = (value: unknown) => (value instanceof Uint8Array ? value.length : value);
    expect(boundedJson({ a: [Buffer.alloc(3)] }, limit, plain)).toBe('{"a":[3]}');
  });

  it('reads each property once', () => {
    let reads = 0;
    const fickle = {
      get a() {
        return ++reads;
      },
    };
    expect(boundedJson(fickle, limit)).toBe('{"a":1}');
  });
});
