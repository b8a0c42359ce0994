import { isIPv6 } from 'node:net';
import { ConfigError, systemClock } from '@panoptes/core';
import type { PeerRegistry } from '@panoptes/workers';
import {
  type DashboardConfig,
  type DashboardOptions,
  dashboardConfig,
} from './dashboard-options.js';
import { LiveSampler } from './live/live-sampler.js';
import { LiveWatchers } from './live/live-watchers.js';
import { OwnHistories } from './live/own-histories.js';
import { OwnMetrics } from './metrics/own-metrics.js';
import { prometheusMetrics } from './prometheus-metrics.js';
import { checkRegistry } from './registry-argument.js';
import { dashboardApp } from './server/dashboard-app.js';
import { ObserverDetails } from './server/observer-details.js';
import { ObserverQueries } from './server/observer-queries.js';
import { observerRows } from './server/observer-row.js';
import { overview } from './server/overview.js';
import { pageFiles } from './server/page-files.js';
import { unopenedApp } from './server/unopened-app.js';
import { WebServer } from './server/web-server.js';
import { ShownRegistry } from './shown-registry.js';

/**
 * Serves the state of a registry and its observers while they run, and its metrics for Prometheus, at
 * an address of this machine that only those get at who know the token.
 *
 * ```ts
 * const dashboard = await startDashboard(registry);
 * console.log(dashboard.url);
 * ```
 *
 * It keeps the process alive until it is closed, also when the registry has ended: how that was can still be
 * seen. To be watched costs the registry's thread less than one hundredth of its time.
 *
 * @throws {ConfigError} when the registry is none, or an option is not one it can be
 * @throws {DashboardError} `DASHBOARD_CANNOT_LISTEN`
 */
export async function startDashboard(
  registry: PeerRegistry,
  options: DashboardOptions = {},
): Promise<Dashboard> {
  checkRegistry(registry);
  const reserved = await reserveDashboard(options);
  return reserved.show(registry);
}

/**
 * Listens before there is a registry to show: for a program that wants to know that it can before it begins
 * with anything else. Requests are refused with `DASHBOARD_NOT_OPEN` until then.
 *
 * @throws {ConfigError} when an option is not one it can be
 * @throws {DashboardError} `DASHBOARD_CANNOT_LISTEN`
 */
export async function reserveDashboard(options: DashboardOptions = {}): Promise<ReservedDashboard> {
  const config = dashboardConfig(options);
  const { host, token } = config;
  const page = await pageFiles();
  const server = await WebServer.listen(config);
  server.answerWith(unopenedApp());
  const { port } = server;
  const place = { url: `http://${reachable(host)}:${port}/?token=${token}`, port, token };
  let dashboard: Dashboard | undefined;
  const close = (): Promise<void> => (dashboard ?? server).close();
  return Object.freeze({
    ...place,
    close,
    [Symbol.asyncDispose]: close,
    show: (registry: PeerRegistry) => {
      checkRegistry(registry);
      if (dashboard !== undefined) {
        throw new ConfigError('show: expected one registry, got a second; start another dashboard');
      }
      return (dashboard = Object.freeze({ ...place, ...show(registry, server, page, config) }));
    },
  });
}

/** A dashboard that listens, and has nothing to show yet. */
export interface ReservedDashboard extends AsyncDisposable, DashboardPlace {
  /**
   * Shows a registry there, once.
   *
   * @throws {ConfigError} when it is none, or the second
   */
  show(registry: PeerRegistry): Dashboard;
  /** Listens no more, and closes the dashboard that is shown there. */
  close(): Promise<void>;
}

/** A dashboard that is served. */
export interface Dashboard extends AsyncDisposable, DashboardPlace {
  /**
   * Shows the registry from now on as it is now, its observers with their own figures included: for one that is
   * about to be closed, after which it has no observers. Metrics for Prometheus go on as they are. Resolves
   * when the observers have said their figures, or their time for it is over.
   */
  freeze(): Promise<void>;
  /** Ends all connections and stops looking at the registry. Calling it again waits for the same end. */
  close(): Promise<void>;
}

/** Where a dashboard is found. */
interface DashboardPlace {
  /** What to open in a browser, with the token. */
  readonly url: string;
  readonly port: number;
  /** What a request must know. */
  readonly token: string;
}

function show(
  registry: PeerRegistry,
  server: WebServer,
  page: Awaited<ReturnType<typeof pageFiles>>,
  config: DashboardConfig,
): Pick<Dashboard, 'freeze' | 'close' | typeof Symbol.asyncDispose> {
  const { metricsTimeoutMs, liveIntervalMs, maxWatchers } = config;
  const clock = systemClock;
  const shown = new ShownRegistry(registry, config.about, () => clock.now());
  const own = new OwnMetrics(registry, metricsTimeoutMs);
  const watchers = new LiveWatchers(clock, maxWatchers);
  const rowOf = observerRows(config.protectedObservers);
  const sampler = new LiveSampler({
    ...{ shown, clock, watchers, liveIntervalMs },
    toJson: (state, eventLoop, row) =>
      JSON.stringify({
        overview: overview(registry, state, eventLoop),
        observers: state.look.observers.map(rowOf),
        history: row ?? null,
      }),
  });
  server.answerWith(
    dashboardApp({
      ...{ registry, shown, config, sampler, watchers, page, rowOf },
      details: new ObserverDetails({
        ...{ registry, shown, sampler, own, ownHistories: new OwnHistories() },
        now: () => clock.now(),
      }),
      queries: new ObserverQueries(registry, clock),
      metrics: prometheusMetrics(registry, { metricsTimeoutMs }),
      cookieName: `panoptes-${server.port}`,
    }),
  );
  const freeze = async (): Promise<void> => {
    shown.freeze();
    await own.freeze(shown.observers());
  };
  const close = async (): Promise<void> => {
    sampler.stop();
    watchers.end();
    await server.close();
  };
  return { freeze, close, [Symbol.asyncDispose]: close };
}

/** A host as an address has it; for one that stands for all of this machine's, the machine itself. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return isIPv6(host) ? `[${host}]` : host;
}
