import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hangCodes } from '../fixtures/hang-codes.js';
import { isRunning } from '../fixtures/processes.js';
import { ProcessScene, ask, pidOf, told, zombiesOf } from './process-scene.js';

let scene: ProcessScene;
beforeEach(async () => {
  scene = await ProcessScene.begin();
});
afterEach(() => scene.registry.close());

it.each([
  ['throw', /^error$/],
  ['later', /^error$/],
  ['exit', /^exit-3$/],
  ['exit0', /^exit-0$/],
  ['abort', /^signal-SIGABRT$/],
  ['segfault', /^signal-SIGSEGV$/],
  ['loop', hangCodes.busy],
  ['wait', hangCodes.busy],
  ['child', hangCodes.busy],
  ['promise', hangCodes.waiting],
])('a process that does %s is started again, and why is said: %s', async (deed, code) => {
  const { registry } = scene;
  const observer = await scene.register();
  const witness = await scene.register({ name: 'witness' });
  const pid = await pidOf(observer);
  expect(await scene.restartedBy(observer, deed)).toMatch(code);
  expect(isRunning(pid)).toBe(false);
  for (const one of [observer, witness]) {
    expect(await told(one)).toMatchObject({ snapshots: 1, gaps: 0, last: registry.lastSeq });
  }
  expect(witness.stats()).toMatchObject({ restarts: 0, failed: 0 });
});

describe('memory', () => {
  beforeEach(async () => {
    await scene.registry.close();
    scene = await ProcessScene.patient();
  });

  it.each(['heap', 'buffers'])(
    'one that takes too much memory (%s) is started again',
    async (deed) => {
      const observer = await scene.register({ memoryLimitMb: 96 });
      expect(await scene.restartedBy(observer, deed)).toBe('memory');
    },
  );

  it('one that takes more than all of its process may is ended for that', async () => {
    const process = { residentLimitMb: 200 };
    const observer = await scene.register({ memoryLimitMb: 2_000, process });
    expect(await scene.restartedBy(observer, 'buffers')).toBe('memory');
    expect(observer.stats().lastError?.message).toContain('residentLimitMb');
  });
});

it('one that is killed from outside is started again, and leaves no zombie, however often', async () => {
  const observer = await scene.register();
  for (let round = 1; round <= 8; round++) {
    process.kill(await ask<number>(observer, 'pid'), 'SIGKILL');
    await scene.restarted(observer, round);
  }
  expect(observer.stats().reasons.map(({ code }) => code)).toEqual(
    Array.from({ length: 8 }, () => 'signal-SIGKILL'),
  );
  expect(zombiesOf(process.pid)).toEqual([]);
});
