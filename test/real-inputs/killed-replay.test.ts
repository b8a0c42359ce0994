import type { ObserverHandle } from '@panoptes/core';
import { openTrace } from '@panoptes/sim';
import { builtIn, createRegistry } from '@panoptes/workers';
import { expect, it } from 'vitest';
import { recording } from '../fixtures/panoptes-command.js';
import { SeededChance } from '../fixtures/seeded-chance.js';
import { until } from '../fixtures/until.js';

/** Each kind with options that make two of it the same observer, whatever their names. */
const kinds = [
  ['kademlia', { localId: '0f'.repeat(32) }],
  ['mesh', {}],
  ['validators', {}],
] as const;
const kills = 50;
const comparisons = 12;
const events = 58_434;

it(`built-in observers killed ${kills} times during a replay agree with those that were not`, async (ctx) => {
  const source = await openTrace(recording('skype-superpeers.avt', ctx));
  const registry = await createRegistry({
    peers: { maxPeers: 100_000 },
    observers: { restart: { maxRestarts: 1_000, minBackoffMs: 1, maxBackoffMs: 5 } },
  });
  const pairs: { mortal: ObserverHandle; model: ObserverHandle; deaths: number }[] = [];
  for (const [kind, options] of kinds) {
    const path = `../fixtures/mortal-built-ins.mjs?name=${kind}`;
    const module = new URL(path, import.meta.url);
    pairs.push({
      mortal: await registry.registerObserver({ module, name: kind, options }),
      // The same code without thread, restart or resync: what the other must come to.
      model: await registry.registerObserver({
        module: builtIn(kind),
        name: `${kind} here`,
        options,
        host: 'inline',
        onLag: 'block',
      }),
      deaths: 0,
    });
  }

  /** Whether one that was killed has been noticed to be dead, and is back. */
  const isBack = ({ mortal, deaths }: (typeof pairs)[number]): boolean =>
    mortal.state === 'live' && mortal.stats().restarts === deaths;
  const everyoneIsBack = (): Promise<void> =>
    until('all that were killed were back', () => pairs.every(isBack));
  let sent: Promise<unknown>[] = [];
  const compare = async (): Promise<void> => {
    await Promise.all(sent);
    await everyoneIsBack();
    await registry.settled();
    for (const { mortal, model, deaths } of pairs) {
      const { restarts, incarnation } = mortal.stats();
      expect({ restarts, incarnation }).toEqual({ restarts: deaths, incarnation: deaths + 1 });
      expect([mortal.name, await mortal.digest()]).toEqual([mortal.name, await model.digest()]);
    }
  };
  const chance = new SeededChance('killed replay');
  const moments = (count: number): Set<number> => {
    const set = new Set<number>();
    while (set.size < count) set.add(chance.below(events));
    return set;
  };
  const killAt = moments(kills);
  const compareAt = moments(comparisons);

  let played = 0;
  for await (const event of source.events) {
    sent.push('peer' in event ? registry.upsert(event.peer) : registry.remove(event.nodeId));
    if (sent.length === 256) {
      await Promise.all(sent);
      sent = [];
    }
    if (killAt.has(played)) {
      const victim = chance.pick(pairs);
      await until(`${victim.mortal.name} was back`, () => isBack(victim));
      victim.deaths++;
      // Nobody waits for it to come back: the replay goes on.
      void victim.mortal.ask('exit', [3]).catch(() => undefined);
    }
    if (compareAt.has(played)) await compare();
    played++;
  }
  await compare();
  expect(played).toBe(events);
  expect(pairs.reduce((sum, { deaths }) => sum + deaths, 0)).toBe(kills);
  await registry.close();
});
