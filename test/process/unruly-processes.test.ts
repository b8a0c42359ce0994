import type { ObserverHandle } from '@panoptes/core';
import { type PeerRegistry, createRegistry } from '@panoptes/workers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fileURLToPath } from 'node:url';
import { hangCodes } from '../fixtures/hang-codes.js';
import { peerNamed } from '../fixtures/random-traffic.js';
import { until } from '../fixtures/until.js';

const unruly = fileURLToPath(new URL('../fixtures/unruly-process.mjs', import.meta.url));
const module = new URL('../fixtures/tally.observer.mjs', import.meta.url);

let registry: PeerRegistry;
/** On a thread, beside the one that breaks the protocol. */
let witness: ObserverHandle;
beforeEach(async () => {
  registry = await createRegistry({
    logger: false,
    observers: {
      startTimeoutMs: 10_000,
      hangTimeoutMs: 2_000,
      restart: { minBackoffMs: 1, maxBackoffMs: 2 },
    },
  });
  witness = await registry.registerObserver({ module, name: 'witness' });
});
afterEach(() => registry.close());

const register = (how: string, restart: 'temporary' | 'permanent' = 'temporary') =>
  registry.registerObserver({
    module,
    name: 'unruly',
    host: 'process',
    restart,
    role: how === 'votes on nothing' ? 'critical' : 'best-effort',
    process: { command: [process.execPath, unruly, how] },
  });

const ended = (observer: ObserverHandle): Promise<void> =>
  until('it has ended', () => ['crashed', 'stopped'].includes(observer.stats().state));

/** Nobody else has noticed anything. */
async function expectOthersAtWork(): Promise<void> {
  for (let i = 0; i < 50; i++) await registry.upsert(peerNamed(`later ${i}`));
  await until('the witness has all', () => witness.stats().cursor === registry.lastSeq);
  expect(witness.stats()).toMatchObject({ state: 'live', restarts: 0, failed: 0, resyncs: 0 });
}

it.each([
  'a kind that there is not',
  'a frame of the other way',
  'a length of 4 GB',
  'a frame on a channel that it never had',
  'an end of nobody',
  'another hello',
  'an answer to nothing',
  'an answer that is no JSON',
  'that it has handled what was not sent',
  'half a frame',
  'votes on nothing',
  'votes without being asked',
  'stored state without a store',
  'more commands than may wait',
  'commands without reading an outcome',
  'signs of life without end',
  'bytes at random',
])('a process that sends %s is ended for that, and harms nobody', async (how) => {
  const observer = await register(how);
  // One that votes breaks them before that is committed.
  await registry.upsert(peerNamed('first')).catch(() => undefined);
  await ended(observer);
  const { reasons, lastError } = observer.stats();
  expect(reasons.map(({ code }) => code)).toEqual(['protocol']);
  expect(lastError?.message).toContain('its process sent what none may');
  await expectOthersAtWork();
});

it.each([
  ['a wrong hello', /hello of protocol 99/],
  ['a frame before its hello', /a frame of kind 40/],
])('P4 a process that begins with %s is refused, and why is said', async (how, message) => {
  await expect(register(how)).rejects.toThrow(message);
  await expectOthersAtWork();
});

it('P4 a process that says for ever that it turns is ended as one whose handler does not settle', async () => {
  const observer = await register('that it turns, and no more');
  await registry.upsert(peerNamed('first'));
  await ended(observer);
  expect(observer.stats().reasons[0]!.code).toMatch(hangCodes.waiting);
  await expectOthersAtWork();
});

it('a process that prints without end goes on, and harms nobody', async () => {
  const observer = await register('text without end');
  await registry.upsert(peerNamed('first'));
  await until('lines were lost', () => observer.stats().outputLost > 1_000);
  await expectOthersAtWork();
  await until('it has all', () => observer.stats().cursor === registry.lastSeq);
  expect(observer.stats()).toMatchObject({ state: 'live', restarts: 0 });
});

it('a program that is not there is said to be missing', async () => {
  const command = ['no-such-program-anywhere'];
  const observer = { module, name: 'missing', host: 'process', process: { command } } as const;
  await expect(registry.registerObserver(observer)).rejects.toThrow(
    /no-such-program-anywhere cannot be started.*ENOENT/,
  );
  await expectOthersAtWork();
});

it('answers in JSON are values like others', async () => {
  const observer = await register('nothing of that');
  const answer = await observer.ask('echo', [1, 'a', { b: [null] }]);
  expect(answer).toEqual([1, 'a', { b: [null] }]);
  expect(await observer.digest()).toBe('none');
});
