import { expect, it } from 'vitest';
import { peerNumbered } from '../../packages/core/src/peers/peer-entry.fixture.js';
import { DataKind } from '../../packages/workers/src/process/frames.js';
import { DrivenChild } from './driven-child.js';
import { SourceLog } from './source-log.js';

const recorder = new URL('../fixtures/recorder.observer.mjs', import.meta.url);

it('an observer in a process loads a snapshot that comes in pieces, follows runs and answers', async () => {
  const log = new SourceLog();
  for (let number = 0; number < 200; number++) await log.registry.upsert(peerNumbered(number));
  const child = await DrivenChild.begin();
  const answer = await child.start(7, recorder);
  expect(answer.queries).toContain('seen');
  expect((await log.load(child, 7, 4_096))[0]).toBe(200);
  await log.registry.remove('peer-3');
  await log.registry.upsert(peerNumbered(900));
  for (const run of log.runs()) await child.handle(7, DataKind.run, run);
  expect(await child.query(7, 'size')).toBe(200);
  expect(await child.query(7, 'add', 2, 3)).toBe(5);
  expect(await child.ask(7, 'digest')).toEqual(expect.any(String));
  await child.ask(7, 'stop');
  child.close('data');
  expect(await child.end()).toBe(0);
});
