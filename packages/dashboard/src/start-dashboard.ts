import { isIPv6 } from 'node:net';
import { systemClock } from '@panoptes/core';
import type { PeerRegistry } from '@panoptes/workers';
import { type DashboardOptions, dashboardConfig } from './dashboard-options.js';
import { LiveSampler } from './live/live-sampler.js';
import { LiveWatchers } from './live/live-watchers.js';
import { OwnMetrics } from './metrics/own-metrics.js';
import { prometheusMetrics } from './prometheus-metrics.js';
import { checkRegistry } from './registry-argument.js';
import { dashboardApp } from './server/dashboard-app.js';
import { observerRow } from './server/observer-row.js';
import { overview } from './server/overview.js';
import { pageFiles } from './server/page-files.js';
import { WebServer } from './server/web-server.js';

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
  const config = dashboardConfig(options);
  const { host, token, metricsTimeoutMs, liveIntervalMs, maxWatchers } = config;
  const page = await pageFiles();
  const server = await WebServer.listen(config);
  const { port } = server;
  const clock = systemClock;
  const watchers = new LiveWatchers(clock, maxWatchers);
  const sampler = new LiveSampler({
    ...{ registry, clock, watchers, liveIntervalMs },
    toJson: (look, at, eventLoop, row) =>
      JSON.stringify({
        overview: overview(registry, look, at, eventLoop),
        observers: look.observers.map(observerRow),
        history: row ?? null,
      }),
  });
  server.answerWith(
    dashboardApp({
      ...{ registry, config, sampler, watchers, page, now: () => clock.now() },
      metrics: prometheusMetrics(registry, { metricsTimeoutMs }),
      own: new OwnMetrics(registry, metricsTimeoutMs),
      cookieName: `panoptes-${port}`,
    }),
  );
  const close = async (): Promise<void> => {
    sampler.stop();
    watchers.end();
    await server.close();
  };
  const url = `http://${reachable(host)}:${port}/?token=${token}`;
  return Object.freeze({ url, port, token, close, [Symbol.asyncDispose]: close });
}

/** A dashboard that is served. */
export interface Dashboard extends AsyncDisposable {
  /** What to open in a browser, with the token. */
  readonly url: string;
  readonly port: number;
  /** What a request must know. */
  readonly token: string;
  /** Ends all connections and stops looking at the registry. Calling it again waits for the same end. */
  close(): Promise<void>;
}

/** A host as an address has it; for one that stands for all of this machine's, the machine itself. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return isIPv6(host) ? `[${host}]` : host;
}
