import { describe, expect, it } from 'vitest';
import { packAnswer } from './payload.js';

/** Makes an answer of so many of something. */
type Make = (many: number) => unknown;

const each =
  (make: (at: number) => unknown): Make =>
  (many) =>
    Array.from({ length: many }, (_, at) => make(at));

/** Nothing but its last place. */
const sparse = (length: number): unknown[] => Object.assign([], { [length - 1]: 1 });

const isSent = (answer: unknown): boolean => {
  try {
    packAnswer(answer);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'PAYLOAD_REFUSED' });
    expect((error as Error).message).toMatch(/longer to read than 500000 numbers/);
    return false;
  }
};

/** Those of which a programme has many are sent by the ten thousands. */
const usual: readonly (readonly [string, number, number, Make])[] = [
  ['numbers', 440_000, 500_000, each((at) => at)],
  ['texts', 440_000, 500_000, each((at) => `text ${at}`)],
  ['pairs', 80_000, 130_000, each((at) => [at, at])],
  ['objects of one shape', 50_000, 90_000, each((at) => ({ at, a: 1, b: 2 }))],
  ['dates', 100_000, 170_000, each((at) => new Date(at))],
  ['errors', 10_000, 20_000, each((at) => Object.assign(new Error('m'), { stack: '', at }))],
  ['texts as keys', 100_000, 170_000, (many) => new Map(each((at) => [`n${at}`, at])(many) as [])],
  ['numbers in a row as keys', 100_000, 250_000, (many) => new Set(each((at) => at)(many) as [])],
  ['texts that are numbers in a row', 100_000, 250_000, (many) => new Set(rows(many, String))],
];

/** Each row changes the kinds of two properties of a thousand. */
const changing = (many: number): unknown[] =>
  rows(many, (at) => {
    const value = (place: number): unknown => (place % 2 === 0 ? 1.5 : 'x');
    return Object.fromEntries(
      rows(1_000, (place) => [`q${place}`, place < 2 * at ? value(place) : 1]),
    );
  });

/** Of these a few bytes keep their reader busy for long: each is a way to attack it. */
const costly: readonly (readonly [string, number, number, Make])[] = [
  ['maps', 10_000, 40_000, each(() => new Map())],
  ['sets', 10_000, 40_000, each(() => new Set())],
  ['views', 10_000, 40_000, each(() => new Uint8Array(0))],
  ['keys of an object', 20_000, 45_000, (many) => Object.fromEntries(rows(many, keyed))],
  ['keys that are places', 40_000, 80_000, (many) => Object.fromEntries(rows(many, placed))],
  ['objects of other shapes', 20_000, 40_000, each((at) => ({ [`a${at}`]: 1 }))],
  [
    'lists with another property',
    10_000,
    40_000,
    each((at) => Object.assign([1], { [`a${at}`]: 1 })),
  ],
  ['objects with room for nothing', 1_000, 5_000, each(() => ({ 1000: 1 }))],
  ['empty places', 100_000, 4_100_000, sparse],
  ['lists of empty places', 1, 5, each(() => sparse(1_000_000))],
  ['big integers that fall into one place', 2_000, 6_000, (n) => new Set(rows(n, crowding))],
  ['numbers anywhere', 2_000, 6_000, (many) => new Set(rows(many, (at) => at + 0.1))],
  ['integers far apart', 2_000, 6_000, (many) => new Map(rows(many, (at) => [at * 2 ** 33, 1]))],
  ['an expression of Unicode', 200, 900, (many) => new RegExp('a'.repeat(many), 'v')],
  ['an older expression of Unicode', 1_000, 6_000, (many) => new RegExp('a'.repeat(many), 'u')],
  [
    'an expression of groups and references',
    500,
    8_000,
    (n) => new RegExp(`${'(?:'.repeat(n)}${'\\1'.repeat(5 * n)}${')'.repeat(n)}()`),
  ],
  ['long texts as keys', 100, 600, (many) => new Set(rows(many, long))],
  ['long names', 100, 600, each((at) => ({ [long(at)]: 1 }))],
  ['values that change their kind', 5, 30, changing],
  ['a plain expression', 100_000, 600_000, (many) => new RegExp('a'.repeat(many))],
];

function rows<Row>(many: number, row: (at: number) => Row): Row[] {
  return Array.from({ length: many }, (_, at) => row(at));
}
const keyed = (at: number): [string, number] => [`k${at}`, at];
const placed = (at: number): [number, number] => [at * 5_000, at];
const long = (at: number): string => 'x'.repeat(16_400) + String(at).padStart(5, '0');
const crowding = (at: number): bigint => (BigInt(at) << 64n) + 1n;

describe('what an answer costs its reader', () => {
  it.each([...usual, ...costly])('lets so many and not more be sent: %s', (_, few, many, make) => {
    expect(isSent(make(few))).toBe(true);
    expect(isSent(make(many))).toBe(false);
  });

  it('is no less for a class that says otherwise of itself', () => {
    class Few extends Set<unknown> {
      override keys = () => new Set<unknown>().keys();
    }
    expect(isSent(new Few(rows(6_000, crowding)))).toBe(false);
  });

  it('is counted for each shape once, in whatever order its properties came', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const turned = (at: number): string[] => [...names.slice(at % 8), ...names.slice(0, at % 8)];
    const object = (at: number): object => Object.fromEntries(turned(at).map((name) => [name, at]));
    expect(isSent(rows(40_000, object))).toBe(true);
  });
});
