import { realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, parse, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ObserverCrashedError, ObserverStartError } from '@panoptes/core';
import { createRegistry } from '@panoptes/workers';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isRunning } from '../fixtures/processes.js';
import { peerNamed } from '../fixtures/random-traffic.js';
import { until } from '../fixtures/until.js';
import { ProcessScene, ask, pidOf, told, zombiesOf } from './process-scene.js';

/** Speaks the protocol by itself. */
const entry = fileURLToPath(new URL('../fixtures/unruly-process.mjs', import.meta.url));

let scene: ProcessScene;
beforeEach(async () => {
  scene = await ProcessScene.begin();
});
afterEach(() => scene.registry.close());

describe('an observer in a process', () => {
  it('has a snapshot and each transaction since, answers, and ends with a teardown', async () => {
    const { registry } = scene;
    await scene.commit(700);
    const observer = await scene.register();
    expect(await told(observer)).toMatchObject({ peers: 500, snapshots: 1, seqs: 0 });
    await scene.commit(3_000);
    await registry.settled();
    expect(await told(observer)).toMatchObject({ peers: 500, snapshots: 1, seqs: 3_000, gaps: 0 });
    expect(await observer.digest()).toBe('500');
    expect(await observer.metrics()).toMatchObject({ seq: registry.lastSeq });
    const nasty = [1n, new Map([[1, new Date(0)]]), undefined, Number.NaN];
    expect(await ask(observer, 'echo', ...nasty)).toEqual(nasty);
    await expect(ask(observer, 'fail')).rejects.toMatchObject({
      cause: { remoteName: 'RangeError', message: 'thrown in a query' },
    });
    const pid = await pidOf(observer);
    expect(pid).not.toBe(process.pid);
    expect(observer.stats()).toMatchObject({ host: 'process', lag: 0, delivered: 3_000 });
    await registry.unregisterObserver(observer.name);
    expect(isRunning(pid)).toBe(false);
  });

  it('has a snapshot of more than one piece', async () => {
    const many = Array.from({ length: 5_000 }, (_, at) => peerNamed(`many ${at}`));
    await scene.registry.upsertMany(many);
    const observer = await scene.register();
    expect(await told(observer)).toMatchObject({ peers: 5_000, snapshots: 1 });
  });

  it('is given nothing of this process but what is granted', async () => {
    process.env['PANOPTES_SECRET'] = 'secret';
    const observer = await scene.register({ process: { env: { GRANTED: 'yes' } } });
    delete process.env['PANOPTES_SECRET'];
    expect(await ask(observer, 'env')).toEqual({ GRANTED: 'yes' });
  });

  it('works in a folder of nobody’s, or in the one that it is given, from where its command leads', async () => {
    const { root } = parse(process.cwd());
    expect(await ask(await scene.register(), 'cwd')).toBe(root);
    const limited = { cwd: pathToFileURL(tmpdir()), openFiles: 256 };
    expect(await ask(await scene.register({ name: 'b', process: limited }), 'cwd')).toBe(
      realpathSync(tmpdir()),
    );
    // The program is the one that is meant here.
    const command = [relative(process.cwd(), process.execPath), entry];
    const one = await scene.register({ name: 'c', process: { cwd: tmpdir(), command } });
    expect(one.stats().state).toBe('live');
    const nowhere = join(tmpdir(), 'no-such-folder');
    await expect(scene.register({ name: 'd', process: { cwd: nowhere } })).rejects.toThrow(
      `process.cwd: there is no folder ${nowhere}`,
    );
  });

  it('is looked at while it is busy setting up, and is none the worse for it', async () => {
    const observer = await scene.register({ options: { busyTurns: 60 } });
    expect(observer.stats()).toMatchObject({ state: 'live', restarts: 0, incarnation: 1 });
    expect(observer.stats().heapBytes).toBeGreaterThan(0);
  });

  it('that cannot be given its options is refused, and why is said', async () => {
    const options = { memory: new SharedArrayBuffer(8) };
    await expect(scene.register({ options })).rejects.toThrow(/SharedArrayBuffer/);
  });

  it('that is paused gets nothing, answers, and goes on without a gap', async () => {
    const { registry } = scene;
    const observer = await scene.register();
    await scene.commit(10);
    await observer.pause();
    const { cursor } = observer.stats();
    await scene.commit(100);
    expect((await told(observer)).last).toBe(cursor);
    await observer.resume();
    await registry.settled();
    expect(await told(observer)).toMatchObject({ snapshots: 1, gaps: 0, last: registry.lastSeq });
  });

  it('that is restarted by its owner has a new process', async () => {
    const observer = await scene.register();
    const pid = await pidOf(observer);
    await observer.restart();
    expect(await pidOf(observer)).not.toBe(pid);
    expect(isRunning(pid)).toBe(false);
  });

  it('that reads slowly is overtaken, and holds up nobody', async () => {
    const { registry } = scene;
    const observer = await scene.register({ options: { slowMs: 200 } });
    const witness = await scene.register({ name: 'witness' });
    await until('it was overtaken', async () => {
      await scene.commit(500);
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
    const observer = await scene.register({ options: { slowMs: 2 }, onLag: 'block' });
    const { registry } = scene;
    while (registry.logStats().writtenBytes < 4 * 2 ** 20) await scene.commit(500);
    await registry.settled();
    expect(await told(observer)).toMatchObject({ snapshots: 1, seqs: registry.lastSeq, gaps: 0 });
    expect(observer.stats().resyncs).toBe(0);
    expect(registry.logStats().passed).toBe(0);
  });

  it('sends commands, whose outcomes and refusals it hears of', async () => {
    const observer = await scene.register();
    expect(await ask(observer, 'send', 'upsert', peerNamed('its own'))).toBe('added');
    expect(await ask(observer, 'send', 'touch', 'nobody')).toBe('PEER_NOT_FOUND');
    expect(scene.registry.peers.size).toBe(1);
  });

  it('prints to the log of its registry', async () => {
    const lines: string[] = [];
    const logger = pino({}, { write: (line: string) => void lines.push(line) });
    const logged = await ProcessScene.begin({ logger });
    await ask(await logged.register(), 'print', 'from another process');
    const found = (): string[] => lines.filter((line) => line.includes('from another process'));
    await until('both are logged', () => found().length === 2);
    await logged.registry.close();
  });

  it('whose module fails is refused, and nothing is left of it', async () => {
    await expect(scene.register({ options: { setup: 'throw' } })).rejects.toThrow(
      ObserverStartError,
    );
    await expect(scene.register({ options: { setup: 'exit' } })).rejects.toThrow(/exit-3/);
    expect(zombiesOf(process.pid)).toEqual([]);
    expect(await (await scene.register()).digest()).toBe('0');
  });

  it('that does not tear down in time is ended', async () => {
    const observer = await scene.register({ options: { teardown: 'loop' } });
    const pid = await pidOf(observer);
    await scene.registry.unregisterObserver(observer.name);
    expect(isRunning(pid)).toBe(false);
  });

  it('takes along what it has started, also when it is killed itself', async () => {
    const observer = await scene.register();
    for (const end of ['killed', 'unregistered']) {
      const pid = await ask<number>(observer, 'grandchild');
      expect(isRunning(pid)).toBe(true);
      if (end === 'unregistered') await scene.registry.unregisterObserver(observer.name);
      else process.kill(await pidOf(observer), 'SIGKILL');
      await until('it has ended', () => !isRunning(pid));
      if (end === 'killed') await scene.restarted(observer);
    }
  });

  it('fails what it was asked when it ends', async () => {
    const observer = await scene.register();
    await expect(ask(observer, 'now', 'exit')).rejects.toThrow(ObserverCrashedError);
  });
});

it('a registry that is closed leaves no process', async () => {
  const closed = await createRegistry({ logger: false });
  const module = new URL('../fixtures/contained.observer.mjs', import.meta.url);
  const observer = await closed.registerObserver({ module, host: 'process' });
  const pid = await ask<number>(observer, 'pid');
  await closed.close();
  expect(isRunning(pid)).toBe(false);
});
