import type { ServerResponse } from 'node:http';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type ObserverStats, PanoptesError, figures, isA, messageOf } from '@panoptes/core';
import type { PeerRegistry } from '@panoptes/workers';
import { type Context, Hono } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { secureHeaders } from 'hono/secure-headers';
import type { DashboardConfig } from '../dashboard-options.js';
import { DashboardError } from '../dashboard-error.js';
import { historyColumns } from '../live/live-history.js';
import type { LiveSampler } from '../live/live-sampler.js';
import type { LiveWatchers } from '../live/live-watchers.js';
import { watchedFigures } from '../metrics/watched-figures.js';
import type { PrometheusMetrics } from '../prometheus-metrics.js';
import type { ShownRegistry } from '../shown-registry.js';
import { Access } from './access.js';
import { actOnObserver, observerActions } from './act-on-observer.js';
import type { ObserverDetails } from './observer-details.js';
import { observerAt } from './observer-place.js';
import { type ObserverQueries, mostQueryBytes } from './observer-queries.js';
import { overview } from './overview.js';
import type { PageFile } from './page-files.js';
import { peersPage, wholePeer } from './peers-api.js';
import { bodyLimit, jsonBody } from './json-body.js';

/**
 * What the server answers. Whatever goes wrong is JSON, `{ error: { code, message } }`, with the status that
 * belongs to the code.
 */
export function dashboardApp(deps: DashboardAppDeps): Hono<{ Bindings: HttpBindings }> {
  const { registry, shown, config, metrics, sampler, watchers, page, cookieName } = deps;
  const { rowOf, details, queries } = deps;
  const access = new Access(config.token, config.allowedHosts);
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.use(secureHeaders(headers));
  app.use(async (c, next) => {
    const header = (name: string) => c.req.header(name);
    const isRead = c.req.method === 'GET' || c.req.method === 'HEAD';
    const from = access.check({
      ...{ host: header('host'), origin: header('origin'), isRead },
      ...{ site: header('sec-fetch-site'), destination: header('sec-fetch-dest') },
      ...{ authorization: header('authorization'), query: c.req.query('token') },
      cookie: getCookie(c, cookieName),
    });
    c.header('Cache-Control', 'no-store');
    if (from === 'query') {
      setCookie(c, cookieName, config.token, { httpOnly: true, sameSite: 'Lax', path: '/' });
      // It is not to stay in the address; what else is there is.
      if (c.req.path === '/') return c.redirect(`/${parametersOf(withoutToken(c))}`);
    }
    return next();
  });
  /** The observer to which something is to be done. */
  const actedUpon = (place: string): string => {
    if (config.readOnly) {
      throw new DashboardError('DASHBOARD_READ_ONLY', `this dashboard is read-only ('readOnly')`);
    }
    if (shown.isFrozen) {
      const message = 'the program has kept this as it was: nothing can be done to it any more';
      throw new DashboardError('DASHBOARD_READ_ONLY', message);
    }
    const { name } = observerAt(registry.getObserverStats().observers, place);
    if (!config.protectedObservers.includes(name)) return name;
    const message = `the program needs this observer as it is ('protectedObservers')`;
    throw new DashboardError('DASHBOARD_PROTECTED', message);
  };
  app.post('/api/observers/:place/query', bodyLimit(mostQueryBytes), async (c) => {
    const name = actedUpon(c.req.param('place'));
    return c.json(await queries.ask(name, await jsonBody(c)));
  });
  // No other body is of use here, and none is read.
  app.use(bodyLimit(mostBodyBytes));

  const pageFile = (c: Context, name: string): Response | Promise<Response> => {
    const file = page.get(name);
    return file === undefined
      ? c.notFound()
      : c.body(file.body, 200, { 'content-type': file.type });
  };
  app.get('/', (c) => pageFile(c, 'index.html'));
  app.get('/page/:name', (c) => pageFile(c, c.req.param('name')));
  app.get('/metrics', async (c) =>
    c.body(await metrics.text(), 200, { 'content-type': metrics.contentType }),
  );
  app.get('/api/overview', (c) => {
    const { readOnly } = config;
    const whole = overview(registry, shown.state(), sampler.eventLoop);
    return c.json({ ...whole, readOnly, actions: readOnly ? [] : observerActions });
  });
  app.get('/api/figures', (c) => c.json({ ...figures, watched: watchedFigures }));
  app.get('/api/history', (c) => c.json({ columns: historyColumns, rows: sampler.history.list() }));
  app.get('/api/observers', (c) => c.json({ observers: shown.state().look.observers.map(rowOf) }));
  const lookedAt = (c: Context): ObserverStats =>
    observerAt(shown.observers(), c.req.param('place') ?? '');
  app.get('/api/observers/:place', async (c) => {
    const stats = lookedAt(c);
    return c.json({ observer: rowOf(stats), ...(await details.whole(stats)) });
  });
  app.get('/api/observers/:place/history', (c) => c.json(details.history(lookedAt(c))));
  app.get('/api/observers/:place/lines', (c) =>
    c.json(details.lines(lookedAt(c), withoutToken(c))),
  );
  app.post('/api/observers/:place/:action', async (c) => {
    const { place, action } = c.req.param();
    await actOnObserver(registry, actedUpon(place), action);
    return c.json({ done: true });
  });
  app.get('/api/peers', (c) => c.json(peersPage(registry, withoutToken(c))));
  app.get('/api/peer', (c) => c.json(wholePeer(registry, withoutToken(c))));
  app.get('/api/live', (c) => {
    if (c.req.method !== 'GET') return c.notFound();
    watch(c.env.outgoing, watchers);
    sampler.welcome(c.env.outgoing);
    return RESPONSE_ALREADY_SENT;
  });
  app.notFound((c) =>
    refusal(c, new DashboardError('DASHBOARD_NOT_FOUND', 'there is nothing here')),
  );
  app.onError((error, c) => refusal(c, error));
  return app;
}

