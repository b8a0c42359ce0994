import { execFileSync } from 'node:child_process';
import { type ObserverHandle, ObserverCrashedError, ObserverStartError } from '@panoptes/core';
import { type ProcessOptions, type PeerRegistry, createRegistry } from '@panoptes/workers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isRunning } from '../fixtures/processes.js';
import { peerNamed } from '../fixtures/random-traffic.js';
import { until } from '../fixtures/until.js';

const module = new URL('../fixtures/contained.observer.mjs', import.meta.url);

let registry: PeerRegistry;
beforeEach(async () => {
  registry = await createRegistry({
    logger: false,
    log: { logBytes: 2 ** 20 },
    observers: { hangTimeoutMs: 1_000, restart: { minBackoffMs: 1, maxBackoffMs: 2, maxRestarts: 100 } },
  });
});
afterEach(() => registry.close());

const register = (
  given: {
    readonly name?: string;
    readonly options?: unknown;
    readonly process?: ProcessOptions;
    readonly onLag?: 'lap' | 'block';
    readonly memoryLimitMb?: number;
    readonly restart?: 'temporary';
  } = {},
) => registry.registerObserver({ module, host: 'process', ...given });

const ask = <T>(observer: ObserverHandle, query: string, ...args: unknown[]) =>
  observer.ask(query, args) as Promise<T>;

interface Told {
  readonly peers: number;
  readonly snapshots: number;
  readonly seqs: number;
  readonly last: number;
  readonly gaps: number;
}
const told = (observer: ObserverHandle) => ask<Told>(observer, 'told');

let number = 0;
/** Commits so many transactions, many at once. */
async function commit(count: number): Promise<void> {
  const some = Array.from({ length: count }, () =>
    registry.upsert(peerNamed(`peer ${number % 500}`, { trafficRouted: number++ })),
  );
  await Promise.all(some);
}

/** Processes that have ended and that nobody has noticed. */
const zombies = (): string[] =>
  execFileSync('ps', ['-o', 'pid=,stat=,comm=', '--ppid', String(process.pid)], {
    encoding: 'utf8',
  })
    .split('\n')
    .filter((line) => /^\s*\d+\s+Z/.test(line));

/** Has it do something with the next transaction, and waits until its next incarnation is live. */
async function restartedBy(observer: ObserverHandle, deed: string): Promise<string | undefined> {
  const { restarts } = observer.stats();
  await ask(observer, 'next', deed);
  await commit(1);
  await until('it was restarted', () => observer.stats().restarts > restarts);
  await until('it is live', () => observer.stats().state === 'live');
  await commit(10);
  await registry.settled();
  expect(await told(observer)).toMatchObject({ snapshots: 1, gaps: 0, last: registry.lastSeq });
  return observer.stats().reasons.at(-1)?.code;
}

