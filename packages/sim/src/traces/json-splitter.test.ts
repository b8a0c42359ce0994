import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { longestPieceBytes } from '../input/reading.js';
import { type JsonEntry, JsonSplitter } from './json-splitter.js';
import { TraceError } from './trace-error.js';

function split(text: string, pieceBytes: number): JsonEntry[] {
  const splitter = new JsonSplitter('test.json');
  const bytes = Buffer.from(text);
  const entries: JsonEntry[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    entries.push(...splitter.push(bytes.subarray(at, at + pieceBytes)));
  }
  splitter.end();
  return entries;
}

/** What the entries say the object was. */
function join(entries: readonly JsonEntry[]): unknown {
  let whole: unknown;
  const put = (into: unknown, [step, ...rest]: JsonEntry['path'], value: unknown): unknown => {
    if (step === undefined) return value;
    const outer = (into ?? (typeof step === 'number' ? [] : Object.create(null))) as Record<
      string | number,
      unknown
    >;
    outer[step] = put(outer[step], rest, value);
    return outer;
  };
  for (const { path, bytes } of entries) whole = put(whole, path, JSON.parse(bytes.toString()));
  return whole;
}

/** Anything but what is cut into no entries at all: an empty list, an empty object of its own. */
const isFilled = (value: unknown): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (Object.keys(value).length > 0 && Object.values(value).every(isFilled));

describe('the JSON splitter', () => {
  it('cuts any object into what JSON.parse makes of it, in pieces of any size', () => {
    const filled = fc.jsonValue().filter(isFilled);
    const key = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('nodes', 'batadv', 'links'),
    );
    const inner = fc.oneof(filled, fc.dictionary(key, filled, { minKeys: 1 }));
    fc.assert(
      fc.property(
        fc.dictionary(key, fc.oneof(filled, fc.dictionary(key, inner, { minKeys: 1 })), {
          minKeys: 1,
        }),
        fc.constantFrom(0, 1, 4),
        fc.integer({ min: 1, max: 40 }),
        (object, indent, pieceBytes) => {
          const text = JSON.stringify(object, null, indent);
          expect(JSON.stringify(join(split(text, pieceBytes)))).toBe(JSON.stringify(object));
        },
      ),
      { numRuns: 100 },
    );
  });

  it('counts lines, also within entries', () => {
    const entries = split('{\n"a": {\n"x": 1\n},\n"b": [\n1,\n2]\n}\n', 3);
    expect(entries.map(({ path, line }) => [path, line])).toEqual([
      [['a'], 2],
      [['b', 0], 6],
      [['b', 1], 7],
    ]);
  });

  it('cuts up the objects that networks keep their nodes in, and no other', () => {
    const text =
      '{"nodes":{"a":{"x":1},"b":[2]},"batadv":{"nodes":[3],"o":{"p":[4]}},"o":{"n":[5]}}';
    expect(split(text, 5).map(({ path, bytes }) => [path.join('/'), bytes.toString()])).toEqual([
      ['nodes/a', '{"x":1}'],
      ['nodes/b/0', '2'],
      ['batadv/nodes/0', '3'],
      ['batadv/o', '{"p":[4]}'],
      ['o', '{"n":[5]}'],
    ]);
  });

  it('takes empty objects and lists', () => {
    expect(split('{}', 1)).toEqual([]);
    expect(split(' { "a": [ ] } ', 1)).toEqual([]);
  });

  it.each([
    ['[1]', "starting with '{', got '['"],
    ['{"a":1', 'got the end of the file'],
    ['{"a":{"b":', 'got the end of the file'],
    ['{"a":[1,', 'got the end of the file'],
    ['{"a" 1}', "':' after the key, got '1'"],
    ['{"a":}', "a value, got '}'"],
    ['{"a":[1,]}', "got ']'"],
    ['{"a":1,}', "a key in quotes, got '}'"],
    ['{"a":1]', "got ']'"],
    ['{"a":[1}', "got '}'"],
    ['{"a":{}}x', "the end of the file, got 'x'"],
    ['{a:1}', "a key in quotes, got 'a'"],
    ['\u0001', 'got byte 0x01'],
    ['', 'got the end of the file'],
  ])('refuses %s', (text, words) => {
    expect(() => split(text, 2)).toThrow(TraceError);
    expect(() => split(text, 100)).toThrow(words);
  });

  it('refuses an enormous entry before it has been read to its end', () => {
    const splitter = new JsonSplitter('test.json');
    splitter.push(Buffer.from('{"a":\n"'));
    const piece = Buffer.alloc(longestPieceBytes / 4, 'x');
    expect(() => {
      for (let n = 0; n < 5; n++) splitter.push(piece);
    }).toThrow(/test\.json, line 2, field 'a': expected entries of at most/);
  });
});
