import type { OutgoingHttpHeaders } from 'node:http';
import { type Socket, connect } from 'node:net';
import { type Dashboard, startDashboard } from '@panoptes/dashboard';
import { type PeerRegistry, createRegistry } from '@panoptes/workers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { peerNamed } from '../fixtures/random-traffic.js';
import { until } from '../fixtures/until.js';
import { type Asking, ask, bearer, refusalOf } from './ask-dashboard.js';

const module = new URL('../fixtures/measured.observer.mjs', import.meta.url);
/** It means something in markup, in JSON, in a header, in a formula and in a terminal. */
const oddName = '=1+1</script><img src=x onerror=alert(1)>"\\\r\nset-cookie: a=b\u001b[2J';

let registry: PeerRegistry;
let dashboard: Dashboard;
beforeAll(async () => {
  registry = await createRegistry({ logger: false });
  await registry.registerObserver({ module, name: oddName, host: 'inline' });
  await registry.upsert(peerNamed(oddName));
  dashboard = await startDashboard(registry);
});
afterAll(async () => {
  await dashboard.close();
  await registry.close();
});

const own = () => `127.0.0.1:${dashboard.port}`;
const code = (asking: Asking) => refusalOf(dashboard, asking);
const evict = '/api/observers/measured/evict';
/** What may be asked for, all of it. */
const places = [
  ...[
    '/',
    '/page/page.js',
    '/metrics',
    '/api/overview',
    '/api/figures',
    '/api/history',
    '/api/observers',
    '/api/observers/measured',
    '/api/observers/measured/history',
    '/api/observers/measured/lines',
  ],
  ...['/api/peers', '/api/peer?nodeId=a', '/api/live', '/nothing'],
];

/** What comes back for bytes that no client of HTTP has put in order. */
async function answerTo(bytes: string): Promise<string> {
  const socket = connect(dashboard.port, '127.0.0.1', () => socket.write(bytes));
  const chunks = (await socket.toArray()) as Buffer[];
  return Buffer.concat(chunks).toString();
}

describe('a request without the token', () => {
  const wrong = () => `${dashboard.token.slice(0, -1)}${dashboard.token.endsWith('A') ? 'B' : 'A'}`;

  it.each(places)('learns nothing at %s', async (path) => {
    const tries: OutgoingHttpHeaders[] = [
      {},
      bearer(wrong()),
      bearer(dashboard.token.slice(1)),
      bearer(''),
      { authorization: `Basic ${dashboard.token}` },
      { cookie: `panoptes-${dashboard.port}=${wrong()}` },
      { cookie: `panoptes=${dashboard.token}` },
    ];
    for (const headers of tries) {
      const { status, headers: got, text } = await ask(dashboard, { path, headers });
      expect([status, got['www-authenticate']]).toEqual([401, 'Bearer']);
      expect(text).not.toContain(dashboard.token);
    }
  });

  it('does nothing', async () => {
    const asking = { method: 'POST', path: evict, headers: {} };
    expect(await code(asking)).toEqual([401, 'DASHBOARD_UNAUTHORIZED']);
    // In an address it lets nobody act.
    const byAddress = { ...asking, path: `${evict}?token=${dashboard.token}` };
    expect(await code(byAddress)).toEqual([401, 'DASHBOARD_UNAUTHORIZED']);
  });
});

describe('a request by way of another page', () => {
  it.each([
    ['attacker.example', 421],
    ['attacker.example:PORT', 421],
    ['127.0.0.1.attacker.example:PORT', 421],
    ['localhost.attacker.example', 421],
    ['localhost.', 421],
    ['attacker.example@127.0.0.1', 400],
    ['127.0.0.1:PORT', 200],
    ['localhost:PORT', 200],
    ['LOCALHOST', 200],
    ['[::1]:PORT', 200],
    ['192.0.2.7', 200],
  ])('that a name was bound to this address for: %s is answered with %d', async (host, status) => {
    const headers = { ...bearer(dashboard.token), host: host.replace('PORT', `${dashboard.port}`) };
    expect((await ask(dashboard, { path: '/api/overview', headers })).status).toBe(status);
  });

  it.each([
    ['http://attacker.example', undefined],
    ['null', undefined],
    ['http://127.0.0.1:1', undefined],
    ['http://127.0.0.1:PORT.attacker.example', undefined],
    [undefined, 'cross-site'],
    [undefined, 'same-site'],
    ['http://127.0.0.1:PORT', 'cross-site'],
  ])('of origin %s (%s) is refused, whatever it knows', async (origin, site) => {
    const from = {
      ...(origin && { origin: origin.replace('PORT', `${dashboard.port}`) }),
      ...(site && { 'sec-fetch-site': site }),
    };
    for (const known of [bearer(dashboard.token), cookie()]) {
      for (const asking of [{ path: '/api/overview' }, { method: 'POST', path: evict }]) {
        const headers = { ...known, ...from };
        expect(await code({ ...asking, headers })).toEqual([403, 'DASHBOARD_FOREIGN_ORIGIN']);
      }
    }
  });

  it('can do nothing with the cookie that a browser sends along', async () => {
    const asking = { method: 'POST', path: '/api/observers/nobody/evict' };
    expect(await code({ ...asking, headers: cookie() })).toEqual([401, 'DASHBOARD_UNAUTHORIZED']);
    // The dashboard's own pages can.
    const headers = { ...cookie(), origin: `http://${own()}`, 'sec-fetch-site': 'same-origin' };
    expect(await code({ ...asking, headers })).toEqual([404, 'DASHBOARD_NOT_FOUND']);
  });

  it('may be a link that leads here, and nothing that is shown there', async () => {
    const visit = (destination: string) => {
      const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': destination };
      return ask(dashboard, { headers, path: `/?token=${dashboard.token}` });
    };
    const { status, headers } = await visit('document');
    expect([status, headers.location]).toEqual([302, '/']);
    expect(headers['set-cookie']).toEqual([
      `panoptes-${dashboard.port}=${dashboard.token}; Path=/; HttpOnly; SameSite=Lax`,
    ]);
    for (const other of ['iframe', 'image', 'script', 'empty']) {
      expect((await visit(other)).status).toBe(403);
    }
  });
});

