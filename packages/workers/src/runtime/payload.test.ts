import { createSecretKey, webcrypto } from 'node:crypto';
import { types } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { packAnswer, packArguments, unpack } from './payload.js';

const copyOf = (value: unknown): unknown => unpack(packAnswer(value), 'an answer');
const refusal = { code: 'PAYLOAD_REFUSED' };
const most = 16 * 1024 * 1024;
const text = 'x'.repeat(most);

describe('what is sent between threads', () => {
  it.each([
    [undefined, null, true, -0, Number.NaN, 2n ** 100n, 'text', new Date(7), /a+/g],
    { deep: { list: [1, [2]], map: new Map([[{}, new Set(['a'])]]) } },
    new Uint8Array([1, 2, 3]),
    Object.assign([1], { 4_000: 2 }),
  ])('is the same on the other side (%#)', (value) => {
    expect(copyOf(value)).toEqual(value);
    expect(unpack(packArguments([value]), 'arguments')).toEqual([value]);
  });

  it('is a copy, of no more than it shows', () => {
    const memory = new Uint8Array(most + 1);
    const copy = copyOf(new Uint8Array(1)) as Uint8Array;
    expect(copy.buffer.byteLength).toBe(1);
    const circle: { self?: unknown } = {};
    circle.self = circle;
    expect(copyOf(circle)).toEqual(circle);
    expect(() => packArguments([memory.subarray(0, 1)])).toThrow(/bytes cannot be sent/);
  });

  it('is no buffer that can grow, for which room is kept that nobody sees', () => {
    const Growing = ArrayBuffer as new (bytes: number, more: object) => ArrayBuffer;
    const buffer = new Growing(8, { maxByteLength: 65_536 });
    for (const answer of [buffer, [new Uint8Array(buffer)], new Map([[1, buffer]])]) {
      expect(() => packAnswer(answer)).toThrow(expect.objectContaining(refusal));
      expect(() => packArguments([answer])).toThrow(/a buffer that can grow/);
    }
  });

  it.each([
    ['a text', () => text],
    ['two halves of a text', () => [text.slice(1), text]],
    ['an error', () => new Error(text)],
    ['an error by its stack', () => Object.assign(new Error('m'), { stack: text })],
    ['an error by its cause', () => new Error('m', { cause: new Error(text) })],
    ['an error in a map', () => new Map([['e', new Error(text)]])],
    ['a number', () => 2n ** BigInt(8 * most)],
    ['many numbers', () => Array.from({ length: 20 }, (_, i) => 2n ** 8_000_000n + BigInt(i))],
    ['an expression', () => new RegExp(text)],
    ['a boxed text', () => new String(text)],
    ['keys', () => ({ [text]: 1 })],
    ['a buffer', () => new ArrayBuffer(most)],
    ['a view of a large buffer', () => new DataView(new ArrayBuffer(most), 0, 1)],
    ['what a getter shows at the second look', () => fickle('', text)],
  ])('is refused when it is too large: %s', (_, make) => {
    expect(() => packAnswer(make())).toThrow(expect.objectContaining(refusal) as Error);
    expect(() => packArguments([make()])).toThrow(/more than 16777216 bytes cannot be sent/);
  });

  it.each([
    ['shared memory', () => new SharedArrayBuffer(4)],
    ['a view of shared memory', () => [new Int32Array(new SharedArrayBuffer(4))]],
    ['memory of WebAssembly', sharedWasmMemory],
    ['a blob', () => ({ deep: new Map([[new Blob(['x']), 1]]) })],
    ['a key', () => createSecretKey(Buffer.alloc(32))],
    [
      'a key of the web’s',
      () => webcrypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, true, ['sign']),
    ],
    ['a URL', () => new URL('file:///tmp')],
    ['a function', () => [() => 1]],
    ['a proxy', () => new Proxy({}, {})],
    ['what is too deep', () => nested(1_000_000)],
    [
      'what throws',
      () => ({
        get a() {
          throw new Error('no');
        },
      }),
    ],
  ])('is refused when it cannot be copied: %s', async (_, make) => {
    const value: unknown = await make();
    expect(() => packAnswer(value)).toThrow(expect.objectContaining(refusal) as Error);
  });

  it('takes no longer to read than it may, whatever it shows to whom', () => {
    const many = Array.from({ length: 440_000 }, () => 0);
    expect(() => packAnswer(many)).not.toThrow();
    expect(() => packAnswer([many, many.slice(1)])).toThrow(/longer to read than 500000 numbers/);
    expect(() => packAnswer(fickle([], [many, [...many]]))).toThrow(/longer to read/);
    expect(() => packAnswer(new Uint8Array(1_000_000))).not.toThrow();
    // The reader of arguments is the observer, which answers for its own time.
    expect(() => packArguments([many, [...many]])).not.toThrow();
  });

  it.each([undefined, 'text', new Uint8Array(0), new Uint8Array([255, 15, 65]), Buffer.from('oo')])(
    'is not believed to be what it should (%s)',
    (bytes) => {
      expect(() => unpack(bytes, 'an answer')).toThrow(expect.objectContaining(refusal) as Error);
    },
  );

  it('is asked what it is only where its prototype does not say so', () => {
    const asked = [vi.spyOn(types, 'isMap'), vi.spyOn(types, 'isRegExp')];
    packAnswer(Array.from({ length: 20 }, (_, place) => ({ place, names: ['a', 'b'] })));
    for (const question of asked) expect(question).not.toHaveBeenCalled();
    packAnswer([new Map()]);
    expect(asked[0]).toHaveBeenCalled();
    for (const question of asked) question.mockRestore();
  });

  it('is what it is, whatever its prototype says', () => {
    const disguised = <T extends object>(value: T): T =>
      Object.setPrototypeOf(value, Object.prototype) as T;
    expect(copyOf(disguised(new Map([[1, 2]])))).toEqual(new Map([[1, 2]]));
    const expensive = disguised(new Map(Array.from({ length: 500_001 }, (_, key) => [key, 0])));
    expect(() => packAnswer(expensive)).toThrow(/takes longer to read/);
    const bytes = disguised(new Uint8Array(most + 1));
    expect(() => packArguments([bytes])).toThrow(expect.objectContaining(refusal));
  });
});

/** The types of Node know no WebAssembly. */
function sharedWasmMemory(): unknown {
  const { WebAssembly } = globalThis as unknown as {
    WebAssembly: { Memory: new (options: object) => object };
  };
  return new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
}

/** Shows one value first, and another to whoever looks again. */
function fickle(first: unknown, then: unknown): object {
  let looks = 0;
  return Object.defineProperty({}, 'value', {
    enumerable: true,
    get: () => (looks++ === 0 ? first : then),
  });
}

function nested(depth: number): object {
  let inner = {};
  for (let level = 0; level < depth; level++) inner = { inner };
  return inner;
}
