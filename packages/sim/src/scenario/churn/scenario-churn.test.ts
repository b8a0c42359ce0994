import { createPeer } from '@panoptes/core';
import { type ChurnEvent, nodeIdOf } from '@panoptes/testkit';
import { describe, expect, it } from 'vitest';
import { eventsOf, onlineAt } from './scenario-events.fixture.js';

const minute = 60_000;
const hour = 60 * minute;

/** A small network with everything that goes on by itself. */
const network = (peers: number, phases: string, more = ''): string =>
  [
    'version: 1',
    `population: { peers: ${peers}, availability: 0.5 }`,
    'sessions: { distribution: exponential, mean: 1h }',
    'topology: { model: none }',
    `phases: [${phases}]`,
    more,
  ].join('\n');

const classes = (...extra: string[]): string =>
  [
    'version: 1',
    'population:',
    '  peers: 100',
    `  classes: [{ name: a, share: 0.5 }, ${extra.join(', ')}]`,
    'sessions: { distribution: weibull, shape: 0.6, scale: 1h }',
    'updates: { heartbeat: { every: 20m }, metrics: { every: 30m }, trust: { every: 1h }, tiers: { every: 2h } }',
    'topology: { model: none }',
    'phases: [{ kind: steady, duration: 4h }]',
  ].join('\n');

const isOfClass = (ids: ReadonlySet<string>) => (event: ChurnEvent) => ids.has(nodeIdOf(event));
const idsOf = (events: readonly ChurnEvent[]): Set<string> => new Set(events.map(nodeIdOf));