/** What the server depends on. */
export interface DashboardAppDeps {
  readonly registry: PeerRegistry;
  readonly shown: ShownRegistry;
  readonly config: DashboardConfig;
  readonly metrics: PrometheusMetrics;
  /** A line of the table of observers. */
  readonly rowOf: (stats: ObserverStats) => object;
  readonly details: ObserverDetails;
  readonly queries: ObserverQueries;
  readonly sampler: LiveSampler;
  readonly watchers: LiveWatchers;
  /** What a browser loads, by name. */
  readonly page: ReadonlyMap<string, PageFile>;
  /** Browsers keep cookies by host, whatever the port. */
  readonly cookieName: string;
}

/** Bytes of a body that says nothing. */
const mostBodyBytes = 1_024;

/** Nothing is loaded from elsewhere, nothing shows this elsewhere, and nothing inline is run. */
const headers = {
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'"],
    connectSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
  xFrameOptions: 'DENY',
  // It is served without encryption, and so may be what else this host has.
  strictTransportSecurity: false,
};

function watch(response: ServerResponse, watchers: LiveWatchers): void {
  watchers.add(response);
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.flushHeaders();
}

/** The parameters of a request, but for that which lets it in. */
const withoutToken = (c: Context): Record<string, string> =>
  Object.fromEntries(Object.entries(c.req.query()).filter(([name]) => name !== 'token'));

/** Parameters as an address has them; nothing for none. */
function parametersOf(parameters: Record<string, string>): string {
  const written = new URLSearchParams(parameters).toString();
  return written === '' ? '' : `?${written}`;
}

/** Statuses of errors that are not the dashboard's own; any other is a conflict with how things are. */
const statuses: ReadonlyMap<string, 400 | 404 | 503> = new Map([
  ['CONFIG_INVALID', 400],
  ['PEER_INVALID', 400],
  ['OBSERVER_NOT_FOUND', 404],
  ['REGISTRY_CLOSED', 503],
  ['REGISTRY_FAILED', 503],
]);

function refusal(c: Context, thrown: unknown): Response {
  const error = isA(thrown, PanoptesError) ? thrown : bug(thrown);
  const { code, message } = error;
  const status = isA(error, DashboardError) ? error.status : (statuses.get(code) ?? 409);
  if (status === 401) c.header('WWW-Authenticate', 'Bearer');
  return c.json({ error: { code, message } }, status);
}

/** Says on stderr what went wrong, and to who asked only that something did. */
function bug(cause: unknown): DashboardError {
  const error = new DashboardError('DASHBOARD_FAILED', 'a bug of the dashboard', { cause });
  process.emitWarning(`${error.message}: ${messageOf(cause)}`, { code: error.code });
  return error;
}
