import { ObserverVetoError } from '@panoptes/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { peerNamed } from '../fixtures/random-traffic.js';
import { ProcessScene, ask, told } from './process-scene.js';

let scene: ProcessScene;
beforeEach(async () => {
  scene = await ProcessScene.begin({
    observers: {
      voteTimeoutMs: 100_000,
      hangTimeoutMs: 1_000,
      restart: { minBackoffMs: 1, maxBackoffMs: 2, maxRestarts: 100 },
    },
  });
});
afterEach(() => scene.registry.close());

it('an observer in a process votes on what it follows, and hears what was not committed', async () => {
  const { registry } = scene;
  const voter = await scene.register({ role: 'critical' });
  await scene.commit(300);
  expect(await registry.upsert(peerNamed('good'))).toMatchObject({ change: 'added' });
  const refusal = await registry.upsert(peerNamed('bad')).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(ObserverVetoError);
  expect(refusal).toMatchObject({ observer: voter.name, reason: 'bad', details: { n: 1 } });
  expect(await registry.upsert(peerNamed('good', { hopCount: 2 }))).toMatchObject({
    change: 'updated',
  });
  await registry.settled();
  expect(await told(voter)).toMatchObject({ seqs: 302, gaps: 0, aborted: 1 });
  expect(voter.stats().votes).toMatchObject({ votes: 303, timeouts: 0, unknown: 0, late: 0 });
});

it('one that dies while it is asked is started again, and the registry goes on', async () => {
  const { registry } = scene;
  const voter = await scene.register({ role: 'critical', onUnavailable: 'wait' });
  await ask(voter, 'next', 'abort');
  await registry.upsert(peerNamed('asked')).catch(() => undefined);
  await scene.restarted(voter);
  expect(await registry.upsert(peerNamed('later'))).toMatchObject({ change: 'added' });
  expect(voter.stats().reasons[0]?.code).toBe('signal-SIGABRT');
});
