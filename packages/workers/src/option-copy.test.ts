import { ConfigError } from '@panoptes/core';
import { describe, expect, it } from 'vitest';
import { copyOptions } from './option-copy.js';

function refusal(options: unknown): ConfigError {
  try {
    copyOptions(options);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return error as ConfigError;
  }
  throw new Error('the options were taken');
}

/** An object that holds itself, for whoever walks it. */
function circular(more: object = {}): object {
  const list: unknown[] = [];
  const options = { list, ...more };
  list.push(options);
  return options;
}

describe('options that are copied', () => {
  it('are as they were, whatever happens to the original', () => {
    const options = {
      shard: 0,
      list: [{ deep: 1 }],
      map: new Map([['a', new Set([1])]]),
      bytes: new Uint8Array([1, 2]),
      at: new Date(5),
      nothing: null,
    };
    const copy = copyOptions(options);
    const before = structuredClone(options);
    expect(copy).toEqual(before);
    options.shard = 9;
    options.list[0]!.deep = 9;
    options.list.push({ deep: 9 });
    options.map.get('a')!.add(9);
    options.bytes[0] = 9;
    options.at.setTime(9);
    expect(copy).toEqual(before);
  });

  it('may be of any shape that can be cloned, themselves inside of them too', () => {
    for (const options of [undefined, null, 5, 'text', [], circular(), new Error('e'), /x/, 1n]) {
      expect(copyOptions(options)).toEqual(options);
    }
    const memory = new SharedArrayBuffer(8);
    expect(
      new Int32Array((copyOptions({ memory }) as { memory: SharedArrayBuffer }).memory),
    ).toEqual(new Int32Array(2));
  });

  it.each([
    ['options', () => 1],
    ['options', Symbol('s')],
    ['options.onDone', { shard: 1, onDone: () => 1 }],
    ['options.rules[1].test', { rules: [{ test: 1 }, { test: () => 1 }] }],
    ['options.byName[1]', { byName: new Map([['a', () => 1]]) }],
    ['options.all[1]', { all: new Set([1, Symbol('s')]) }],
    ['options.later', { later: Promise.resolve() }],
    ['options.known', { known: new WeakMap() }],
    ['options.peers', { peers: new Proxy({}, {}) }],
    ['options.onDone', circular({ onDone: () => 1 })],
    ['options.api.url', { api: { url: new URL('http://localhost/') } }],
    ['options.signal', { signal: new AbortController().signal }],
    ['options.headers', { headers: new Headers() }],
  ])('are refused with the place of what cannot be: %s', (place, options) => {
    expect(refusal(options).message).toContain(`option '${place}': expected data`);
  });

  it('are looked through once for what cannot be copied, however deep it lies', () => {
    let reads = 0;
    const innermost = {
      get onDone() {
        reads++;
        return () => 1;
      },
    };
    let options: object = innermost;
    for (let depth = 0; depth < 500; depth++) options = { in: options };
    expect(refusal(options).message).toMatch(/^option 'options(\.in)+\.?i?n?…': expected data/);
    // By the copying itself, by its search, and by the naming.
    expect(reads).toBeLessThan(5);
  });

  it('are refused with the reason when they are nested too deep', () => {
    let options: object = {};
    for (let depth = 0; depth < 20_000; depth++) options = { in: options };
    expect(refusal(options).message).toContain('nested too deep');
  });

  it('are refused when they throw as they are read', () => {
    const thrown = new TypeError('not to be read');
    const options = {
      get secret() {
        throw thrown;
      },
    };
    expect(refusal(options)).toMatchObject({ cause: thrown });
  });
});
