import { ConfigError, describe } from '@panoptes/core';
import { Option } from 'commander';

/** `--dashboard [port]`, for each command that runs a scenario. */
export const dashboardFlag = (): Option =>
  new Option(
    '--dashboard [port]',
    `show the run in a browser, at a port of this machine (default: ${usualPort}, or one that is ` +
      'free; 0 is any); it stays after the run until Ctrl-C',
  ).argParser(parsePort);

/** The same for a sweep, which has none. */
export const refusedDashboardFlag = (): Option =>
  new Option('--dashboard [port]')
    .hideHelp()
    .preset('')
    .argParser(() => {
      throw new ConfigError(
        '--dashboard: expected a single run, got a sweep, whose runs are several at a time on threads ' +
          'of their own; give it to panoptes run, with --set for the values of one of them',
      );
    });

/** A port that was asked for; true for the usual one. */
export type DashboardPort = number | true;

/** Where a dashboard is unless a command is told otherwise, and where it is looked for. */
export const usualPort = 7337;

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new ConfigError(
    `--dashboard: expected a port from 0 to 65535, got ${describe(text)}; what is to be run goes before it`,
  );
}
