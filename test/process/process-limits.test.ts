import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ObserverHandle } from '@panoptes/core';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../fixtures/until.js';
import { ProcessScene, ask, pidOf } from './process-scene.js';

let scene: ProcessScene;
let lines: { observer?: string; msg: string }[];

beforeEach(async () => {
  lines = [];
  const write = (line: string) => void lines.push(JSON.parse(line) as (typeof lines)[number]);
  scene = await ProcessScene.patient({ logger: pino({ level: 'info' }, { write }) });
});
afterEach(() => scene.registry.close());

/** Has it keep so many megabytes in use, outside of its heap. */
const hold = (observer: ObserverHandle, megabytes: number) => ask(observer, 'hold', megabytes);
const warnings = () => lines.filter(({ msg }) => msg.includes('residentLimitMb'));

it('an observer is warned of once when its process has four fifths of what it may, and goes on', async () => {
  const process = { residentLimitMb: 500 };
  const observer = await scene.register({ memoryLimitMb: 2_000, process });
  const pid = await pidOf(observer);
  await hold(observer, 385);
  await until('it was warned of', () => warnings().length > 0);
  // It is looked at again and again.
  await pause(1_000);
  await scene.commit(10);
  await scene.registry.settled();
  expect(await pidOf(observer)).toBe(pid);
  expect(warnings()).toMatchObject([
    { observer: 'contained', msg: expect.stringMatching(/MB in use, of 500/) as string },
  ]);
});

it('one that has more is ended, and all of its group with it: `memory`', async () => {
  const process = { group: 'together', residentLimitMb: 300 };
  const [a, b] = await Promise.all(
    ['a', 'b'].map((name) => scene.register({ name, memoryLimitMb: 2_000, process })),
  );
  await hold(a!, 500).catch(() => undefined);
  for (const observer of [a!, b!]) {
    await scene.restarted(observer);
    expect(observer.stats().reasons.at(-1)?.code).toBe('memory');
    expect(observer.stats().lastError?.message).toMatch(/of 300 at most \(residentLimitMb\)/);
  }
});

it('its heap may grow to a quarter more than its memory limit and some, and no further', async () => {
  const observer = await scene.register({ memoryLimitMb: 100 });
  expect(await ask(observer, 'flags')).toContain('--max-old-space-size=157');
  expect(await scene.restartedBy(observer, 'heapAtOnce')).toBe('memory');
});

it.skipIf(process.platform !== 'linux')('its priority is that which it was given', async () => {
  const observer = await scene.register({ process: { nice: 5 } });
  const pid = await pidOf(observer);
  const nice = execFileSync('ps', ['-o', 'ni=', '-p', String(pid)], { encoding: 'utf8' });
  expect(nice.trim()).toBe('5');
});

it.skipIf(process.platform !== 'linux')(
  'it opens as many files as it may, and no more',
  async () => {
    const observer = await scene.register({ process: { openFiles: 64 } });
    const pid = await pidOf(observer);
    expect(readFileSync(`/proc/${pid}/limits`, 'utf8')).toMatch(/Max open files +64 +64/);
    await expect(ask(observer, 'openAll')).rejects.toMatchObject({
      cause: { remoteCode: 'EMFILE' },
    });
  },
);

it('a limit of open files that the system does not grant is told', async () => {
  const program = fileURLToPath(new URL('../fixtures/few-files-program.mjs', import.meta.url));
  // Who may raise limits, as root, is started without that right.
  const drop = '(ulimit -n 1024) 2>/dev/null && exec setpriv --bounding-set=-sys_resource "$@"';
  const args = ['-c', `ulimit -n 512; ${drop}; exec "$@"`, 'sh', process.execPath, program];
  const { stdout } = await promisify(execFile)('/bin/sh', args);
  expect(stdout).toMatch(/^OBSERVER_START_FAILED .*(?:ulimit|open files)/);
});