describe('the churn of a scenario', () => {
  it('is the same for the same seed, and another for another', async () => {
    const text = network(40, '{ kind: steady, duration: 2h }');
    const events = await eventsOf(text);
    expect(await eventsOf(text)).toEqual(events);
    expect(await eventsOf(`${text}\nseed: 2`)).not.toEqual(events);
  });

  it('has whole entries, as createPeer makes them, in all that it can say of a peer', async () => {
    const events = await eventsOf(
      network(40, '{ kind: steady, duration: 2h }', 'updates: { validators: { every: 30m } }'),
    );
    const entries = events.flatMap((event) => ('peer' in event ? [event.peer] : []));
    expect(entries.length).toBeGreaterThan(40);
    for (const entry of entries) expect(createPeer(entry)).toEqual(entry);
  });

  it('has no update that leaves its peer as it was', async () => {
    const still = 'updates: { metrics: { every: 1m, drift: 0.000000001 } }';
    const events = await eventsOf(network(40, '{ kind: steady, duration: 2h }', still));
    const kinds = new Set(events.map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(['join', 'leave']);
  });

  it('of one class is not disturbed by another: each actor has random numbers of its own', async () => {
    const one = await eventsOf(classes('{ name: b, share: 0.5 }'));
    const other = await eventsOf(
      classes('{ name: c, share: 0.3 }', '{ name: d, share: 0.2, sessions: kad }'),
    );
    const common = new Set([...idsOf(one)].filter((id) => idsOf(other).has(id)));
    expect(common.size).toBeGreaterThan(50);
    expect(other.filter(isOfClass(common))).toEqual(one.filter(isOfClass(common)));
  });

  it('is not disturbed by a phase until it begins', async () => {
    const steady = '{ kind: steady, duration: 2h }';
    const alone = await eventsOf(network(60, steady));
    const followed = await eventsOf(
      network(60, `${steady}, { kind: sybil-flood, duration: 1h, peers: 50 }`),
    );
    expect(followed.filter(({ at }) => at <= 2 * hour - 1)).toEqual(
      alone.filter(({ at }) => at <= 2 * hour - 1),
    );
  });

  it('keeps the number of peers that Little’s law asks for', async () => {
    const steady = await eventsOf(network(400, '{ kind: steady, duration: 6h }', 'updates: {}'));
    const sizes = Array.from({ length: 13 }, (_, at) => onlineAt(steady, at * 30 * minute).size);
    // The number is Poisson distributed: 400 ± 20 each.
    for (const size of sizes) expect(Math.abs(size - 400)).toBeLessThan(80);
    expect(new Set(steady.map(({ kind }) => kind))).toEqual(new Set(['join', 'leave']));
  });

  it('grows evenly from no peers while it warms up', async () => {
    const events = await eventsOf(
      network(400, '{ kind: warm-up, duration: 2h }, { kind: steady, duration: 1h }'),
    );
    for (const share of [0.25, 0.5, 0.75, 1, 1.5]) {
      const expected = 400 * Math.min(1, share);
      const size = onlineAt(events, share * 2 * hour).size;
      expect(Math.abs(size - expected)).toBeLessThan(4 * Math.sqrt(expected) + 4);
    }
  });

  it('comes at the rates that the scenario gives for updates', async () => {
    const every = 'updates: { heartbeat: { every: 10m } }';
    const events = await eventsOf(network(300, '{ kind: steady, duration: 4h }', every));
    const updates = events.filter(({ kind }) => kind === 'patch').length;
    // 300 peers, 24 each.
    expect(updates).toBeGreaterThan(0.9 * 7_200);
    expect(updates).toBeLessThan(1.1 * 7_200);
  });
});

describe('a phase', () => {
  const before = '{ kind: steady, duration: 1h }';

  it('of a flash crowd brings its peers, most of them at once, and loses them again', async () => {
    const events = await eventsOf(
      network(
        100,
        `${before}, { kind: flash-crowd, duration: 30m, peers: 300, stay: 5m }, { kind: steady, name: after, duration: 1h }`,
      ),
    );
    const [early, late] = [hour + 10 * minute, hour + 20 * minute].map(
      (at, index) =>
        events.filter(
          (event) => event.kind === 'join' && event.at > at - 10 * minute && event.at <= at,
        ).length - index,
    );
    expect(early).toBeGreaterThan(1.8 * late!);
    expect(onlineAt(events, hour + 5 * minute).size).toBeGreaterThan(160);
    expect(onlineAt(events, 2.5 * hour).size).toBeLessThan(150);
  });

  it('of a regional outage takes the peers of a region together, and brings most of them back', async () => {
    const events = await eventsOf(
      network(
        200,
        `${before}, { kind: regional-outage, duration: 20m, region: 0.3, back: 1 }, { kind: steady, name: after, duration: 10m }`,
      ),
    );
    const [start, end] = [hour, hour + 20 * minute];
    const lost = events.filter(({ at, kind }) => at === start && kind === 'leave');
    const back = events.filter(({ at, kind }) => at === end && kind === 'join');
    expect(lost.length).toBeGreaterThan(35);
    expect(back).toHaveLength(lost.length);
    const places = events.flatMap((event) =>
      event.kind === 'join' && event.at > start && event.at < end
        ? [event.peer.location!.longitude]
        : [],
    );
    const gone = new Set(lost.map((event) => (event.kind === 'leave' ? event.nodeId : '')));
    const region = events.flatMap((event) =>
      event.kind === 'join' && gone.has(event.peer.peerId.nodeId)
        ? [event.peer.location!.longitude]
        : [],
    );
    // No peer comes from where all are gone, allowing for the region lying across the date line.
    const [west, east] = [Math.min(...region), Math.max(...region)];
    if (east - west < 180) {
      expect(places.filter((place) => place > west && place < east)).toEqual([]);
    }
    expect(places.length).toBeGreaterThan(10);
  });

  it('of a partition silences the far side within its timeout, and heals in one burst', async () => {
    const events = await eventsOf(
      network(
        200,
        `${before}, { kind: partition, duration: 30m, far: 0.5, timeout: 1m }, { kind: steady, name: after, duration: 10m }`,
      ),
    );
    const [start, end] = [hour, hour + 30 * minute];
    expect(onlineAt(events, start - 1).size).toBeGreaterThan(160);
    expect(onlineAt(events, start + minute).size).toBeLessThan(130);
    const burst = events.filter(({ at, kind }) => at === end && kind === 'join');
    expect(burst.length).toBeGreaterThan(60);
    expect(onlineAt(events, end).size).toBeGreaterThan(160);
  });

  it('of a sybil flood brings untrusted peers at an even rate', async () => {
    const events = await eventsOf(
      network(50, `${before}, { kind: sybil-flood, duration: 1h, peers: 400, stay: 10h }`),
    );
    const flood = events.filter((event) => event.kind === 'join' && event.peer.trustScore === 0.1);
    expect(flood).toHaveLength(400);
    expect(flood.every((event) => event.kind === 'join' && event.peer.tier === 'untrusted')).toBe(
      true,
    );
    const early = flood.filter(({ at }) => at < 1.5 * hour).length;
    expect(Math.abs(early - 200)).toBeLessThan(50);
  });

  it('of a mass departure takes its share at an even rate', async () => {
    const events = await eventsOf(
      network(400, `${before}, { kind: mass-departure, duration: 10m, share: 0.5 }`, 'updates: {}'),
    );
    const [size, half, end] = [hour - 1, hour + 5 * minute, hour + 10 * minute].map(
      (at) => onlineAt(events, at).size,
    );
    // Others arrive meanwhile.
    expect(Math.abs(half! - 0.75 * size!)).toBeLessThan(0.15 * size!);
    expect(Math.abs(end! - 0.5 * size!)).toBeLessThan(0.2 * size!);
  });

  it('of any kind, one after another, never leaves a peer online twice or gone twice', async () => {
    const kinds = [
      '{ kind: warm-up, duration: 20m }',
      '{ kind: partition, duration: 10m }',
      '{ kind: regional-outage, duration: 10m }',
      '{ kind: flash-crowd, duration: 10m, peers: 80 }',
      '{ kind: mass-departure, duration: 10m }',
      '{ kind: partition, name: again, duration: 10m, timeout: 1h }',
      '{ kind: sybil-flood, duration: 10m, peers: 80, stay: 5m }',
    ];
    for (const seed of [1, 2, 3]) {
      const rotation = 'updates: { validators: { every: 5m, seats: 8 }, heartbeat: { every: 5m } }';
      const events = await eventsOf(network(120, kinds.join(', '), `${rotation}\nseed: ${seed}`));
      expect(onlineAt(events, 2 * hour).size).toBeGreaterThan(10);
    }
  });
});

describe('who validates', () => {
  it('rotates among those who are not untrusted, as many as there are seats', async () => {
    const events = await eventsOf(
      network(
        100,
        '{ kind: steady, duration: 2h }',
        'updates: { validators: { every: 10m, seats: 12, rotate: 0.25 } }',
      ),
    );
    const roles = new Map<string, string | undefined>();
    const counts: number[] = [];
    for (const event of events) {
      if (event.kind === 'leave') roles.delete(event.nodeId);
      else if (event.kind !== 'patch')
        roles.set(event.peer.peerId.nodeId, event.peer.capabilities.nodeType);
      const validators = [...roles.values()].filter((role) => role === 'validator').length;
      if (event.kind === 'update') counts.push(validators);
      if (event.kind === 'update' && event.peer.capabilities.nodeType === 'validator') {
        expect(event.peer.tier).not.toBe('untrusted');
      }
    }
    expect(Math.max(...counts)).toBe(12);
    expect(counts.length).toBeGreaterThan(12 + 11 * 4);
  });
});
