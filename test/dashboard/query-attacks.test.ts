import type { OutgoingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import type { ObserverHandle } from '@panoptes/core';
import { type Dashboard, startDashboard } from '@panoptes/dashboard';
import { type PeerRegistry, createRegistry } from '@panoptes/workers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { until } from '../fixtures/until.js';
import { ask, bearer, refusalOf } from './ask-dashboard.js';

const module = new URL('../fixtures/asked.observer.mjs', import.meta.url);
const nasty = new URL('../fixtures/nasty-answers.observer.mjs', import.meta.url);
const path = '/api/observers/asked/query';

let registry: PeerRegistry;
let dashboard: Dashboard;
let asked: ObserverHandle;
const warned = vi.fn();
beforeAll(async () => {
  process.on('warning', warned);
  registry = await createRegistry({ logger: false });
  asked = await registry.registerObserver({ module });
  await registry.registerObserver({ module: nasty });
  dashboard = await startDashboard(registry);
});
afterAll(async () => {
  await dashboard.close();
  await registry.close();
  process.off('warning', warned);
  // A bug of the dashboard is told as a warning.
  expect(warned.mock.calls.map(([warning]) => String(warning))).toEqual([]);
});

const json = { 'content-type': 'application/json' };
const body = JSON.stringify({ query: 'count', args: [] });
const known = (): OutgoingHttpHeaders => ({ ...bearer(dashboard.token), ...json });
const post = (sent: string | Buffer, headers = known()) =>
  refusalOf(dashboard, { method: 'POST', path, headers, body: sent });
/** How often the observer was asked until now; this time is one of them. */
const count = () => asked.ask('count', []);

describe('a question', () => {
  it('from who has no token, or comes from another page, reaches no observer', async () => {
    const before = await count();
    const cookie = { cookie: `panoptes-${dashboard.port}=${dashboard.token}` };
    const refused: [OutgoingHttpHeaders, number][] = [
      [json, 401],
      [{ ...json, ...bearer(`${dashboard.token}x`) }, 401],
      // A browser sends the cookie along, whatever page has it send something.
      [{ ...json, ...cookie }, 401],
      [{ ...known(), origin: 'http://attacker.example' }, 403],
      [{ ...json, ...cookie, origin: 'null' }, 403],
      [{ ...known(), 'sec-fetch-site': 'cross-site' }, 403],
      [{ ...known(), host: 'attacker.example' }, 421],
    ];
    for (const [headers, status] of refused) expect((await post(body, headers))[0]).toBe(status);
    const inAddress = { method: 'POST', path: `${path}?token=${dashboard.token}`, body };
    expect((await refusalOf(dashboard, { ...inAddress, headers: json }))[0]).toBe(401);
    expect(await count()).toBe((before as number) + 1);
  });

  it.each<[string, () => string | Buffer, string, OutgoingHttpHeaders?]>([
    ['no JSON', () => '{"query":', 'DASHBOARD_BODY_INVALID'],
    ['nothing', () => '', 'DASHBOARD_BODY_INVALID'],
    ['no UTF-8', () => Buffer.from([0x22, 0xff, 0x22]), 'DASHBOARD_BODY_INVALID'],
    ['said to be a text', () => body, 'DASHBOARD_BODY_INVALID', { 'content-type': 'text/plain' }],
    ['no object', () => '[]', 'CONFIG_INVALID'],
    ['no query', () => '{"args":[]}', 'CONFIG_INVALID'],
    ['arguments that are no list', () => '{"query":"count","args":{}}', 'CONFIG_INVALID'],
    ['something else beside', () => '{"query":"count","timeoutMs":1}', 'CONFIG_INVALID'],
    ['a name that leads elsewhere', () => '{"query":"constructor"}', 'QUERY_FAILED'],
    [
      'lists within lists',
      () => `{"query":"count","args":${'['.repeat(30_000)}${']'.repeat(30_000)}}`,
      'QUERY_FAILED',
    ],
  ])('that is %s is refused', async (_, sent, code, headers = {}) => {
    const [status, got] = await post(sent(), { ...known(), ...headers });
    expect([status >= 400 && status < 500, got]).toEqual([true, code]);
  });

  it('that is too large is refused before it is read, and so is one of unknown length', async () => {
    const large = JSON.stringify({ query: 'echo', args: ['x'.repeat(70_000)] });
    expect(await post(large)).toEqual([413, 'DASHBOARD_TOO_LARGE']);
    const open = { ...known(), 'transfer-encoding': 'chunked' };
    expect(await post(body, open)).toEqual([413, 'DASHBOARD_TOO_LARGE']);
    const fits = JSON.stringify({ query: 'echo', args: ['x'.repeat(60_000)] });
    const { status } = await ask(dashboard, {
      ...{ method: 'POST', path, headers: known(), body: fits },
    });
    expect(status).toBe(200);
  });

  it('that ends half way is nobody’s fault, and holds nothing up', async () => {
    const before = await count();
    const head =
      `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n` +
      `Authorization: Bearer ${dashboard.token}\r\nContent-Length: ${body.length}\r\n\r\n`;
    const socket = connect(dashboard.port, '127.0.0.1', () => {
      socket.write(`${head}${body.slice(0, 5)}`, () => socket.destroy());
    });
    await until('it is closed', () => socket.destroyed);
    expect(await count()).toBe((before as number) + 1);
  });
});

describe('an answer', () => {
  interface Answer {
    readonly text?: string;
    readonly isCut?: boolean;
    readonly error?: { readonly code: string; readonly message: string };
  }
  const answerOf = async (query: string, args: unknown[] = [], observer = 'asked') => {
    const question = { method: 'POST', path: `/api/observers/${observer}/query` };
    const sent = { ...question, headers: known(), body: JSON.stringify({ query, args }) };
    const { text, json: parsed } = await ask(dashboard, sent);
    expect(text.length).toBeLessThan(400_000);
    return parsed() as Answer;
  };

  it('that is very large is cut', async () => {
    const { text, isCut } = await answerOf('large');
    expect([text!.length, isCut]).toEqual([65_537, true]);
  });

  it('of markup and escapes is a text like any other', async () => {
    const { text } = await answerOf('markup');
    expect(text).toContain('\\"><img src=x onerror=');
    expect(text).toContain('"\\u001b[2J\\u202e"');
  });

  it.each([
    ...['many maps', 'many shapes', 'keys that fall into one place', 'a large buffer'],
    ...['lists of nothing but room', 'a text that doubles', 'more depth than a stack'],
    ...['a function', 'a getter that throws nothing', 'an expression of all emoji'],
  ])('that costs whoever takes it at its word does not cost the server more: %s', async (name) => {
    const { text, error } = await answerOf('costly', [name], 'nasty-answers');
    expect(error?.code ?? typeof text).toMatch(/^(QUERY_FAILED|string)$/);
  });

  it.each([
    ...['a long message', 'a message in control characters', 'its own cause', 'a proxy'],
    ...['getters that throw', 'nothing at all', 'a big number', 'no text', 'many holes'],
  ])('that is an error is told, whatever it is: %s', async (name) => {
    const { error } = await answerOf('throws', [name], 'nasty-answers');
    expect(error!.code).toBe('QUERY_FAILED');
    expect(error!.message.length).toBeLessThan(10_000);
  });

  it('costs the observer nothing: it is what it was', () => {
    for (const name of ['asked', 'nasty-answers']) {
      expect(registry.observer(name).stats()).toMatchObject({ state: 'live', incarnation: 1 });
    }
  });
});

describe('lines that an observer prints', () => {
  it('are bounded and plain, however many and whatever they are', async () => {
    await asked.ask('flood', [5_000]);
    await asked.ask('print', ['\u001b]0;title\u0007<script>alert(1)</script>\u202e']);
    await asked.ask('print', ['endless '.repeat(100_000)]);
    await until('they are read', () => asked.stats().outputLost > 0);
    const { json: parsed, text } = await ask(dashboard, {
      path: '/api/observers/asked/lines?after=0',
    });
    expect(text.length).toBeLessThan(300_000);
    const { lines } = parsed() as { lines: { text: string; source: string }[] };
    expect(lines.length).toBeLessThanOrEqual(400);
    // eslint-disable-next-line no-control-regex -- these are the ones
    for (const line of lines) expect(line.text).not.toMatch(/[\u0000-\u0008\u001b\u202e]/);
    expect(lines.map((line) => line.text)).toContain('observer live');
  });
});
