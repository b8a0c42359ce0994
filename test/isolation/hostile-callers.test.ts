import { ConfigError } from '@panoptes/core';
import { type PeerRegistry, createRegistry } from '@panoptes/workers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { threadCount } from '../fixtures/threads.js';

const recorder = new URL('../fixtures/recorder.observer.mjs', import.meta.url);

describe('what is no registry’s option', () => {
  it.each([null, 5, 'text', true, Symbol('options'), () => 1])(
    'is refused: %s',
    async (options) => {
      await expect(createRegistry(options as never)).rejects.toBeInstanceOf(ConfigError);
    },
  );

  it.each([
    ['clock', null],
    ['clock', { now: () => 0 }],
    ['logger', {}],
    ['logger', 'stdout'],
    ['chance', 0.5],
    ['observers', null],
    ['peers', []],
  ])('is refused by its name: %s', async (option, value) => {
    const refused = createRegistry({ [option]: value });
    await expect(refused).rejects.toBeInstanceOf(ConfigError);
    await expect(refused).rejects.toThrow(`option '${option}'`);
  });
});

describe('a caller', () => {
  let registry: PeerRegistry;
  beforeEach(async () => {
    registry = await createRegistry();
  });
  afterEach(() => registry.close());

  it.each([null, undefined, 5, 'text'])(
    'that registers %s is refused before a thread starts',
    async (registration) => {
      const before = threadCount();
      const refused = registry.registerObserver(registration as never);
      await expect(refused).rejects.toBeInstanceOf(ConfigError);
      expect(threadCount()).toBe(before);
    },
  );

  it('may print a handle, and await it, without asking anything', async () => {
    const handle = await registry.registerObserver({ module: recorder });
    expect(JSON.parse(JSON.stringify(handle))).toMatchObject({ name: 'recorder', query: {} });
    expect(await Promise.resolve(handle)).toBe(handle);
    expect(String(Object.keys(handle.query))).toBe('');
  });

  it.each([undefined, null, 5, {}])('that has %s upserted is refused by name', async (peers) => {
    const refused = registry.upsertMany(peers as never);
    await expect(refused).rejects.toMatchObject({ code: 'PEER_INVALID', field: 'peers' });
  });

  it('that has a text upserted hears that its characters are no peers', async () => {
    const { rejected, rejections } = await registry.upsertMany('ab' as never);
    expect(rejected).toBe(2);
    expect(rejections[0]!.error.code).toBe('PEER_INVALID');
  });

  it.each([null, 5, { signal: 5 }])('that watches with %j is refused', (options) => {
    expect(() => registry.watch(options as never)).toThrow(ConfigError);
  });

  it('that names observers and queries oddly gets a typed error', async () => {
    const odd = Symbol('odd') as never;
    const handle = await registry.registerObserver({ module: recorder });
    await expect(registry.unregisterObserver(odd)).rejects.toMatchObject({
      code: 'OBSERVER_NOT_FOUND',
    });
    expect(() => registry.reviveObserver(odd)).toThrow('there is no observer');
    await expect(handle.ask(odd, [])).rejects.toMatchObject({ code: 'QUERY_FAILED' });
    await expect(registry.settled(0, null as never)).rejects.toBeInstanceOf(ConfigError);
  });

  it('may wait for longer than a timer can run', async () => {
    const handle = await registry.registerObserver({ module: recorder });
    for (const timeoutMs of [2 ** 40, Infinity]) {
      expect(await handle.ask('size', [], { timeoutMs })).toBe(0);
      expect(await handle.digest({ timeoutMs })).toBeTypeOf('string');
      await registry.settled(0, { timeoutMs });
    }
  });

  it.each([
    [-1, 1_000],
    [0.5, 1_000],
    [Number.NaN, 1_000],
    ['last', 1_000],
    [0, 0],
    [0, Number.NaN],
    [0, -Infinity],
    [0, 'long'],
  ])('that waits for seq %s, at most %s ms, is refused', async (seq, timeoutMs) => {
    const refused = registry.settled(seq as number, { timeoutMs: timeoutMs as number });
    await expect(refused).rejects.toBeInstanceOf(ConfigError);
  });
});

it.each(['thread', 'inline'] as const)(
  'a digest that is no text, or that throws, is a failed query (%s)',
  async (host) => {
    const registry = await createRegistry();
    for (const digest of ['() => ({})', '() => { throw new Error(`no digest`); }']) {
      const code = `export default { setup: () => ({}), onEvents() {}, digest: ${digest} }`;
      const module = new URL(`data:text/javascript,${encodeURIComponent(code)}`);
      const handle = await registry.registerObserver({ module, name: digest, host });
      await expect(handle.digest()).rejects.toMatchObject({ code: 'QUERY_FAILED' });
      expect(handle.stats()).toMatchObject({ state: 'live', restarts: 0 });
    }
    await registry.close();
  },
);

it('what is thrown on the registry’s own thread and cannot be read is an error all the same', async () => {
  const code = `export default {
    setup: () => ({}), onEvents() {},
    queries: { odd() { throw Object.create(null); } },
  }`;
  const module = new URL(`data:text/javascript,${encodeURIComponent(code)}`);
  const registry = await createRegistry();
  const handle = await registry.registerObserver({ module, host: 'inline' });
  await expect(handle.ask('odd', [])).rejects.toMatchObject({ code: 'QUERY_FAILED' });
  await registry.close();
});
