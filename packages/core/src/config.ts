import { z } from 'zod';
import { defaultDidMethods, defaultLogBytes, hardLimitMb, mostLogBytes } from './limits.js';
import { type Given, parseOptions } from './parse-options.js';

/**
 * Checks options and fills in the defaults.
 *
 * @throws {ConfigError} naming the first bad option, what it may be and what came
 */
export function resolveConfig(options: RegistryOptions = {}): RegistryConfig {
  return parseOptions(registryOptions, options, 'options');
}

/** The options of a registry; what is left out gets its default. */
export interface RegistryOptions extends Given<typeof keeping> {
  /** The peers: how many, for how long, how often. */
  readonly peers?: Given<typeof peers, { rateLimits: typeof rateLimits }> | undefined;
  /** The commands of callers. */
  readonly commands?: Given<typeof commands> | undefined;
  /** The change log. */
  readonly log?: Given<typeof log> | undefined;
  /** The observers: how many, and what happens to those that fail, hang or lag. */
  readonly observers?:
    Given<typeof observers, { restart: typeof restart; breaker: typeof breaker }> | undefined;
}

/** All options with their values. */
export type RegistryConfig = z.output<typeof registryOptions>;
/** When and how often observers are restarted. */
export type RestartConfig = RegistryConfig['observers']['restart'];
/** When a critical observer is asked no more, and when again. */
export type BreakerConfig = RegistryConfig['observers']['breaker'];

const whole = (min: number, max = Number.MAX_SAFE_INTEGER) => z.int().min(min).max(max);
const milliseconds = whole(1, 2 ** 31 - 1);

const rateLimits = {
  /** Commands a second, all peers together. */
  globalPerSecond: z.number().positive().optional(),
  /** Commands a minute for one peer. */
  perPeerPerMinute: z.number().positive().optional(),
};

const peers = {
  /** Most peers at a time; one more evicts another. */
  maxPeers: whole(1, 2 ** 30).default(10_000),
  /** Seconds after which a peer that was not seen again has expired. */
  peerTtlSecs: z.number().positive().default(86_400),
  /** Seconds that a time which is told of a peer may be ahead of the registry's clock. */
  maxFutureSecs: z.number().min(0).default(600),
  /** What happens to one further ahead: it is taken as the present (`clamp`), or `refuse` the entry. */
  futureTimes: z.enum(['clamp', 'refuse']).default('clamp'),
  /** DID methods that are accepted. */
  didMethods: z
    .array(z.string().regex(/^[a-z0-9]+$/, 'expected lowercase letters and digits'))
    .min(1)
    .default([...defaultDidMethods]),
  /** Limits on how often commands may come; off unless given. */
  rateLimits: z.strictObject(rateLimits).prefault({}),
};

const commands = {
  /** Most commands that wait for their turn; one more is refused. */
  maxWaiting: whole(1).default(65_536),
  /** Most changes in one batch. */
  maxBatchChanges: whole(1).default(10_000),
};

/** A worst entry, updated, takes 128 KiB and an eighth of the log at most. */
const smallestLog = 1024 * 1024;
const log = {
  /** Size of the change log in bytes, a power of two. */
  logBytes: whole(smallestLog, mostLogBytes)
    .refine((bytes) => Number.isInteger(Math.log2(bytes)), 'expected a power of two')
    .default(defaultLogBytes),
};

/** Megabytes; a thread that does nothing uses some 10. */
export const memoryLimitOption = whole(32, hardLimitMb);

const restart = {
  /** More restarts than this within `withinMs` quarantine the observer. */
  maxRestarts: whole(0).default(5),
  /** The time within which they are counted. */
  withinMs: milliseconds.default(60_000),
  /** Wait before the first restart; it doubles with each further one. */
  minBackoffMs: milliseconds.default(100),
  /** Longest wait before a restart. */
  maxBackoffMs: milliseconds.default(10_000),
  /** Share of a wait that chance may add to it. */
  jitter: z.number().min(0).max(1).default(0.2),
  /** After so long without a failure the waits start over. */
  quietMs: milliseconds.default(60_000),
};

const breaker = {
  /** So many votes in a row that fail or come too late, and the observer is asked no more. */
  maxFailures: whole(1).default(3),
  /** After so long one transaction is put to it as a probe; doubles when the probe fails, too. */
  resetMs: milliseconds.default(1_000),
  /** Longest time between two probes. */
  maxResetMs: milliseconds.default(30_000),
};

