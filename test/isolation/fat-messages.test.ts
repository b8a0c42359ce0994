import type { ObserverHandle } from '@panoptes/core';
import { type PeerRegistry, createRegistry } from '@panoptes/workers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../fixtures/until.js';

const module = new URL('../fixtures/fat.observer.mjs', import.meta.url);

let registry: PeerRegistry;
let observer: ObserverHandle;

beforeEach(async () => {
  registry = await createRegistry({
    observers: {
      hangTimeoutMs: 60_000,
      memoryLimitMb: 2_000,
      restart: { minBackoffMs: 1, maxBackoffMs: 2 },
    },
  });
  observer = await registry.registerObserver({ module });
});
afterEach(() => registry.close());

/** All that has come of an error, as one text. */
const textOf = (error: unknown): string => {
  const texts: string[] = [];
  for (let at = error; at instanceof Error; at = at.cause) {
    texts.push(at.message, at.stack ?? '', ...Object.values(at).map(String));
  }
  return texts.join('');
};

it.each(['a long text', 'a million links', 'a long node id'])(
  'a command of %s stalls nobody: it is refused',
  async (what) => {
    const outcome = await observer.ask('command', [what], { timeoutMs: 60_000 });
    expect(outcome).toMatchObject({
      commandCode: 'PAYLOAD_REFUSED',
      message: expect.stringMatching(/more than 524288 bytes cannot be sent/) as string,
    });
    expect(observer.stats()).toMatchObject({ restarts: 0, commands: { sent: 0 } });
  },
);

const kinds = [
  'an error with its context',
  'an error with a long message',
  'an error with a long stack',
  'an error of a fat kind',
  'an error whose cause has its context',
  'an error that says how it is written',
  'no error at all',
];

it.each([...kinds.map((kind) => ['throws', kind]), ...kinds.map((kind) => ['rejects', kind])])(
  'what nobody caught arrives cut short: it %s %s',
  async (how, what) => {
    await observer.ask(how, [what], { timeoutMs: 60_000 });
    await until('it was started again', () => observer.stats().restarts === 1);
    const { reasons, lastError } = observer.stats();
    expect(reasons).toMatchObject([
      { code: 'error', message: expect.stringContaining('too much') as string },
    ]);
    expect(textOf(lastError).length).toBeLessThan(100_000);
    expect(lastError).not.toHaveProperty('rows');
  },
);

it('an observer may handle what nobody caught, until its handler throws', async () => {
  await observer.ask('handles', []);
  await until('it was handled', async () => {
    const { caught } = (await observer.ask('caught', [])) as { caught: number };
    return caught === 1;
  });
  expect(await observer.ask('caught', [])).toEqual({ caught: 1, message: 'to be handled' });
  await observer.ask('throwsAgain', []);
  await until('it was started again', () => observer.stats().restarts === 1);
  expect(observer.stats().lastError!.message).toMatch('too much');
  expect(textOf(observer.stats().lastError).length).toBeLessThan(100_000);
});
