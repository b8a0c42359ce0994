import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createRegistry } from '@panoptes/workers';
import { expect, it } from 'vitest';
import { peerNamed } from '../fixtures/random-traffic.js';
import { threadCount } from '../fixtures/threads.js';

const program = fileURLToPath(new URL('../fixtures/closing-program.mjs', import.meta.url));
const recorder = new URL('../fixtures/recorder.observer.mjs', import.meta.url);

/** Runs the program to its own end; one that does not come to it is killed, and so fails. */
const linesOf = async (way: string): Promise<string[]> => {
  const run = promisify(execFile)(process.execPath, [program, way], { timeout: 100_000 });
  const { stdout, stderr } = await run;
  expect(stderr).toBe('');
  return stdout.trimEnd().split('\n');
};

const goodEnd = ['1000 committed', '1000,1000,1000 seen', 'REGISTRY_CLOSED', 'REGISTRY_CLOSED'];

it.each(['idle', 'hung', 'backoff', 'starting'])(
  'after close() a process ends by itself, with code 0 and everything committed (%s)',
  async (way) => {
    expect(await linesOf(way)).toEqual(goodEnd);
  },
);

it('a question that nobody answers is answered by close(), before the process ends', async () => {
  const [error, ...others] = await linesOf('asking');
  expect(error).toMatch(
    /^(?:OBSERVER_CRASHED|REGISTRY_CLOSED|OBSERVER_UNAVAILABLE|QUERY_TIMEOUT|QUERY_FAILED)$/,
  );
  expect(others).toEqual(goodEnd);
});

it('close() leaves no thread', async () => {
  const before = threadCount();
  const registry = await createRegistry();
  for (const name of ['a', 'b', 'c']) await registry.registerObserver({ module: recorder, name });
  expect(threadCount()).toBe(before + 3);
  await registry.upsert(peerNamed('alice'));
  await registry.unregisterObserver('b');
  expect(threadCount()).toBe(before + 2);
  await registry.close();
  expect(threadCount()).toBe(before);
  expect(registry.getObserverStats().observers).toEqual([]);
});

it('close() while an observer is starting leaves no thread, and its registration settles', async () => {
  const before = threadCount();
  for (let round = 0; round < 5; round++) {
    const registry = await createRegistry();
    const registration = registry.registerObserver({ module: recorder });
    await registry.close();
    await Promise.allSettled([registration]);
    expect(threadCount()).toBe(before);
  }
});
