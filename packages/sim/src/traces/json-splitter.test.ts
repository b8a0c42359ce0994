import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type JsonEntry, JsonSplitter, longestEntryBytes } from './json-splitter.js';
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
function join(entries: readonly JsonEntry[]): Record<string, unknown> {
  const joined: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const { key, index, text } of entries) {
    const value: unknown = JSON.parse(text);
    if (index === undefined) joined[key] = value;
    else ((joined[key] ??= []) as unknown[])[index] = value;
  }
  return joined;
}

describe('the JSON splitter', () => {
  it('cuts any object into what JSON.parse makes of it, in pieces of any size', () => {
    const filled = fc.jsonValue().filter((value) => !(Array.isArray(value) && value.length === 0));
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'binary' }), filled),
        fc.constantFrom(0, 1, 4),
        fc.integer({ min: 1, max: 40 }),
        (object, indent, pieceBytes) => {
          const text = JSON.stringify(object, null, indent);
          const expected = JSON.parse(text) as Record<string, unknown>;
          expect({ ...join(split(text, pieceBytes)) }).toEqual({ ...expected });
        },
      ),
      { numRuns: 100 },
    );
  });

  it('counts lines, also within entries', () => {
    const entries = split('{\n"a": {\n"x": 1\n},\n"b": [\n1,\n2]\n}\n', 3);
    expect(entries.map(({ key, index, line }) => [key, index, line])).toEqual([
      ['a', undefined, 2],
      ['b', 0, 6],
      ['b', 1, 7],
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
    const piece = Buffer.alloc(longestEntryBytes / 4, 'x');
    expect(() => {
      for (let n = 0; n < 5; n++) splitter.push(piece);
    }).toThrow(/test\.json, line 2, field 'a': expected entries of at most/);
  });
});
