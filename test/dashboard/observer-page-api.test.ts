import { type Dashboard, type DashboardOptions, startDashboard } from '@panoptes/dashboard';
import { type PeerRegistry, createRegistry } from '@panoptes/workers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { peerNamed } from '../fixtures/random-traffic.js';
import { until } from '../fixtures/until.js';
import { ask, bearer, refusalOf } from './ask-dashboard.js';

const module = new URL('../fixtures/asked.observer.mjs', import.meta.url);

let registry: PeerRegistry;
let dashboard: Dashboard;
beforeEach(async () => {
  registry = await createRegistry({ logger: false });
});
afterEach(async () => {
  await dashboard.close();
  await registry.close();
});

async function start(options?: DashboardOptions) {
  dashboard = await startDashboard(registry, options);
  return registry.registerObserver({ module });
}

async function asked<T = Record<string, unknown>>(path: string): Promise<T> {
  const { status, text, json } = await ask(dashboard, { path });
  expect([status, text]).toEqual([200, text]);
  return json() as T;
}

/** A request that puts a question to an observer. */
const question = (query: string, args: unknown = [], observer = 'asked') => ({
  method: 'POST',
  path: `/api/observers/${observer}/query`,
  headers: { ...bearer(dashboard.token), 'content-type': 'application/json' },
  body: JSON.stringify({ query, args }),
});

const answerTo = async (query: string, args: unknown = []) =>
  (await ask(dashboard, question(query, args))).json() as Answer;

interface Answer {
  readonly text: string;
  readonly isCut: boolean;
  readonly tookMs: number;
}

interface Lines {
  readonly lines: readonly { readonly number: number; readonly text: string }[];
}

describe('queries of an observer', () => {
  it('are named, and answered as text, with the time that it took', async () => {
    await start();
    const { queries, queriesOmitted } = await asked('/api/observers/asked');
    expect(queries).toEqual(expect.arrayContaining(['size', 'echo', '__proto__']));
    expect(queriesOmitted).toBe(0);
    await registry.upsert(peerNamed('a'));
    await registry.settled();
    const { tookMs, ...answer } = await answerTo('size');
    expect(answer).toEqual({ text: '1', isCut: false });
    expect(tookMs).toBeGreaterThan(0);
    expect((await answerTo('echo', ['ä', { a: [1] }, null])).text.replace(/\s+/g, ' ')).toBe(
      '[ "ä", { "a": [ 1 ] }, null ]',
    );
    expect((await answerTo('__proto__')).text).toBe('"a query like any other"');
    expect((await answerTo('kinds')).text.replace(/\s+/g, ' ')).toBe(
      `{ "big": ${2n ** 70n}n, "bytes": Uint8Array(3) 0102ff, "map": Map(1) { "tier1" => ` +
        'Set(1) { 1 } }, "when": 1970-01-01T00:00:00.000Z, "nothing": undefined }',
    );
  });

  it('that fail say so with the code of the error, and the observer goes on', async () => {
    const handle = await start();
    const failing = [
      ['throws', 409, 'QUERY_FAILED', /<b>bold<\/b>/],
      ['sends', 409, 'QUERY_FAILED', /./],
      ['other', 409, 'QUERY_FAILED', /has no query 'other'/],
    ] as const;
    for (const [query, status, code, message] of failing) {
      const answer = await ask(dashboard, question(query));
      expect([query, answer.status]).toEqual([query, status]);
      const said = expect.stringMatching(message) as string;
      expect(answer.json()).toEqual({ error: { code, message: said } });
    }
    expect(handle.stats()).toMatchObject({ state: 'live', incarnation: 1 });
  });

  it('that are never answered are waited for in so many places only, and each ends', async () => {
    const handle = await start();
    const waiting = Array.from({ length: 4 }, () => ask(dashboard, question('hangs')));
    await until('four are asked', async () => {
      const [status, code] = await refusalOf(dashboard, question('size')).catch(() => [0, '']);
      return status === 503 && code === 'DASHBOARD_BUSY';
    });
    await handle.restart();
    for (const { status } of await Promise.all(waiting)) expect(status).toBe(409);
    expect((await answerTo('size')).text).toBe('0');
  });

  it('are refused where nothing may be done, and are not put to the observer', async () => {
    const handle = await start({ readOnly: true });
    expect(await refusalOf(dashboard, question('count'))).toEqual([403, 'DASHBOARD_READ_ONLY']);
    await dashboard.close();
    dashboard = await startDashboard(registry, { protectedObservers: ['asked'] });
    expect(await refusalOf(dashboard, question('count'))).toEqual([403, 'DASHBOARD_PROTECTED']);
    const evict = { method: 'POST', path: '/api/observers/asked/evict' };
    expect(await refusalOf(dashboard, evict)).toEqual([403, 'DASHBOARD_PROTECTED']);
    expect(await asked('/api/observers/asked')).toMatchObject({ observer: { isProtected: true } });
    await dashboard.freeze();
    expect(await refusalOf(dashboard, question('count'))).toEqual([403, 'DASHBOARD_READ_ONLY']);
    expect(await asked('/api/observers/asked')).toMatchObject({ queries: [] });
    expect(await handle.ask('count', [])).toBe(1);
  });
});