const cookie = () => ({ cookie: `panoptes-${dashboard.port}=${dashboard.token}` });

describe('every answer', () => {
  it.each(places.filter((path) => path !== '/api/live'))(
    'at %s forbids all that it need not do',
    async (path) => {
      const { headers } = await ask(dashboard, { path });
      expect(headers['content-security-policy']).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
          "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      );
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
        'cross-origin-resource-policy': 'same-origin',
      });
      expect(headers).not.toHaveProperty('access-control-allow-origin');
      expect(headers).not.toHaveProperty('x-powered-by');
    },
  );

  it('has names as they are, and as text only', async () => {
    for (const path of [
      '/api/observers',
      '/api/peers',
      '/api/observers/' + encodeURIComponent(oddName),
    ]) {
      const { headers, text } = await ask(dashboard, { path });
      expect(headers['content-type']).toMatch(/^application\/json/);
      expect(headers).not.toHaveProperty('set-cookie');
      expect(JSON.stringify(JSON.parse(text))).toContain(JSON.stringify(oddName));
    }
    const { headers, text } = await ask(dashboard, { path: '/metrics' });
    expect(headers['content-type']).toMatch(/^text\/plain/);
    expect(text).not.toMatch(/^set-cookie/m);
  });

  it.each([
    ...['/../../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/..%2f..%2fetc/passwd', '//etc/passwd'],
    ...['/api/observers/..%2f..%2fetc', '/api/observers/%00', '/api/observers/%ff', '/.env'],
    ...['/api/observers/__proto__', '/api/observers/constructor', '/api/observers/measured/evict'],
  ])('to %s is that there is nothing', async (path) => {
    expect(await code({ path })).toEqual([404, 'DASHBOARD_NOT_FOUND']);
  });

  it('is refused to a body that is too large, and to headers that are', async () => {
    const body = Buffer.alloc(2_000);
    expect(await code({ method: 'POST', path: evict, body })).toEqual([413, 'DASHBOARD_TOO_LARGE']);
    const chunked = { ...bearer(dashboard.token), 'transfer-encoding': 'chunked' };
    const asking = { method: 'POST', path: evict, body, headers: chunked };
    expect(await code(asking)).toEqual([413, 'DASHBOARD_TOO_LARGE']);
    const headers = { ...bearer(dashboard.token), odd: 'x'.repeat(20_000) };
    expect((await ask(dashboard, { headers })).status).toBe(431);
    expect((await ask(dashboard, { path: `/${'x'.repeat(20_000)}` })).status).toBe(431);
  });

  it.each([
    'POST /api/observers/nobody/evict',
    'PUT /api/overview',
    'DELETE /',
    'OPTIONS /metrics',
  ])('that says nothing of a body is answered: %s', async (what) => {
    const head = `${what} HTTP/1.1\r\nHost: ${own()}\r\nConnection: close\r\n`;
    const answer = await answerTo(`${head}Authorization: Bearer ${dashboard.token}\r\n\r\n`);
    expect(answer).toContain('HTTP/1.1 404');
    expect(answer).toContain('DASHBOARD_NOT_FOUND');
  });

  it.each([
    ...['limit=0', 'limit=101', 'limit=x', 'tier=best', 'other=1', 'limit=1&after='],
    ...['search=a&tier=tier1', 'search=a&closest=b', 'closest=a&protocol=tcp', 'closest=a&after=b'],
    `after=${'z'.repeat(257)}`,
  ])('to peers?%s says what is wrong', async (query) => {
    expect(await code({ path: `/api/peers?${query}` })).toEqual([400, 'CONFIG_INVALID']);
  });
});

describe('a thousand connections that say nothing', () => {
  it('are let go, and keep neither the registry nor, for long, others waiting', async () => {
    const sockets: Socket[] = [];
    let open = 0;
    try {
      for (let n = 0; n < 1_000; n++) {
        const socket = connect(dashboard.port, '127.0.0.1');
        sockets.push(socket);
        socket.on('error', () => undefined).on('connect', () => open++);
        socket.on('close', () => open--).resume();
      }
      await until('all have got through', () => !sockets.some(({ connecting }) => connecting));
      await registry.upsert(peerNamed('meanwhile'));
      await until('those beyond the limit are closed', () => open <= 128);
      await until('the others are', () => open <= 0);
      expect((await ask(dashboard, { path: '/api/overview' })).status).toBe(200);
    } finally {
      for (const socket of sockets) socket.destroy();
    }
  });
});
