import { RegistryFailedError } from '@panoptes/core';
import { type CreateRegistryOptions, createRegistry } from '@panoptes/workers';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { type Host, isolatedHosts } from '../conformance/hosts.js';
import { BlackBox } from '../fixtures/black-box.mjs';
import { peerNamed } from '../fixtures/random-traffic.js';
import { placesOf } from '../fixtures/threads.js';
import { until } from '../fixtures/until.js';

const hostile = new URL('../fixtures/hostile.observer.mjs', import.meta.url);
const recorder = new URL('../fixtures/recorder.observer.mjs', import.meta.url);

const holding = (host: Host) => ({ hold: BlackBox.empty(1, host).memory });

/** Breaks what the supervisor uses; it comes upon that when the next observer dies. */
const bugs: Readonly<Record<string, (broken: () => boolean) => CreateRegistryOptions>> = {
  'a policy that throws': (broken) => ({
    chance: () => {
      if (broken()) throw new Error('a bug');
      return 0;
    },
  }),
  'a logger that throws': (broken) => ({
    logger: pino(
      { level: 'info' },
      {
        write() {
          if (broken()) throw new Error('a bug');
        },
      },
    ),
  }),
};

describe.each(isolatedHosts)('P1 a bug in the supervisor (%s)', (host) => {
  it.each(Object.entries(bugs))(
    'S16 %s fails the registry fast: nothing waits, nothing is left, nothing goes on',
    async (_, optionsOf) => {
      const before = placesOf(host);
      let isBroken = false;
      const registry = await createRegistry(optionsOf(() => isBroken));
      const well = await registry.registerObserver({ module: recorder, name: 'well', host });
      const sick = await registry.registerObserver({
        module: hostile,
        host,
        options: holding(host),
      });
      await registry.upsert(peerNamed('alice'));
      const watch = registry.watch();
      const never = { timeoutMs: 600_000 };
      const waiting = Promise.allSettled([
        watch.next(),
        sick.ask('never', [], never),
        registry.settled(2, never),
        registry.registerObserver({ module: recorder, name: 'late', host }),
      ]);

      isBroken = true;
      await sick.ask('exits', [3]).catch(() => undefined);
      await until('it failed', () => registry.failure.aborted);

      const [watched, , settled, late] = await waiting;
      const failure = { status: 'rejected', reason: { code: 'REGISTRY_FAILED' } };
      expect([watched, settled]).toMatchObject([failure, failure]);
      // It may have been live the moment before.
      if (late.status === 'rejected') expect(late.reason).toMatchObject(failure.reason);
      expect(await well.ended).toMatchObject({ code: 'failed' });
      await sick.ended;
      await until('nothing of them runs', () => placesOf(host) === before);

      expect(registry.state).toBe('failed');
      for (const refused of [
        registry.upsert(peerNamed('bob')),
        registry.settled(),
        registry.registerObserver({ module: recorder, name: 'next', host }),
        well.ask('size', []),
      ]) {
        await expect(refused).rejects.toBeInstanceOf(RegistryFailedError);
      }
      await registry.close();
      expect(registry.state).toBe('failed');
    },
  );
});

it('S16 a failure is logged, with its code and its cause', async () => {
  const logged: Record<string, unknown>[] = [];
  const write = (line: string): void =>
    void logged.push(JSON.parse(line) as Record<string, unknown>);
  let hasOpened = false;
  const registry = await createRegistry({
    logger: pino({ level: 'info' }, { write }),
    chance: () => {
      if (hasOpened) throw new Error('no chance');
      return 0;
    },
  });
  hasOpened = true;
  const sick = await registry.registerObserver({ module: hostile, options: holding('thread') });
  await sick.ask('exits', [3]).catch(() => undefined);
  await until('it failed', () => registry.failure.aborted);
  expect(logged).toContainEqual(
    expect.objectContaining({
      level: 60,
      code: 'REGISTRY_FAILED',
      err: expect.objectContaining({ message: 'no chance' }) as unknown,
    }),
  );
  await registry.close();
});