describe('the lines of an observer', () => {
  const linesAfter = async (after: number) =>
    (await asked<Lines>(`/api/observers/asked/lines?after=${after}`)).lines;

  it('are what it printed and what was said of it, and then only what is new', async () => {
    const handle = await start();
    await handle.ask('print', ['hello']);
    await handle.ask('print', ['\u001b[2Jcareful <b>', 'stderr']);
    await until('they are read', () => handle.lines().some(({ text }) => text.includes('careful')));
    const all = await linesAfter(0);
    expect(all).toEqual(handle.lines());
    expect(all.slice(-2)).toMatchObject([
      { source: 'stdout', level: 'info', incarnation: 1, text: 'hello' },
      { source: 'stderr', level: 'warn', text: '\\u001b[2Jcareful <b>' },
    ]);
    const { number } = all.at(-1)!;
    expect(await linesAfter(number)).toEqual([]);
    await handle.restart();
    const news = await linesAfter(number);
    expect(news[0]).toMatchObject({ number: number + 1, text: 'observer restarting' });
    expect(news.at(-1)).toMatchObject({ source: 'supervisor', text: 'observer live' });
    // One that was registered anew counts from 1 again.
    await registry.unregisterObserver('asked');
    await registry.registerObserver({ module });
    expect((await linesAfter(1_000))[0]).toMatchObject({ number: 1 });
    for (const query of ['after=-1', 'after=x', 'since=1']) {
      const path = `/api/observers/asked/lines?${query}`;
      expect(await refusalOf(dashboard, { path })).toEqual([400, 'CONFIG_INVALID']);
    }
  });

  it('are still there of one that is gone, when it was kept as it was', async () => {
    const handle = await start();
    await handle.ask('print', ['hello']);
    await until('it is read', () => handle.lines().some(({ text }) => text === 'hello'));
    await dashboard.freeze();
    const before = await linesAfter(0);
    await registry.close();
    expect(await linesAfter(0)).toEqual(before);
    expect(before.at(-1)).toMatchObject({ text: 'hello' });
  });
});

describe('the history of an observer', () => {
  interface Rows {
    readonly columns: readonly string[];
    readonly rows: readonly (readonly (number | null)[])[];
  }
  type History = Rows & { readonly own: Rows };
  const history = () => asked<History>('/api/observers/asked/history');

  it('is the same for everybody, and begins when the dashboard does, not when somebody looks', async () => {
    await start();
    await registry.upsert(peerNamed('a'));
    await registry.settled();
    let first = await history();
    await until('it has two rows', async () => (first = await history()).rows.length >= 2);
    expect(first.columns).toEqual([
      ...['at', 'lag', 'delivered', 'handlerP99Ms', 'heapBytes', 'externalBytes'],
    ]);
    const [, lag, delivered] = first.rows.at(-1)!;
    expect([lag, delivered]).toEqual([0, 1]);
    const second = await history();
    expect(second.rows.slice(0, first.rows.length)).toEqual(first.rows);
    const { rows } = await asked<Rows>('/api/history');
    const times = new Set(rows.map(([at]) => at));
    for (const [at] of second.rows) expect(times.has(at)).toBe(true);
  });

  it('has the figures of its own from when somebody looked at it', async () => {
    await start();
    expect((await history()).own).toEqual({ columns: ['at'], rows: [] });
    const { metrics } = await asked<{ metrics: { at: number } }>('/api/observers/asked');
    expect((await history()).own).toEqual({ columns: ['at', 'size'], rows: [[metrics.at, 0]] });
  });
});
