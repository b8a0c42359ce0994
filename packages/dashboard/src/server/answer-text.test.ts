import { describe, expect, it } from 'vitest';
import { answerText } from './answer-text.js';

const textOf = (value: unknown) => answerText(value, 10_000).text;

describe('an answer as text', () => {
  it.each<[unknown, string]>([
    [undefined, 'undefined'],
    [null, 'null'],
    [-0, '-0'],
    [NaN, 'NaN'],
    [12n, '12n'],
    [2n ** 1_000n, `${2n ** 1_000n}n`],
    ['a "b"\n', '"a \\"b\\"\\n"'],
    [[], '[]'],
    [{}, '{}'],
    [new Map(), 'Map(0) {}'],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
    [new Date(NaN), 'Invalid Date'],
    [/a+/g, '/a+/g'],
    [new RangeError('out of luck'), 'Error: out of luck'],
    [Object(7n), '7n'],
    [new Uint8Array([0, 255]), 'Uint8Array(2) 00ff'],
    [new Uint8Array(0), 'Uint8Array(0)'],
    [new Uint8Array([1, 2]).buffer, 'ArrayBuffer(2) 0102'],
    [new DataView(new ArrayBuffer(2), 1), 'DataView(1) 00'],
  ])('has words for what JSON has none for: %#', (value, text) => {
    expect(answerText(value, 10_000)).toEqual({ text, isCut: false });
  });

  it('is set out in lines, members within what has them', () => {
    const shared = { id: 'a' };
    const answer = {
      peers: [shared, shared],
      byTier: new Map<unknown, unknown>([['tier1', new Set([1])]]),
      loads: new Float64Array([0.5, 1]),
    };
    expect(textOf(answer).split('\n')).toEqual([
      '{',
      '  "peers": [',
      '    {',
      '      "id": "a"',
      '    },',
      '    {',
      '      "id": "a"',
      '    }',
      '  ],',
      '  "byTier": Map(1) {',
      '    "tier1" => Set(1) {',
      '      1',
      '    }',
      '  },',
      '  "loads": Float64Array [',
      '    0.5,',
      '    1',
      '  ]',
      '}',
    ]);
  });

  it('says where something contains itself, and ends', () => {
    const loop: Record<string, unknown> = { a: 1 };
    loop['self'] = [loop];
    expect(textOf(loop)).toContain('"self": [\n    (itself)\n  ]');
    let deep: unknown = 1;
    for (let n = 0; n < 10_000; n++) deep = [deep];
    expect(answerText(deep, 10_000)).toMatchObject({ isCut: true });
  });

  it('shows what a terminal or a reader would obey', () => {
    expect(textOf({ '\u001b[2J': 'to \u202eleft', __proto__: null })).toBe(
      '{\n  "\\u001b[2J": "to \\u202eleft"\n}',
    );
    expect(textOf(JSON.parse('{"__proto__":{"a":1}}'))).toContain('"__proto__": {');
  });

  it.each<[string, () => unknown]>([
    ['a long text', () => 'x'.repeat(10_000_000)],
    ['many numbers', () => new Array<number>(1_000_000).fill(7)],
    ['a list of nothing but room', (): unknown => new Array(4_000_000_000)],
    ['many fields', () => Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [n, n]))],
    ['many entries', () => new Map(Array.from({ length: 100_000 }, (_, n) => [n, n]))],
    [
      'the same again and again',
      () => Array.from({ length: 40 }).reduce<unknown>((inner) => [inner, inner], 1),
    ],
    ['long keys', () => ({ ['k'.repeat(1_000_000)]: 1 })],
    ['long expressions', () => new RegExp('x'.repeat(100_000))],
  ])('is cut at its limit: %s', (_, make) => {
    const { text, isCut } = answerText(make(), 1_000);
    expect(isCut).toBe(true);
    expect(text).toMatch(/…$/);
    expect(text.length).toBeLessThanOrEqual(1_001);
  });

  it('is of some bytes only, and of no number that takes very long to write', () => {
    const { text, isCut } = answerText(Buffer.alloc(1_000_000), 10_000);
    expect([text.length < 2_100, text.endsWith('00…'), isCut]).toEqual([true, true, true]);
    expect(textOf(2n ** 10_000_000n)).toBe('(a bigint of more than 1024 bits)');
  });
});
