import { createServer } from 'node:http';
import { figures } from '@panoptes/core';
import { type Dashboard, type DashboardOptions, startDashboard } from '@panoptes/dashboard';
import { type PeerRegistry, builtIn, createRegistry } from '@panoptes/workers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { peerNamed } from '../fixtures/random-traffic.js';
import { until } from '../fixtures/until.js';
import { type Asking, ask, bearer, refusalOf } from './ask-dashboard.js';
import { parsedMetrics, valueOf } from './parsed-metrics.js';

const measured = new URL('../fixtures/measured.observer.mjs', import.meta.url);

let registry: PeerRegistry;
let dashboard: Dashboard | undefined;
beforeEach(async () => {
  registry = await createRegistry({ logger: false });
});
afterEach(async () => {
  await dashboard?.close();
  await registry.close();
});

const start = async (options?: DashboardOptions) =>
  (dashboard = await startDashboard(registry, options));

async function asked<T = Record<string, unknown>>(path: string, asking: Asking = {}): Promise<T> {
  const { status, text, json } = await ask(dashboard!, { path, ...asking });
  expect([status, text]).toEqual([200, text]);
  return json() as T;
}

const refused = (path: string, asking: Asking = {}) => refusalOf(dashboard!, { path, ...asking });

describe('a dashboard', () => {
  it('is at the address that it says, for a browser that opens that, from then on', async () => {
    const { url, token, port } = await start();
    expect(url).toBe(`http://127.0.0.1:${port}/?token=${token}`);
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    const opened = await fetch(url, { redirect: 'manual' });
    expect([opened.status, opened.headers.get('location')]).toEqual([302, '/']);
    const linked = await fetch(`${url}&page=observers&search=%26`, { redirect: 'manual' });
    expect(linked.headers.get('location')).toBe('/?page=observers&search=%26');
    const [cookie] = opened.headers.getSetCookie()[0]!.split(';');
    const page = await fetch(new URL('/', url), { headers: { cookie: cookie! } });
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    expect(await page.text()).toContain('<title>Panoptes</title>');
  });

  it('may be called by a name that was allowed, and stand at another address', async () => {
    const { url, token } = await start({ host: 'localhost', allowedHosts: ['Panoptes.example'] });
    expect(url).toMatch(/^http:\/\/localhost:\d+\/\?token=/);
    const headers = { ...bearer(token), host: 'panoptes.EXAMPLE:8443', 'sec-fetch-site': 'none' };
    const { status } = await ask({ ...dashboard!, host: 'localhost' }, { headers });
    expect(status).toBe(200);
  });

  it('gives Prometheus its metrics, by the header or by the address', async () => {
    const { token } = await start();
    await registry.upsert(peerNamed('a'));
    for (const asking of [{}, { path: `/metrics?token=${token}`, headers: {} }]) {
      const { headers, text } = await ask(dashboard!, { path: '/metrics', ...asking });
      expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
      expect(valueOf(parsedMetrics(text), 'panoptes_commits_total')).toBe(1);
    }
  });

  it('shows the registry, its observers and one of them', async () => {
    await start();
    const handle = await registry.registerObserver({ module: measured });
    await registry.registerObserver({ module: builtIn('mesh') });
    for (const name of ['a', 'bb']) await registry.upsert(peerNamed(name));
    await handle.ask('exit', []).catch(() => undefined);
    await until(
      'it is there again',
      () => handle.stats().incarnation === 2 && handle.state === 'live',
    );
    await registry.settled();
    expect(await asked('/api/overview')).toMatchObject({
      ...{ readOnly: false, version: '0.1.0', registry: { id: registry.id, epoch: 1 } },
      figures: {
        registry: { ...registry.counters },
        watched: { peers: 2, observers: 2 },
        store: null,
      },
    });
    const { observers } = await asked<{ observers: Record<string, unknown>[] }>('/api/observers');
    expect(observers.map(({ name }) => name)).toEqual(['measured', 'mesh']);
    for (const { id } of figures.observers) expect(observers[0]).toHaveProperty(id);
    expect(observers[0]).toMatchObject({ state: 'live', restarts: 1, lag: 0, votes: null });
    expect(observers[0]!['lastError']).toMatchObject({ code: 'OBSERVER_CRASHED' });
    const whole = await asked('/api/observers/measured');
    const byId = await asked(`/api/observers/${observers[0]!['id'] as string}`);
    expect(byId).toMatchObject({ observer: { name: 'measured' } });
    expect(whole).toMatchObject({
      observer: { name: 'measured' },
      reasons: [{ incarnation: 1, code: 'exit-3' }],
      deadLetters: [],
      metrics: { seq: 2, incarnation: 2 },
    });
    const { readings } = whole['metrics'] as { readings: { id: string; value: unknown }[] };
    expect(readings.find(({ id }) => id === 'peers')).toMatchObject({ value: 2, error: null });
    const described = await asked<typeof figures>('/api/figures');
    expect(described).toMatchObject(figures);
    const { columns, rows } = await asked<{ columns: string[]; rows: number[][] }>('/api/history');
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(row).toHaveLength(columns.length);
  });

  it('restarts, pauses, resumes, revives and evicts observers for those who may', async () => {
    await start();
    const handle = await registry.registerObserver({ module: measured, name: '..' });
    expect(await asked('/api/overview')).toMatchObject({
      actions: ['restart', 'pause', 'resume', 'evict', 'revive'],
    });
    const { observers } = await asked<{ observers: { id: string }[] }>('/api/observers');
    const place = `/api/observers/${observers[0]!.id}`;
    for (const [action, state] of [
      ['restart', 'live'],
      ['pause', 'paused'],
      ['resume', 'live'],
      ['revive', 'live'],
    ] as const) {
      expect(await asked(`${place}/${action}`, { method: 'POST' })).toEqual({ done: true });
      expect(handle.stats()).toMatchObject({ state, incarnation: 2 });
    }
    expect(await refused(`${place}/elevate`, { method: 'POST' })).toEqual([
      404,
      'DASHBOARD_NOT_FOUND',
    ]);
    expect(await asked(`${place}/evict`, { method: 'POST' })).toEqual({ done: true });
    expect(await handle.ended).toMatchObject({ code: 'unregistered' });
    expect(await refused(`${place}/evict`, { method: 'POST' })).toEqual([
      404,
      'DASHBOARD_NOT_FOUND',
    ]);
  });

  it('does nothing when it is read-only', async () => {
    await start({ readOnly: true });
    await registry.registerObserver({ module: measured });
    for (const action of ['restart', 'pause', 'resume', 'evict', 'revive', 'elevate']) {
      const path = `/api/observers/measured/${action}`;
      expect(await refused(path, { method: 'POST' })).toEqual([403, 'DASHBOARD_READ_ONLY']);
    }
    expect(registry.getObserverStats().observers).toHaveLength(1);
    expect(await asked('/api/overview')).toMatchObject({ readOnly: true, actions: [] });
  });

  it('shows peers a page at a time, each once, of a tier or with a protocol or by what they are', async () => {
    await start();
    const entries = Array.from({ length: 1_500 }, (_, n) => ({
      ...peerNamed(`peer-${n}`),
      tier: n % 3 === 0 ? ('tier1' as const) : ('tier2' as const),
      activeProtocols: n % 500 === 1 ? ['rare'] : ['tcp'],
    }));
    await registry.upsertMany(entries);
    const all = async (query: string) => {
      const found: string[] = [];
      let requests = 0;
      for (let next: string | null = ''; next !== null; requests++) {
        const after: string = next === '' ? '' : `&after=${encodeURIComponent(next)}`;
        const page: Page = await asked<Page>(`/api/peers?${query}${after}`);
        expect(page.peers.length).toBeLessThanOrEqual(100);
        found.push(...page.peers.map(({ nodeId }) => nodeId));
        ({ next } = page);
      }
      return { found: found.sort(), requests };
    };
    const named = (keep: (n: number) => boolean) =>
      entries
        .filter((_, n) => keep(n))
        .map(({ peerId }) => peerId.nodeId)
        .sort();
    expect((await all('limit=100')).found).toEqual(named(() => true));
    expect((await all('limit=100&tier=tier1')).found).toEqual(named((n) => n % 3 === 0));
    // No request looks at more than a thousand.
    const rare = await all('protocol=rare');
    expect(rare).toEqual({ found: named((n) => n % 500 === 1), requests: 2 });
    const { nodeId, publicKey, did } = entries[7]!.peerId;
    for (const search of [nodeId, publicKey, did]) {
      const { peers } = await asked<Page>(`/api/peers?search=${encodeURIComponent(search)}`);
      expect(peers).toMatchObject([{ nodeId, did }]);
    }
    const closest = await asked<Page>('/api/peers?closest=peer-3&limit=4');
    expect(closest.peers.map((peer) => peer.nodeId)).toEqual(
      registry.peers.findClosestPeers('peer-3', 4).map(({ peerId }) => peerId.nodeId),
    );
    expect(await asked(`/api/peer?nodeId=${nodeId}`)).toEqual(registry.peers.get(nodeId));
    expect(await refused('/api/peer?nodeId=nobody')).toEqual([404, 'DASHBOARD_NOT_FOUND']);
    expect((await asked<Page>('/api/peers?search=nobody')).peers).toEqual([]);
  });

  it('still shows a registry that is closed', async () => {
    await start();
    await registry.upsert(peerNamed('a'));
    await registry.close();
    expect(await asked('/api/overview')).toMatchObject({ registry: { state: 'closed' } });
    expect(await asked<Page>('/api/peers')).toMatchObject({ peers: [{ nodeId: 'a' }] });
    expect(await refused('/api/observers/measured')).toEqual([404, 'DASHBOARD_NOT_FOUND']);
  });

  it('says where it cannot listen, and which option is none', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await until('it listens', () => other.listening);
    const { port } = other.address() as { port: number };
    await expect(start({ port })).rejects.toMatchObject({
      code: 'DASHBOARD_CANNOT_LISTEN',
      message: expect.stringContaining('EADDRINUSE') as string,
      cause: { code: 'EADDRINUSE' },
    });
    other.close();
    for (const [options, message] of [
      [{ port: 65_536 }, /^option 'port': expected a number from 0 to 65535, got 65536$/],
      [{ token: 'short' }, /^option 'token': expected 16 to 256 letters, digits, -, _, \. and ~/],
      [{ token: 'with; path=/ and more' }, /^option 'token'/],
      [{ readonly: true }, /^option 'readonly': no such option; did you mean 'readOnly'\?$/],
      [{ liveIntervalMs: 1 }, /^option 'liveIntervalMs'/],
    ] as const) {
      await expect(start(options as never)).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
        message: expect.stringMatching(message) as string,
      });
    }
    await expect(startDashboard({} as never)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});

interface Page {
  readonly peers: readonly { readonly nodeId: string }[];
  readonly next: string | null;
}
