import { ConfigError, PanoptesError, isA } from '@panoptes/core';
import type * as DashboardPackage from '@panoptes/dashboard';
import type { OnRegistry } from '../driver/on-registry.js';
import type { SimulationFacts } from '../driver/simulation-facts.js';
import { ownNames } from '../observers/own-names.js';
import { type DashboardPort, usualPort } from './dashboard-flag.js';
import { tokenIn, tokenVariable } from './dashboard-token.js';
import { loadOptional } from './optional-package.js';
import { writeAside } from './print.js';
import type { Terminal } from './terminal.js';

/**
 * Listens for those who watch a run, before anything of it has begun.
 *
 * @throws {ConfigError} when that cannot be: the port is taken, or the package is not installed
 */
export async function runDashboard(
  { stderr, env, onInterrupt }: Pick<Terminal, 'stderr' | 'env' | 'onInterrupt'>,
  port: DashboardPort,
): Promise<RunDashboard> {
  const name = '@panoptes/dashboard';
  const { reserveDashboard } = (await loadOptional(name, '--dashboard')) as typeof DashboardPackage;
  const token = tokenIn(env);
  let about = (): SimulationFacts => [];
  const options = { token, about: () => about(), protectedObservers: ownNames };
  const reserve = (at: number) => reserveDashboard({ ...options, port: at });
  const place = await reserve(port === true ? usualPort : port).catch((error: unknown) => {
    if (port === true && isTaken(error)) return reserve(0);
    throw inWords(error);
  });
  // A token that the user has set stays with the user.
  const url = token === undefined ? place.url : place.url.replace(/\?.*/, '');
  let isShown = false;
  return {
    onRegistry(registry, simulation) {
      about = simulation.about;
      const dashboard = place.show(registry);
      isShown = true;
      writeAside({ stderr }, `dashboard: ${url}\n`);
      // Whoever watches has no say in how the run ends.
      return () => dashboard.freeze().catch(() => undefined);
    },
    async untilAsked() {
      if (!isShown) return;
      stderr.write(`the run has ended; the dashboard stays until Ctrl-C: ${url}\n`);
      let ignore: (() => void) | undefined;
      await new Promise<void>((asked) => (ignore = onInterrupt(() => asked())));
      ignore?.();
    },
    close: () => place.close(),
  };
}

/** The dashboard of a run. */
export interface RunDashboard {
  /** Shows the registry of the run, and says where. */
  readonly onRegistry: OnRegistry;
  /** Waits until the command is asked to end; not where nothing was shown. */
  untilAsked(): Promise<void>;
  close(): Promise<void>;
}

const isCannotListen = (error: unknown): error is PanoptesError =>
  isA(error, PanoptesError) && error.code === 'DASHBOARD_CANNOT_LISTEN';

const isTaken = (error: unknown): boolean =>
  isCannotListen(error) &&
  (error.cause as NodeJS.ErrnoException | undefined)?.code === 'EADDRINUSE';

/** What is wrong with what was asked for, as the user said it. */
function inWords(error: unknown): unknown {
  if (isCannotListen(error)) {
    const why = isTaken(error) ? 'another program has it' : (error.cause as Error).message;
    return new ConfigError(
      `--dashboard: expected a port that is free, but ${why}; give another one, or 0 for any`,
      { cause: error },
    );
  }
  if (!isA(error, ConfigError)) return error;
  return new ConfigError(`${tokenVariable}: ${error.message}`, { cause: error });
}
