import { BatchUpdate, type PanoptesError } from '@panoptes/core';
import { type PeerRegistry, builtIn, createRegistry } from '@panoptes/workers';
import { expect, it } from 'vitest';
import { type Host, isolatedHosts } from '../conformance/hosts.js';
import { Conduct } from '../fixtures/conduct.mjs';
import { SeededChance } from '../fixtures/seeded-chance.js';
import { until } from '../fixtures/until.js';
import { peer } from './scene.js';

const fixture = (name: string): URL => new URL(`../fixtures/${name}.observer.mjs`, import.meta.url);
const recorder = fixture('recorder');
const kademlia = builtIn('kademlia');

const commands = 600;
const deathEvery = 100;

type Send = (registry: PeerRegistry) => Promise<unknown>;

/** A command about a few of few peers, so that most of them meet peers that are there. */
function randomCommand(chance: SeededChance): Send {
  const someone = () => peer(chance.below(40), { tokensEarned: chance.below(10) });
  const name = `peer-${chance.below(40)}`;
  const batch = new BatchUpdate();
  const members = new Map([someone(), someone(), someone()].map((one) => [one.peerId.nodeId, one]));
  for (const member of members.values()) batch.upsert(member);
  const upserted = someone();
  return chance.pick<Send>([
    (registry) => registry.upsert(upserted),
    (registry) => registry.upsert(upserted),
    (registry) => registry.remove(name),
    (registry) => registry.commitBatch(batch),
  ]);
}

it.each(isolatedHosts)(
  'P1 V4 through vetoes and crashes every observer agrees with a registry that nobody votes on (%s)',
  async (host) => {
    const chance = new SeededChance(`agreed on by a ${host}`);
    const conduct = Conduct.on(host);
    const restart = { minBackoffMs: 1, maxBackoffMs: 1, maxRestarts: 1_000 };
    const observers = { voteTimeoutMs: 100_000, restart };
    const [voted, plain] = [await createRegistry({ observers }), await createRegistry()];
    const voter = await voted.registerObserver({
      module: fixture('voter'),
      host,
      role: 'critical',
      options: { conduct: conduct.memory, isPicky: true },
    });
    const followers = (registry: PeerRegistry, on: Host) =>
      Promise.all([
        registry.registerObserver({ module: recorder, name: 'recorder', host: on }),
        registry.registerObserver({ module: kademlia, name: 'kademlia', host: on }),
      ]);
    // Wherever they are, they come to the same as on threads.
    const [seen, expected] = [await followers(voted, host), await followers(plain, 'thread')];

    const codes = new Map<string, number>();
    for (let sent = 1; sent <= commands; sent++) {
      const send = randomCommand(chance);
      const dies = sent % deathEvery === 0;
      if (dies) conduct.name = 'exits';
      const code = await send(voted).then(
        () => 'committed',
        (error: unknown) => (error as PanoptesError).code,
      );
      codes.set(code, (codes.get(code) ?? 0) + 1);
      if (code === 'committed') await send(plain);
      conduct.name = 'accepts';
      // What comes meanwhile, while nobody is there to vote, is part of the story.
      if (sent % deathEvery === 10) {
        await until('somebody votes', () => voter.state === 'live');
      }
    }

    expect(codes.get('OBSERVER_VETO')).toBeGreaterThan(50);
    expect(codes.get('VOTE_FAILED')).toBeGreaterThan(0);
    expect(codes.get('OBSERVER_UNAVAILABLE')).toBeGreaterThan(0);
    expect(voted.digest()).toBe(plain.digest());
    expect(voted.lastSeq).toBe(plain.lastSeq);
    await Promise.all([voted.settled(), plain.settled()]);
    for (const [at, follower] of seen.entries()) {
      expect(await follower.digest()).toBe(await expected[at]!.digest());
    }
    await Promise.all([voted.close(), plain.close()]);
  },
);
