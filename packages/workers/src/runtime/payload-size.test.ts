import { describe, expect, it } from 'vitest';
import { checkPayload } from './payload-size.js';

const MB = 1024 * 1024;
const circle: { self?: unknown } = {};
circle.self = circle;

describe('what goes to another thread', () => {
  it.each([
    ['a small thing', { id: 'x', list: [1, 2, 3] }],
    ['nothing', undefined],
    ['fifteen megabytes', new Uint8Array(15 * MB)],
    ['a circle', circle],
    ['one thing many times', Array<object>(100_000).fill(new Uint8Array(MB))],
  ])('may be %s', (_, value) => {
    expect(() => checkPayload(value, 'an answer')).not.toThrow();
  });

  it.each([
    ['a large buffer', () => new ArrayBuffer(17 * MB)],
    ['a small view of a large buffer', () => new Uint8Array(17 * MB).subarray(0, 1)],
    ['a long text', () => 'x'.repeat(9 * MB)],
    ['many numbers', () => Array<number>(3 * MB).fill(1)],
    ['a long list without items', () => new Array<number>(2 ** 32 - 1)],
    ['a large map', () => new Map(Array.from({ length: 1.2 * MB }, (_, at) => [at, at]))],
    ['a large set', () => new Set(Array.from({ length: 1.2 * MB }, (_, at) => at))],
    ['deep nesting of much', () => ({ a: [{ b: new Map([['c', [new Uint8Array(17 * MB)]]]) }] })],
  ])('may not be %s', (_, make) => {
    expect(() => checkPayload(make(), 'an answer')).toThrow(
      /^an answer of more than 16777216 bytes/,
    );
  });
});
