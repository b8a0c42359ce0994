import { hash } from 'node:crypto';
import { type ChurnEvent, nodeIdOf } from '@panoptes/testkit';
import { describe, expect, it } from 'vitest';
import { ChurnTally } from '../../packages/sim/src/driver/churn-tally.js';
import type { ChurnSource } from '../../packages/sim/src/churn/churn-source.js';
import { presets } from '../../packages/sim/src/churn/presets.js';
import { openChurn } from '../../packages/sim/src/scenario/churn/open-churn.js';
import type { Override } from '../../packages/sim/src/scenario/file/scenario-document.js';
import { parseScenario } from '../../packages/sim/src/scenario/file/scenario-file.js';
import { presetScenario } from '../../packages/sim/src/scenario/preset-scenario.js';

const day = 86_400_000;
const hour = 3_600_000;

/** The churn of a preset that is otherwise in some keys. */
function churnOf(preset: string, keys: Readonly<Record<string, unknown>>): Promise<ChurnSource> {
  const overrides: Override[] = Object.entries(keys).map(([key, value]) => ({ key, value }));
  const source = presetScenario(preset, overrides);
  return openChurn(parseScenario(source), source.file);
}

const generate = (preset: string, seed: string, durationMs: number, peers?: number) =>
  churnOf(preset, {
    seed,
    'phases.0.duration': `${durationMs}ms`,
    ...(peers !== undefined && { 'population.peers': peers }),
  });

async function collect(source: ChurnSource): Promise<ChurnEvent[]> {
  const events: ChurnEvent[] = [];
  for await (const event of source.events) events.push(event);
  return events;
}

const mean = (numbers: readonly number[]): number =>
  numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

describe('a preset’s scenario', () => {
  it.each(Object.keys(presets))('of %s is good, and says where its figures come from', (name) => {
    const { about, source, durationMs, meanOnline } = presets[name]!;
    const scenario = parseScenario(presetScenario(name));
    expect(scenario).toMatchObject({
      name,
      population: { peers: Math.round(meanOnline) },
      arrivals: name,
      sessions: name,
      phases: [{ kind: 'steady', duration: Math.round(durationMs) }],
    });
    for (const words of [about, source]) expect(scenario.about).toContain(words);
  });

  it('is refused by name when there is no such preset', () => {
    expect(() => presetScenario('kda')).toThrow("did you mean 'kad'?");
  });
});

describe('a preset’s churn', () => {
  it('is the same, byte for byte, for the same seed, and differs for another', async () => {
    const [once, again, other] = await Promise.all(
      ['1', '1', '2'].map(async (seed) =>
        JSON.stringify(await collect(await generate('kad', seed, hour, 200))),
      ),
    );
    expect(again).toBe(once);
    expect(other).not.toBe(once);
  });

  it('is the same, event by event, as it ever was', async () => {
    const events = await collect(await generate('kad', '1', hour, 200));
    expect(hash('sha256', JSON.stringify(events))).toBe(
      '551e3793f0e3814954c2ee30103b6bdb5419be52ba72dde3d915f75cc1b4e25e',
    );
  });

  it.each([
    ['skype-superpeers', 8 * day, 691],
    ['kad', 6 * hour, 1_000],
    ['bittorrent-flatout', 12 * hour, 500],
  ])(
    'of %s has on average as many peers online as Little’s law says, from the start on',
    async (name, durationMs, peers) => {
      const figures = [];
      for (const seed of ['1', '2', '3', '4', '5']) {
        const tally = new ChurnTally();
        const source = await generate(name, seed, durationMs, peers);
        for await (const event of source.events) tally.count(event);
        figures.push(tally.peers(source.spanMs()).mean);
      }
      expect(Math.abs(mean(figures) / peers - 1)).toBeLessThan(0.04);
    },
  );

  it('of Skype has session quartiles of the published trace', async () => {
    // Sessions that began in the first days and have all ended by the last: none is cut short.
    const joinedAt = new Map<string, number>();
    const lengths: number[] = [];
    for await (const event of (await generate('skype-superpeers', 'quartiles', 40 * day)).events) {
      if (event.kind === 'join') joinedAt.set(event.peer.peerId.nodeId, event.at);
      if (event.kind !== 'leave') continue;
      const from = joinedAt.get(event.nodeId)!;
      if (from > 0 && from < 20 * day) lengths.push((event.at - from) / hour);
    }
    lengths.sort((a, b) => a - b);
    const quartiles = [0.25, 0.5, 0.75].map((q) => lengths[Math.floor(q * lengths.length)]!);
    const weibull = [0.25, 0.5, 0.75].map((q) => 10.86 * (-Math.log(1 - q)) ** (1 / 0.644));
    quartiles.forEach((quartile, at) => {
      expect(Math.abs(quartile / weibull[at]! - 1)).toBeLessThan(0.05);
    });
  });

  it('is consistent: peers join when offline, change and leave when online, in order of time', async () => {
    const online = new Set<string>();
    const kinds = { join: 0, update: 0, patch: 0, leave: 0 };
    let lastAt = 0;
    for await (const event of (await generate('kad', 'consistent', 3 * hour, 300)).events) {
      expect(event.at).toBeGreaterThanOrEqual(lastAt);
      lastAt = event.at;
      kinds[event.kind]++;
      if (event.kind === 'leave') {
        expect(online.delete(event.nodeId)).toBe(true);
        continue;
      }
      const nodeId = nodeIdOf(event);
      expect(online.has(nodeId)).toBe(event.kind !== 'join');
      if (event.kind === 'join') {
        // It hears only peers that are there, and not itself.
        for (const link of event.peer.links) expect(online.has(link.nodeId)).toBe(true);
        online.add(nodeId);
      }
    }
    expect(lastAt).toBeLessThanOrEqual(3 * hour);
    const { join, patch, leave } = kinds;
    for (const count of [join, patch, leave]) expect(count).toBeGreaterThan(100);
  });

  it('gives observers something to do: links, validators, all tiers, changing metrics', async () => {
    const events = await collect(await generate('skype-superpeers', 'variety', day));
    const joins = events.flatMap((event) => (event.kind === 'join' ? [event.peer] : []));
    const patches = events.flatMap((event) => (event.kind === 'patch' ? [event.patch] : []));
    expect(new Set(joins.map((peer) => peer.tier)).size).toBe(5);
    const validators = joins.filter(
      (peer) =>
        peer.authenticated && peer.capabilities.nodeType === 'validator' && peer.trustScore >= 0.7,
    );
    expect(validators.length / joins.length).toBeGreaterThan(0.01);
    expect(mean(joins.map((peer) => peer.links.length))).toBeGreaterThan(1);
    for (const changes of [
      patches.filter(({ lastSeen }) => lastSeen !== undefined),
      patches.filter(({ dataTransferred }) => dataTransferred !== undefined),
      patches.filter(({ connectionMetrics }) => connectionMetrics !== undefined),
    ]) {
      expect(changes.length / patches.length).toBeGreaterThan(0.2);
    }
  });

  it('brings peers back: far fewer peers than sessions', async () => {
    const events = await collect(await generate('skype-superpeers', 'returning', 20 * day));
    const joins = events.flatMap((event) => (event.kind === 'join' ? [event.peer] : []));
    const distinct = new Set(joins.map((peer) => peer.peerId.nodeId)).size;
    expect(distinct).toBeLessThan(2_200);
    expect(joins.length).toBeGreaterThan(15_000);
  });
});
