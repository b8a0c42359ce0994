import { randomBytes } from 'node:crypto';
import { parseOptions } from '@panoptes/core';
import { z } from 'zod';
import type { AboutFact } from './about-facts.js';

/** How a dashboard is served; what is left out gets its default. */
export interface DashboardOptions {
  /** The port, from 0 to 65,535; 0, the default, is any that is free. */
  readonly port?: number | undefined;
  /** The address to listen at. Default `127.0.0.1`: nobody beyond this machine gets there. */
  readonly host?: string | undefined;
  /**
   * Names, beside `localhost` and addresses in digits, by which requests may call this server. Default:
   * none.
   */
  readonly allowedHosts?: readonly string[] | undefined;
  /**
   * What a request must know, 16 to 256 letters, digits, `-`, `_`, `.` and `~`. Default: 32 random bytes
   * in base64url.
   */
  readonly token?: string | undefined;
  /**
   * Facts that the program says of itself, for the overview: at most 16 of them. It is called for each look, in
   * the registry's thread. Default: none.
   */
  readonly about?: (() => readonly AboutFact[]) | undefined;
  /**
   * Names of observers that the program needs as they are: nothing can be done to them here, and no query asked.
   * Default: none.
   */
  readonly protectedObservers?: readonly string[] | undefined;
  /** Whether every action is refused, and every query. Default false. */
  readonly readOnly?: boolean | undefined;
  /** Milliseconds between two samples that are sent to those who watch, from 250 to 60,000. Default 333. */
  readonly liveIntervalMs?: number | undefined;
  /** Most connections at a time, from 1 to 10,000; those beyond are closed at once. Default 128. */
  readonly maxConnections?: number | undefined;
  /** Most that watch live at a time, from 1 to 1,000. Default 16. */
  readonly maxWatchers?: number | undefined;
  /** Milliseconds that observers have to say the figures of their own, from 1 to 60,000. Default 1,000. */
  readonly metricsTimeoutMs?: number | undefined;
}

/** Options that are checked, all of them there. */
export type DashboardConfig = z.output<typeof optionsSchema>;

/** @throws {ConfigError} naming the first bad one */
export const dashboardConfig = (given: DashboardOptions): DashboardConfig =>
  parseOptions(optionsSchema, given, 'the options of startDashboard');

const hostName = z.string().min(1).max(253);
const tokenForm = 'expected 16 to 256 letters, digits, -, _, . and ~';

const optionsSchema = z.strictObject({
  port: z.int().min(0).max(65_535).default(0),
  host: hostName.default('127.0.0.1'),
  allowedHosts: z.array(hostName).max(64).default([]),
  token: z
    .string(tokenForm)
    .regex(/^[\w.~-]{16,256}$/, tokenForm)
    .default(() => randomBytes(32).toString('base64url')),
  about: z
    .custom<() => unknown>((value) => typeof value === 'function', 'expected a function')
    .default(() => () => []),
  protectedObservers: z.array(z.string().min(1).max(128)).max(1_000).default([]),
  readOnly: z.boolean().default(false),
  liveIntervalMs: z.int().min(250).max(60_000).default(333),
  maxConnections: z.int().min(1).max(10_000).default(128),
  maxWatchers: z.int().min(1).max(1_000).default(16),
  metricsTimeoutMs: z.int().min(1).max(60_000).default(1_000),
});
