import { expect, it } from 'vitest';
import { ownDefinition } from './own-definition.js';

const good = { name: 'good', setup: () => 1, onEvents: () => undefined };
const metric = { kind: 'gauge', unit: 'count', says: 'How many.', read: () => 1 };
const ask = (given: unknown) => ownDefinition(given, 'file:///x.js');

it('reads each part of a definition once, and calls it as a part of what it came from', async () => {
  const looks: PropertyKey[] = [];
  class Fickle {
    readonly name = 'fickle';
    readonly queries = { size: () => 'first' };
    #state = 'own';
    setup(): string {
      return this.#state;
    }
    onEvents(): void {
      this.#state = 'seen';
    }
  }
  const fickle = new Fickle();
  const proxy = new Proxy(fickle, {
    get: (target, key) => (looks.push(key), Reflect.get(target, key) as unknown),
  });
  // Private fields are no proxy's.
  await expect(async () => void (await ask(proxy)).setup(undefined as never)).rejects.toThrow(
    TypeError,
  );
  expect(looks).toEqual([...new Set(looks)]);
  const own = await ask(fickle);
  expect(looks).toContain('metrics');
  Object.assign(fickle, { setup: () => 'changed' });
  fickle.queries.size = () => 'second';
  expect(own.setup(undefined as never)).toBe('own');
  expect(own.queries!['size']!(undefined)).toBe('first');
  expect(Object.isFrozen(own)).toBe(true);
});

it.each<[string, unknown, RegExp]>([
  ['nothing', undefined, /made by defineObserver, with setup and onEvents, got undefined/],
  ['one without handlers', { name: 'x', setup: () => 1 }, /with setup and onEvents, got an object/],
  ['a digest that is none', { ...good, digest: 'text' }, /digest: expected a function, got 'text'/],
  [
    'a list of queries',
    { ...good, queries: [1] },
    /queries: expected an object .*, got a list of 1/,
  ],
  ['queries that are none', { ...good, queries: 7 }, /queries: expected an object .*, got 7/],
  [
    'a subscription to what is not',
    { ...good, subscribe: { kinds: ['X'] } },
    /subscribe.*kinds|kinds/,
  ],
  ['metrics that are none', { ...good, metrics: 7 }, /metrics: expected an object .*, got 7/],
  [
    'metrics in a map',
    { ...good, metrics: new Map() },
    /metrics: expected an object .* each, got a Map/,
  ],
  ['metrics in a list', { ...good, metrics: [] }, /metrics: expected an object .* got a list of 0/],
  ['queries in a map', { ...good, queries: new Map() }, /queries: expected an object .* got a Map/],
  ['queries in a set', { ...good, queries: new Set() }, /queries: .* got a Set/],
  ['a subscription in a map', { ...good, subscribe: new Map() }, /expected an object, got a Map/],
  [
    'a metric that is none',
    { ...good, metrics: { a: 7 } },
    /metric 'a': expected what describes it, got 7/,
  ],
  [
    'a metric without its function',
    { ...good, metrics: { a: { ...metric, read: 7 } } },
    /metric 'a': read: expected a function, got 7/,
  ],
  [
    'a metric of another kind',
    { ...good, metrics: { a: { ...metric, kind: 'gage' } } },
    /x\.js: metric 'a': kind: expected 'gauge'/,
  ],
  [
    'too many metrics',
    {
      ...good,
      metrics: Object.fromEntries(Array.from({ length: 9_000 }, (_, n) => [`a${n}`, metric])),
    },
    /metrics: expected at most 64, got 65/,
  ],
  [
    'too many queries',
    {
      ...good,
      queries: Object.fromEntries(Array.from({ length: 1_001 }, (_, n) => [n, good.setup])),
    },
    /at most 1000, got 1001/,
  ],
  [
    'what throws when it is read',
    {
      ...good,
      get teardown(): never {
        throw new Error('no');
      },
    },
    /expected an observer that can be read; it threw/,
  ],
])('is refused with its place: %s', async (_, given, message) => {
  await expect(ask(given)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  await expect(ask(given)).rejects.toThrow(message);
});

it('has a name if it says one, and keeps its queries apart from what every object has', async () => {
  expect((await ask({ ...good, name: { toString: () => 'x' } })).name).toBe('');
  const queries = JSON.parse('{"__proto__":0,"constructor":0}') as Record<string, unknown>;
  for (const name of Object.keys(queries))
    Object.defineProperty(queries, name, { value: () => name });
  const own = await ask({ ...good, queries });
  expect(Object.keys(own.queries!)).toEqual(['__proto__', 'constructor']);
});

it('reads each part of a figure of its own once, and keeps what it reads', async () => {
  const looks: PropertyKey[] = [];
  const fickle = new Proxy(
    { ...metric, kind: 'histogram', bounds: [1], id: 'other' },
    { get: (target, key) => (looks.push(key), Reflect.get(target, key) as unknown) },
  );
  const own = await ask({ ...good, metrics: { toString: fickle, constructor: metric } });
  expect(looks.sort()).toEqual(['bounds', 'kind', 'read', 'says', 'unit']);
  expect(own.metrics).toEqual({
    toString: { ...metric, kind: 'histogram', bounds: [1] },
    constructor: metric,
  });
  expect(Object.keys(own.metrics!)).toEqual(['toString', 'constructor']);
});
