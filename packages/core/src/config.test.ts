import { describe, expect, it } from 'vitest';
import { type RegistryOptions, resolveConfig } from './config.js';
import { ConfigError } from './errors.js';
import { parseOptions } from './parse-options.js';
import { z } from 'zod';

/** Options with one value at a path such as `peers.maxPeers`. */
function optionsWith(path: string, value: unknown): RegistryOptions {
  return path
    .split('.')
    .reverse()
    .reduce<unknown>((inner, key) => ({ [key]: inner }), value) as RegistryOptions;
}

function refusal(options: unknown): string {
  try {
    resolveConfig(options as RegistryOptions);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).message;
  }
  throw new Error('the options were taken');
}

const day = 2 ** 31 - 1;
const options: readonly [path: string, initial: unknown, good: unknown[], bad: unknown[]][] = [
  ['peers.maxPeers', 10_000, [1, 2 ** 30], [0, -1, 1.5, 2 ** 30 + 1, '5', null, NaN]],
  ['peers.peerTtlSecs', 86_400, [0.001, 1e9], [0, -1, '1', NaN, Infinity]],
  ['peers.maxFutureSecs', 600, [0, 0.5, 1e12], [-1, '1', NaN, Infinity]],
  ['peers.futureTimes', 'clamp', ['refuse'], ['ignore', true, null]],
  ['peers.didMethods', ['zhtp'], [['key'], ['a', 'b1']], [[], ['A'], ['a:b'], 'zhtp', [1]]],
  ['peers.rateLimits', {}, [{}], [5, null]],
  ['peers.rateLimits.globalPerSecond', undefined, [0.5, 1_000], [0, -1, '5', NaN]],
  ['peers.rateLimits.perPeerPerMinute', undefined, [0.5, 10], [0, -1, '5', NaN]],
  ['commands.maxWaiting', 65_536, [1, 1e6], [0, 1.5, '1']],
  ['commands.maxBatchChanges', 10_000, [1, 1e6], [0, 1.5, '1']],
  [
    'log.logBytes',
    16 * 2 ** 20,
    [2 ** 20, 2 ** 30],
    [2 ** 19, 2 ** 31, 2 ** 20 + 8, 3 * 2 ** 20, '1'],
  ],
  ['observers.maxObservers', 50, [1, 1_000], [0, 1_001, 2.5, '5']],
  ['observers.blockTimeoutMs', 1_000, [1, day], [0, -1, 1.5, day + 1, '5']],
  ['observers.startTimeoutMs', 30_000, [1, day], [0, day + 1, '5']],
  ['observers.queryTimeoutMs', 5_000, [1, day], [0, day + 1, '5']],
  ['observers.drainTimeoutMs', 5_000, [1, day], [0, day + 1, '5']],
  ['observers.stopTimeoutMs', 1_000, [1, day], [0, day + 1, '5']],
  ['observers.hangTimeoutMs', 5_000, [1_000, day], [999, 0, day + 1, '5000']],
  ['observers.slowHandlerMs', 250, [1, day], [0, day + 1, '5']],
  ['observers.memoryLimitMb', 512, [32, 2_048], [31, 2_049, 64.5, '512']],
  ['observers.maxResyncs', 20, [0, 1_000], [-1, 1_001, 0.5, '5']],
  ['observers.enableCleanup', true, [false], [0, 'yes', null]],
  ['observers.observerTimeoutSecs', 3_600, [0.5, 1e9], [0, -1, '5', NaN]],
  ['observers.maxLines', 200, [0, 10_000], [-1, 10_001, 0.5, '5']],
  ['observers.maxDeadLetters', 1_000, [0, 1e6], [-1, 1e6 + 1, 0.5, '5']],
  ['observers.outputLinesPerSec', 100, [0, 1e5], [-1, 1e5 + 1, 0.5, '5']],
  ['observers.zombies', 'leave', ['kill-process'], ['kill', true, null]],
  ['observers.voteTimeoutMs', 1_000, [1, day], [0, day + 1, '5']],
  ['observers.unavailableWaitMs', 5_000, [1, day], [0, day + 1, '5']],
  ['observers.breaker.maxFailures', 3, [1, 100], [0, 0.5, '5']],
  ['observers.breaker.resetMs', 1_000, [1, 30_000], [0, day + 1]],
  ['observers.breaker.maxResetMs', 30_000, [1_000, day], [0, day + 1]],
  ['observers.maxCommands', 256, [1, 65_536], [0, 65_537, 0.5]],
  ['observers.maxPendingQueries', 1_000, [1, 65_536], [0, 65_537, 0.5]],
  ['observers.restart.maxRestarts', 5, [0, 100], [-1, 0.5, '5']],
  ['observers.restart.withinMs', 60_000, [1, day], [0, day + 1]],
  ['observers.restart.minBackoffMs', 100, [1, 10_000], [0, day + 1]],
  ['observers.restart.maxBackoffMs', 10_000, [100, day], [0, day + 1]],
  ['observers.restart.jitter', 0.2, [0, 1], [-0.1, 1.1, '0']],
  ['observers.restart.quietMs', 60_000, [1, day], [0, day + 1]],
  ['durability', 'async', ['commit'], ['sync', true, null]],
  ['onStoreFailure', 'fail', ['continue'], ['ignore', true, null]],
  ['maxUnsyncedMs', 100, [1, 15_000], [0, -1, 1.5, day + 1, '5']],
  ['maxUnsyncedChanges', 65_536, [1, 1e9], [0, -1, 1.5, '5']],
  ['storeTimeoutMs', 30_000, [1_000, day], [999, 0, day + 1, '5000']],
  ['storeOpenTimeoutMs', 600_000, [1, day], [0, 1.5, day + 1, '5000']],
];