const observers = {
  /** Most observers at a time. */
  maxObservers: whole(1, 1000).default(50),
  /** How long the registry waits at a time for an observer with `onLag: 'block'`. */
  blockTimeoutMs: milliseconds.default(1_000),
  /** How long an observer may take to load, set up and read its snapshot. */
  startTimeoutMs: milliseconds.default(30_000),
  /** How long an answer to a query may take, unless the query says otherwise. */
  queryTimeoutMs: milliseconds.default(5_000),
  /** How long observers may take to reach the last transaction when the registry closes. */
  drainTimeoutMs: milliseconds.default(5_000),
  /** How long an observer may take to stop by itself before it is killed. */
  stopTimeoutMs: milliseconds.default(1_000),
  /** How long an observer may make no progress before it is killed and started again. */
  hangTimeoutMs: whole(1_000, 2 ** 31 - 1).default(5_000),
  /** Calls of a handler that take so long are warned about. */
  slowHandlerMs: milliseconds.default(250),
  /** Most memory of an observer, heap and buffers together, unless its registration says otherwise. */
  memoryLimitMb: memoryLimitOption.default(512),
  /** More resyncs in a row than this, without a transaction handled between them, end the incarnation. */
  maxResyncs: whole(0, 1_000).default(20),
  /** Whether observers that are inactive for `observerTimeoutSecs` are evicted. */
  enableCleanup: z.boolean().default(true),
  observerTimeoutSecs: z.number().positive().default(3_600),
  /** Most dead letters that are kept. */
  maxDeadLetters: whole(0, 1_000_000).default(1_000),
  /** Most lines a second that each observer may print. */
  outputLinesPerSec: whole(0, 100_000).default(100),
  /** Most lines that are kept of what each observer prints, and as many of what is said of it. */
  maxLines: whole(0, 10_000).default(200),
  /** What `close` does about threads that nothing ends: `leave` them, or `kill-process`. */
  zombies: z.enum(['leave', 'kill-process']).default('leave'),
  /** How long critical observers may take together to vote on a group of transactions. */
  voteTimeoutMs: milliseconds.default(1_000),
  /** How long commands are held for a critical observer with `onUnavailable: 'wait'`. */
  unavailableWaitMs: milliseconds.default(5_000),
  /** When a critical observer is asked no more, and when again. */
  breaker: z.strictObject(breaker).prefault({}),
  /** Most commands of one observer that wait for their outcome. */
  maxCommands: whole(1, 65_536).default(256),
  /** Most queries of one observer, digests among them, that wait for their answer. */
  maxPendingQueries: whole(1, 65_536).default(1_000),
  /** When and how often observers are started again. */
  restart: z.strictObject(restart).prefault({}),
};

const keeping = {
  /** When a command with a store resolves: committed (`async`), or on disk, too (`commit`). */
  durability: z.enum(['async', 'commit']).default('async'),
  /** What happens when the store fails: the registry does, or goes on without it. */
  onStoreFailure: z.enum(['fail', 'continue']).default('fail'),
  /** How long changes may be gathered before they are written to disk; with `commit` they are not. */
  maxUnsyncedMs: milliseconds.default(100),
  /** Most transactions that are not on disk yet; one more waits. */
  maxUnsyncedChanges: whole(1).default(65_536),
  /** How long the store may make no progress before it has failed. */
  storeTimeoutMs: whole(1_000, 2 ** 31 - 1).default(30_000),
  /** How long it may take to open the store, which looks through all that is kept there. */
  storeOpenTimeoutMs: milliseconds.default(600_000),
};

const registryOptions = z
  .strictObject({
    peers: z.strictObject(peers).prefault({}),
    commands: z.strictObject(commands).prefault({}),
    log: z.strictObject(log).prefault({}),
    observers: z.strictObject(observers).prefault({}),
    ...keeping,
  })
  .refine(
    ({ observers: { restart } }) => restart.minBackoffMs <= restart.maxBackoffMs,
    'observers.restart: minBackoffMs must not be more than maxBackoffMs',
  )
  .refine(
    ({ observers: { breaker } }) => breaker.resetMs <= breaker.maxResetMs,
    'observers.breaker: resetMs must not be more than maxResetMs',
  )
  // What is gathered is not on disk: a store that does nothing else would seem to be stuck.
  .refine(({ maxUnsyncedMs, storeTimeoutMs }) => 2 * maxUnsyncedMs <= storeTimeoutMs, {
    path: ['maxUnsyncedMs'],
    message: 'expected at most half of storeTimeoutMs (30000 unless given); raise that, too',
  });

/** Names of the groups of options that a registry has. */
export const registryOptionNames: readonly string[] = Object.freeze(
  Object.keys(registryOptions.shape),
);
