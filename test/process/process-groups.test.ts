import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hangCodes } from '../fixtures/hang-codes.js';
import { isRunning } from '../fixtures/processes.js';
import { until } from '../fixtures/until.js';
import { ProcessScene, ask, pidOf, told } from './process-scene.js';

const group = { process: { group: 'together' } };

let scene: ProcessScene;
beforeEach(async () => {
  scene = await ProcessScene.begin();
});
afterEach(() => scene.registry.close());

const three = () => Promise.all(['a', 'b', 'c'].map((name) => scene.register({ name, ...group })));

it('observers of a group share one process, and each has the whole log', async () => {
  const observers = await three();
  const [pid, ...others] = await Promise.all(observers.map(pidOf));
  expect(others).toEqual([pid, pid]);
  await scene.commit(2_000);
  await scene.registry.settled();
  for (const observer of observers) {
    expect(await told(observer)).toMatchObject({ snapshots: 1, seqs: 2_000, gaps: 0 });
  }
  await scene.registry.unregisterObserver('b');
  expect(await pidOf(observers[0]!)).toBe(pid);
  await scene.registry.unregisterObserver('a');
  await scene.registry.unregisterObserver('c');
  expect(isRunning(pid!)).toBe(false);
});

it('one that fails is started again in the same process, and the others go on', async () => {
  const [a, b] = await three();
  const pid = await pidOf(a!);
  expect(await scene.restartedBy(a!, 'throw')).toBe('error');
  expect(await pidOf(a!)).toBe(pid);
  expect(b!.stats()).toMatchObject({ restarts: 0, failed: 0 });
  expect(await told(b!)).toMatchObject({ snapshots: 1, gaps: 0, last: scene.registry.lastSeq });
});

it('one that is slow holds up none of the others', async () => {
  const [a, b, c] = await three();
  await ask(a!, 'slow', 2_000);
  for (let round = 0; round < 6; round++) await scene.commit(200);
  const { lastSeq } = scene.registry;
  await until('the others have all', () => [b!, c!].every((one) => one.stats().cursor === lastSeq));
  expect(a!.stats().cursor).toBeLessThan(lastSeq);
});

it('one that never returns has them all started again', async () => {
  const observers = await three();
  const pid = await pidOf(observers[0]!);
  await ask(observers[0]!, 'next', 'loop');
  await scene.commit(1);
  for (const observer of observers) await scene.restarted(observer);
  await scene.commit(10);
  await scene.registry.settled();
  expect(isRunning(pid)).toBe(false);
  const pids = await Promise.all(observers.map(pidOf));
  expect(new Set(pids).size).toBe(1);
});

it('one whose promise never settles is ended with its process, and the others hear why', async () => {
  const [a, b] = await three();
  await ask(a!, 'next', 'promise');
  await scene.commit(1);
  await scene.restarted(b!);
  expect(a!.stats().reasons[0]?.code).toMatch(hangCodes.waiting);
  expect(b!.stats().reasons[0]?.code).toBe('group');
});

it('one that says something else of its process than the others is refused', async () => {
  await three();
  const other = scene.register({ name: 'd', process: { group: 'together', nice: 3 } });
  await expect(other).rejects.toThrow(
    "observer 'd', option 'process.nice': expected what observer 'a' has, for both are in the process of group 'together'",
  );
});

it('one that has left a group binds nobody, and one that waits to be started again does', async () => {
  const restart = { minBackoffMs: 60_000, maxBackoffMs: 60_000 };
  await scene.registry.close();
  scene = await ProcessScene.begin({ observers: { restart } });
  const [a] = await three();
  process.kill(await pidOf(a!), 'SIGKILL');
  await until('they wait', () => a!.stats().state === 'backoff');
  const join = () => scene.register({ name: 'd', process: { group: 'together', openFiles: 99 } });
  await expect(join()).rejects.toThrow(/'d', option 'process\.openFiles'.*'a'/);
  for (const name of ['a', 'b', 'c']) await scene.registry.unregisterObserver(name);
  expect((await join()).stats().state).toBe('live');
});

it('what they print is said to be their group’s, and of one that is left alone its own', async () => {
  await scene.registry.close();
  const lines: { observer?: string; msg: string }[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line) as (typeof lines)[number]);
  scene = await ProcessScene.begin({ logger: pino({ level: 'info' }, { write }) });
  const [, b] = await three();
  const printed = (text: string) => lines.filter(({ msg }) => msg.endsWith(text));
  await ask(b!, 'print', 'by one of them');
  await until('both are logged', () => printed('by one of them').length === 2);
  for (const line of printed('by one of them')) {
    expect(line).toMatchObject({ msg: '[group together] by one of them' });
    expect(['a', 'b', 'c']).toContain(line.observer);
  }
  for (const name of ['a', 'c']) await scene.registry.unregisterObserver(name);
  await ask(b!, 'print', 'by the last');
  await until('both are logged', () => printed('by the last').length === 2);
  const alone = { observer: 'b', msg: 'by the last' };
  expect(printed('by the last')).toMatchObject([alone, alone]);
});