const valueAt = (config: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((owner, key) => (owner as Record<string, unknown>)[key], config);

describe('the options of a registry', () => {
  it.each(options)(
    '%s is %j by default, takes what it may be and refuses the rest',
    (path, initial, good, bad) => {
      expect(valueAt(resolveConfig(), path)).toEqual(initial);
      for (const value of good) {
        expect(valueAt(resolveConfig(optionsWith(path, value)), path)).toEqual(value);
      }
      for (const value of bad) {
        expect(refusal(optionsWith(path, value)), String(value)).toContain(`option '${path}`);
      }
    },
  );

  it('are all in this table', () => {
    const leaves = (value: unknown, path: string): string[] =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.entries(value).flatMap(([key, inner]) =>
            leaves(inner, path === '' ? key : `${path}.${key}`),
          )
        : [path];
    const known = new Set(options.map(([path]) => path));
    for (const path of leaves(resolveConfig(), '')) expect(known).toContain(path);
  });

  it.each([
    'colour',
    'peers.colour',
    'peers.rateLimits.colour',
    'commands.colour',
    'log.colour',
    'observers.colour',
    'observers.restart.colour',
  ])('refuse an unknown one by name: %s', (path) => {
    expect(refusal(optionsWith(path, 1))).toContain(`option '${path}': no such option (known: `);
  });

  it.each([
    ['peers.maxPeer', 'maxPeers'],
    ['peers.rateLimits.globalPerSec', 'globalPerSecond'],
    ['log.logByte', 'logBytes'],
    ['observers.restart.maxRestart', 'maxRestarts'],
    ['observer', 'observers'],
  ])('say what %s was probably meant for', (path, meant) => {
    const hint = `option '${path}': no such option; did you mean '${meant}'?`;
    expect(refusal(optionsWith(path, 1))).toBe(hint);
  });

  it('say what may be and what came', () => {
    expect(refusal({ peers: { maxPeers: 'many' } })).toMatch(
      /^option 'peers.maxPeers': .*got 'many'$/,
    );
    expect(refusal({ log: { logBytes: 3 * 2 ** 20 } })).toContain(
      'expected a power of two, got 3145728',
    );
    expect(refusal(5)).toMatch(/^options: /);
    expect(refusal(null)).toMatch(/^options: /);
  });

  it('are refused when the least backoff is above the most', () => {
    const restart = { minBackoffMs: 11, maxBackoffMs: 10 };
    expect(refusal({ observers: { restart } })).toContain(
      'minBackoffMs must not be more than maxBackoffMs',
    );
    expect(
      resolveConfig({ observers: { restart: { minBackoffMs: 10, maxBackoffMs: 10 } } }),
    ).toBeDefined();
  });

  it('are refused when a store may gather for so long that it would seem to be stuck', () => {
    const message = "option 'maxUnsyncedMs': expected at most half of storeTimeoutMs (30000 unless";
    for (const options of [
      { maxUnsyncedMs: 15_001 },
      { maxUnsyncedMs: 501, storeTimeoutMs: 1_000 },
    ]) {
      expect(refusal(options)).toContain(message);
    }
    expect(resolveConfig({ maxUnsyncedMs: 40_000, storeTimeoutMs: 80_000 })).toBeDefined();
  });

  it('do not share their defaults', () => {
    const one = resolveConfig();
    one.peers.didMethods.push('changed');
    expect(resolveConfig().peers.didMethods).toEqual(['zhtp']);
  });
});

describe('checking any value against a schema', () => {
  const schema = z.strictObject({
    flag: z.boolean().default(false),
    role: z.enum(['critical', 'best-effort']).optional(),
    size: z.int().min(32).max(2048).optional(),
    count: z.int().min(1).optional(),
    share: z.number().positive().optional(),
    list: z.array(z.object({ part: z.number().max(5) })).optional(),
    own: z.custom<number>((value) => value === 7, 'expected seven').optional(),
  });

  it.each([
    [undefined, 'it: expected an object, got undefined'],
    [{ flag: 'yes' }, "option 'flag': expected true or false, got 'yes'"],
    [
      { role: 'crit' },
      "option 'role': expected one of critical, best-effort, got 'crit'; did you mean 'critical'?",
    ],
    [{ role: 5 }, "option 'role': expected one of critical, best-effort, got 5"],
    [{ size: 16 }, "option 'size': expected a number from 32 to 2048, got 16"],
    [{ size: 4096 }, "option 'size': expected a number from 32 to 2048, got 4096"],
    [{ size: 33.5 }, "option 'size': expected a whole number, got 33.5"],
    [{ count: 0 }, "option 'count': expected a number from 1 on, got 0"],
    [{ share: 0 }, "option 'share': expected more than 0, got 0"],
    [{ share: NaN }, "option 'share': expected a number, got NaN"],
    [{ list: 'x' }, "option 'list': expected a list, got 'x'"],
    [{ list: [{ part: 6 }] }, "option 'list.0.part': expected at most 5, got 6"],
    [{ own: 8 }, "option 'own': expected seven, got 8"],
    [{ rôle: 1 }, "option 'rôle': no such option; did you mean 'role'?"],
  ])('says once what may be and what came: %j', (given, message) => {
    const check = (): unknown => parseOptions(schema, given, 'it');
    expect(check).toThrow(expect.objectContaining({ message }) as Error);
  });

  it('names the place in what was given, and keeps the cause', () => {
    const schema = z.object({ list: z.array(z.number()) });
    expect(parseOptions(schema, { list: [1] }, 'it')).toEqual({ list: [1] });
    expect(() => parseOptions(schema, { list: [1, 'x'] }, 'it')).toThrow(
      /option 'list\.1': .*got 'x'/,
    );
    expect(() => parseOptions(schema, undefined, 'it')).toThrow(/^it: .*got undefined/);
  });
});