describe('an observer in a process', () => {
  it('has a snapshot and each transaction since, answers, and ends with a teardown', async () => {
    await commit(700);
    const observer = await register();
    expect(await told(observer)).toMatchObject({ peers: 500, snapshots: 1, seqs: 0 });
    await commit(3_000);
    await registry.settled();
    expect(await told(observer)).toMatchObject({ peers: 500, snapshots: 1, seqs: 3_000, gaps: 0 });
    expect(await observer.digest()).toBe('500');
    expect(await observer.metrics()).toMatchObject({ seq: registry.lastSeq });
    expect(await ask(observer, 'echo', 1n, new Map([[1, new Date(0)]]))).toEqual([
      1n,
      new Map([[1, new Date(0)]]),
    ]);
    await expect(ask(observer, 'fail')).rejects.toMatchObject({
      cause: { remoteName: 'RangeError', message: 'thrown in a query' },
    });
    const pid = await ask<number>(observer, 'pid');
    expect(pid).not.toBe(process.pid);
    expect(observer.stats()).toMatchObject({ host: 'process', lag: 0, delivered: 3_000 });
    await registry.unregisterObserver(observer.name);
    expect(isRunning(pid)).toBe(false);
  });

  it('has a snapshot of more than one piece', async () => {
    await registry.upsertMany(Array.from({ length: 5_000 }, (_, at) => peerNamed(`many ${at}`)));
    const observer = await register();
    expect(await told(observer)).toMatchObject({ peers: 5_000, snapshots: 1 });
  });

  it('is given nothing of this process but what is granted', async () => {
    process.env['PANOPTES_SECRET'] = 'secret';
    const observer = await register({ process: { env: { GRANTED: 'yes' } } });
    delete process.env['PANOPTES_SECRET'];
    expect(await ask(observer, 'env')).toEqual({ GRANTED: 'yes' });
  });

  it('has its priority and its limit of open files', async () => {
    const observer = await register({ process: { nice: 5, openFiles: 64 } });
    const pid = String(await ask<number>(observer, 'pid'));
    expect(execFileSync('ps', ['-o', 'ni=', '-p', pid], { encoding: 'utf8' }).trim()).toBe('5');
    const limits = execFileSync('cat', [`/proc/${pid}/limits`], { encoding: 'utf8' });
    expect(limits).toMatch(/Max open files +64 +64/);
  });

  it('that is paused gets nothing, answers, and goes on without a gap', async () => {
    const observer = await register();
    await commit(10);
    await observer.pause();
    const { cursor } = observer.stats();
    await commit(100);
    expect((await told(observer)).last).toBe(cursor);
    await observer.resume();
    await registry.settled();
    expect(await told(observer)).toMatchObject({ snapshots: 1, gaps: 0, last: registry.lastSeq });
  });

  it('that is restarted by its owner has a new process', async () => {
    const observer = await register();
    const pid = await ask<number>(observer, 'pid');
    await observer.restart();
    expect(await ask(observer, 'pid')).not.toBe(pid);
    expect(isRunning(pid)).toBe(false);
  });

  it('that reads slowly is overtaken, and holds up nobody', async () => {
    const observer = await register({ options: { slowMs: 200 } });
    const witness = await register({ name: 'witness' });
    await until('it was overtaken', async () => {
      await commit(500);
      return observer.stats().resyncs > 0;
    });
    await until('the witness has all', () => witness.stats().cursor === registry.lastSeq);
    expect(witness.stats()).toMatchObject({ resyncs: 0, restarts: 0 });
    await ask(observer, 'slow', 0);
    await registry.settled();
    expect(await told(observer)).toMatchObject({ last: registry.lastSeq, gaps: 0 });
    expect(observer.stats().restarts).toBe(0);
  });

  it('that is waited for gets each transaction, however slow it is', async () => {
    const observer = await register({ options: { slowMs: 2 }, onLag: 'block' });
    for (let round = 0; round < 12; round++) await commit(500);
    await registry.settled();
    expect(await told(observer)).toMatchObject({ snapshots: 1, seqs: 6_000, gaps: 0 });
    expect(observer.stats().resyncs).toBe(0);
  });

  it('sends commands, whose outcomes and refusals it hears of', async () => {
    const observer = await register();
    expect(await ask(observer, 'send', 'upsert', peerNamed('its own'))).toBe('added');
    expect(await ask(observer, 'send', 'touch', 'nobody')).toBe('PEER_NOT_FOUND');
    await registry.settled();
    expect(registry.getPeer('its own')).toBeDefined();
  });

  it('prints to the log of its registry', async () => {
    const lines: string[] = [];
    const logged = await createRegistry({
      logger: (await import('pino')).pino({}, { write: (line: string) => void lines.push(line) }),
    });
    const observer = await logged.registerObserver({ module, host: 'process' });
    await ask(observer, 'print', 'from another process');
    await until(
      'both are logged',
      () => lines.filter((line) => line.includes('from another process')).length === 2,
    );
    await logged.close();
  });

  it.each([
    ['throw', 'error'],
    ['later', 'error'],
    ['exit', 'exit-3'],
    ['exit0', 'exit-0'],
    ['abort', 'signal-SIGABRT'],
    ['segfault', 'signal-SIGSEGV'],
    ['loop', 'hung'],
    ['wait', 'stuck'],
    ['child', 'stuck'],
    ['promise', 'stalled'],
  ])('that does %s is restarted, and why is said: %s', async (deed, code) => {
    const observer = await register();
    const witness = await register({ name: 'witness' });
    const pid = await ask<number>(observer, 'pid');
    expect(await restartedBy(observer, deed)).toBe(code);
    expect(isRunning(pid)).toBe(false);
    expect(await told(witness)).toMatchObject({ snapshots: 1, gaps: 0, last: registry.lastSeq });
    expect(witness.stats()).toMatchObject({ restarts: 0, failed: 0 });
  });

  it.each(['heap', 'buffers'])('that takes too much memory (%s) is restarted', async (deed) => {
    const observer = await register({ memoryLimitMb: 96 });
    expect(await restartedBy(observer, deed)).toBe('memory');
  });

  it('that is killed from outside is restarted', async () => {
    const observer = await register();
    process.kill(await ask<number>(observer, 'pid'), 'SIGKILL');
    await until('it was restarted', () => observer.stats().restarts === 1);
    await until('it is live', () => observer.stats().state === 'live');
    expect(observer.stats().reasons[0]?.code).toBe('signal-SIGKILL');
  });

  it('whose module fails or hangs is refused, and nothing is left of it', async () => {
    await expect(register({ options: { setup: 'throw' } })).rejects.toThrow(ObserverStartError);
    await expect(register({ options: { setup: 'exit' } })).rejects.toThrow(/exit-3/);
    expect(zombies()).toEqual([]);
    const observer = await register();
    expect(await observer.digest()).toBe('0');
  });

  it('that does not tear down in time is ended', async () => {
    const observer = await register({ options: { teardown: 'loop' } });
    const pid = await ask<number>(observer, 'pid');
    await registry.unregisterObserver(observer.name);
    expect(isRunning(pid)).toBe(false);
  });

  it('takes along what it has started', async () => {
    const observer = await register();
    const pid = await ask<number>(observer, 'grandchild');
    expect(isRunning(pid)).toBe(true);
    await registry.unregisterObserver(observer.name);
    await until('it has ended', () => !isRunning(pid));
  });

  it('leaves no zombie, however often it was restarted', async () => {
    const observer = await register();
    for (let round = 0; round < 8; round++) {
      const { restarts } = observer.stats();
      process.kill(await ask<number>(observer, 'pid'), 'SIGKILL');
      await until('it was restarted', () => observer.stats().restarts > restarts);
      await until('it is live', () => observer.stats().state === 'live');
    }
    expect(zombies()).toEqual([]);
  });

  it('fails what it was asked when it ends', async () => {
    const observer = await register();
    const asked = ask(observer, 'now', 'exit');
    await expect(asked).rejects.toThrow(ObserverCrashedError);
  });
});
