import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Subscription } from '@panoptes/core';
import { type GivenEvent, simulate } from '@panoptes/sim';
import { afterAll, describe, expect, it } from 'vitest';
import { handedModule } from '../fixtures/handed-module.js';
import { commandSession, jsonOf } from '../fixtures/panoptes-command.js';
import { peerNamed } from '../fixtures/random-traffic.js';

const json = jsonOf(commandSession());
const tier1Peers = new URL('../fixtures/tier1-peers.observer.mjs', import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'panoptes-subscribing-'));
afterAll(() => rmSync(folder, { recursive: true }));

const tiers = ['tier1', 'tier2'] as const;
const subscriptions: Readonly<Record<string, Subscription>> = {
  kinds: { kinds: ['PeerAdded', 'PeerRemoved'] },
  tiers: { tiers: ['tier1'] },
  methods: { discoveryMethods: ['dht'] },
  flags: { authenticated: true, quantumSecure: false },
  all: { kinds: ['PeerUpdated'], tiers: ['tier1'], authenticated: true },
  nothing: { tiers: ['tier4'] },
};

const observers = Object.entries(subscriptions).map(([name, wanted]) => ({
  name,
  module: handedModule(wanted),
}));

/** Peers that come, enter and leave every set again and again, and go. */
function* churn(): Generator<GivenEvent> {
  const count = 40;
  let at = 0;
  for (let number = 0; number < count; number++) {
    const tier = tiers[number % 2]!;
    yield { at: at++, kind: 'join', peer: peerNamed(`p${number}`, { tier }) };
  }
  for (let round = 0; round < 50; round++) {
    for (let number = 0; number < count; number++) {
      const coins = round * 7 + number;
      const patch = {
        tier: tiers[coins % 2]!,
        authenticated: coins % 3 === 0,
        quantumSecure: coins % 5 === 0,
        discoveryMethod: coins % 4 === 0 ? 'dht' : 'manual',
        trustScore: (coins % 10) / 10,
      } as const;
      yield { at: at++, kind: 'patch', nodeId: `p${number}`, patch };
    }
  }
  for (let number = 0; number < count; number += 2) {
    yield { at: at++, kind: 'leave', nodeId: `p${number}` };
  }
}

describe('a run of observers that subscribe', () => {
  it('passes: the model hands each of them what it subscribes to, and the time of all that passed', async () => {
    const run = await simulate({ source: churn(), observers, checks: 'full' });
    expect(run.observers.map(({ name, problem }) => ({ name, problem }))).toEqual(
      observers.map(({ name }) => ({ name, problem: undefined })),
    );
    expect(run.verdict).toBe('pass');
    const told = run.observers.map(({ digest }) => digest!.split(' '));
    // Each got something else, and some of it; the last got nothing, and knows how late it is.
    const changes = told.map(([count]) => Number(count));
    expect(changes.slice(0, -1).every((count) => count > 0 && count < run.events)).toBe(true);
    expect(new Set(changes).size).toBe(observers.length);
    expect(changes.at(-1)).toBe(0);
    expect(new Set(told.map(([, now]) => now)).size).toBe(1);
  });

  it.each([
    ['the model', true, ['tier1-peers', 'handed']],
    // One that started afresh has not been handed the same, and must know the same peers.
    ['those that start afresh', false, ['tier1-peers']],
  ])('passes by the command, compared with %s', async (_, model, names) => {
    const scenario = join(folder, `model-${model}.json`);
    writeFileSync(
      join(folder, 'handed.observer.mjs'),
      `export { default } from ${JSON.stringify(handedModule(subscriptions['tiers']!).href)};\n`,
    );
    const modules: Readonly<Record<string, string>> = {
      'tier1-peers': fileURLToPath(tier1Peers),
      handed: join(folder, 'handed.observer.mjs'),
    };
    writeFileSync(
      scenario,
      JSON.stringify({
        version: 1,
        population: { peers: 200 },
        updates: { tiers: { every: '2m' }, trust: { every: '5m' } },
        phases: [{ kind: 'steady', duration: '1h' }],
        checks: { level: 'full', model },
        observers: ['mesh', ...names.map((name) => ({ module: modules[name], name, count: 2 }))],
      }),
    );
    const { verdict, observers: all } = await json('run', scenario);
    expect(verdict).toBe('pass');
    expect(all.map(({ digestMatches }) => digestMatches)).toEqual(all.map(() => true));
    const digests = new Set(all.map(({ digest }) => digest));
    expect(digests.size).toBe(1 + names.length);
  });
});
