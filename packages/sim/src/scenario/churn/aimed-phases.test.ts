import { type ChurnEvent, nodeIdOf } from '@panoptes/testkit';
import { describe, expect, it } from 'vitest';
import { eventsOf, onlineAt } from './scenario-events.fixture.js';

const minute = 60_000;
const hour = 60 * minute;

/** Two classes, whose peers tell by their protocol of which they are. */
const scenario = (phases: string, ofSecond = ''): string =>
  [
    'version: 1',
    'population:',
    '  peers: 120',
    '  classes:',
    '    - { name: a, share: 0.5, capabilities: { protocols: [a] } }',
    `    - { name: b, share: 0.5, capabilities: { protocols: [b] }${ofSecond} }`,
    'sessions: { distribution: exponential, mean: 1h }',
    'updates: { heartbeat: { every: 10m }, trust: { every: 20m } }',
    'topology: { model: none }',
    `phases: [{ kind: steady, name: before, duration: 1h }, ${phases}]`,
  ].join('\n');

/** Events of the peers that are like those of one class. */
function eventsLike(name: string, events: readonly ChurnEvent[]): ChurnEvent[] {
  const ids = new Set(
    events.flatMap((event) =>
      event.kind === 'join' && event.peer.capabilities.protocols[0] === name
        ? [nodeIdOf(event)]
        : [],
    ),
  );
  return events.filter((event) => ids.has(nodeIdOf(event)));
}

const steady = '{ kind: steady, duration: 30m }';
const after = '{ kind: steady, name: after, duration: 30m }';
/** Each as strong as it can be, up to where its keys end. */
const strikes = [
  'kind: regional-outage, duration: 30m, region: 1',
  'kind: partition, duration: 30m, far: 1',
  'kind: mass-departure, duration: 30m, share: 1',
];
const crowds = [
  'kind: flash-crowd, duration: 30m, peers: 90',
  'kind: sybil-flood, duration: 30m, peers: 90, stay: 10h',
];

describe('a phase with a class', () => {
  it.each([...strikes, ...crowds])(
    'leaves peers of other classes undisturbed: %s',
    async (phase) => {
      const usual = await eventsOf(scenario(`${steady}, ${after}`));
      const struck = await eventsOf(scenario(`{ ${phase}, class: b }, ${after}`));
      expect(eventsLike('a', usual).length).toBeGreaterThan(500);
      expect(eventsLike('a', struck)).toEqual(eventsLike('a', usual));
      expect(eventsLike('b', struck)).not.toEqual(eventsLike('b', usual));
      // Without one, they are disturbed; a crowd is like the first class then.
      const all = await eventsOf(scenario(`{ ${phase} }, ${after}`));
      expect(eventsLike('a', all)).not.toEqual(eventsLike('a', usual));
    },
  );

  it.each(strikes)('that is the only one strikes as without: %s', async (phase) => {
    const only = (more: string): string =>
      scenario(`{ ${phase}${more} }, ${after}`)
        .replace('name: a, share: 0.5', 'name: a, share: 1')
        .replace(/ {4}- \{ name: b.*\n/, '');
    expect(await eventsOf(only(', class: a'))).toEqual(await eventsOf(only('')));
  });

  it.each(crowds)('brings peers that are like it, by default like the first: %s', async (phase) => {
    const sizes = async (more: string): Promise<number[]> => {
      const events = await eventsOf(scenario(`{ ${phase}${more} }, ${after}`));
      return ['a', 'b'].map(
        (name) => eventsLike(name, events).filter(({ kind }) => kind === 'join').length,
      );
    };
    const [[a, b], like, unlike] = [
      await sizes(''),
      await sizes(', class: a'),
      await sizes(', class: b'),
    ];
    expect(like).toEqual([a, b]);
    expect(unlike).toEqual([a! - 90, b! + 90]);
  });

  it.each(strikes.slice(0, 2))('cuts off all of it, and who comes meanwhile: %s', async (phase) => {
    const events = eventsLike('b', await eventsOf(scenario(`{ ${phase}, class: b }, ${after}`)));
    expect(onlineAt(events, hour - 1).size).toBeGreaterThan(40);
    expect(onlineAt(events, hour + minute).size).toBe(0);
    const meanwhile = events.filter(
      ({ at, kind }) => at > hour && at < hour + 30 * minute && kind === 'join',
    );
    expect(meanwhile).toEqual([]);
    expect(onlineAt(events, hour + 30 * minute).size).toBeGreaterThan(30);
  });

  it('takes its share of the class away at an even rate', async () => {
    const phase = '{ kind: mass-departure, duration: 10m, share: 0.5, class: b }';
    const events = eventsLike('b', await eventsOf(scenario(`${phase}, ${after}`)));
    const [start, half, end] = [-1, 5 * minute, 10 * minute].map(
      (at) => onlineAt(events, hour + at).size,
    );
    // Others come and go meanwhile.
    expect(Math.abs(half! / start! - 0.75)).toBeLessThan(0.15);
    expect(Math.abs(end! / start! - 0.5)).toBeLessThan(0.2);
  });

  it.each([
    '{ kind: regional-outage, duration: 30m, region: 1, class: b }',
    '{ kind: mass-departure, duration: 1m, share: 1, class: b }, { kind: steady, duration: 1m }',
  ])('strikes the crowds that are like it, and no others: %s', async (strike) => {
    for (const [name, isStruck] of [
      ['b', true],
      ['a', false],
    ] as const) {
      const crowd = `{ kind: flash-crowd, duration: 30m, peers: 90, stay: 100h, class: ${name} }`;
      const events = eventsLike(name, await eventsOf(scenario(`${crowd}, ${strike}`)));
      const [before, within] = [30 * minute - 1, 31 * minute].map(
        (at) => onlineAt(events, hour + at).size,
      );
      expect(before).toBeGreaterThan(120);
      // Of those who came while the others left, a few may be there.
      if (isStruck) expect(within).toBeLessThan(5);
      else expect(within).toBeGreaterThan(120);
    }
  });
});

describe('updates of a class', () => {
  const changes = (events: readonly ChurnEvent[]): string[] => [
    ...new Set(events.flatMap((event) => (event.kind === 'patch' ? Object.keys(event.patch) : []))),
  ];

  it('take the place of the scenario’s for it, and leave other classes undisturbed', async () => {
    const usual = await eventsOf(scenario(steady));
    expect(changes(eventsLike('b', usual)).sort()).toEqual(
      ['dataTransferred', 'dhtInfo', 'lastSeen', 'trustScore'].sort(),
    );
    for (const [updates, kinds] of [
      ['{ metrics: { every: 5m } }', ['connectionMetrics']],
      ['{ tiers: { every: 5m } }', ['tier']],
      ['{}', []],
    ] as const) {
      const own = await eventsOf(scenario(steady, `, updates: ${updates}`));
      expect(changes(eventsLike('b', own))).toEqual(kinds);
      expect(eventsLike('a', own)).toEqual(eventsLike('a', usual));
      // Nor do they change who comes and goes.
      const moves = (events: readonly ChurnEvent[]) =>
        eventsLike('b', events)
          .filter(({ kind }) => kind !== 'patch')
          .map(({ at, kind }) => [at, kind]);
      expect(moves(own)).toEqual(moves(usual));
    }
  });

  it('come at the rate that they say', async () => {
    const own = await eventsOf(scenario(steady, ', updates: { heartbeat: { every: 1m } }'));
    const beats = eventsLike('b', own).filter(({ kind }) => kind === 'patch').length;
    // 60 peers for 90 minutes.
    expect(Math.abs(beats / (60 * 90) - 1)).toBeLessThan(0.25);
  });

  it('hold for the crowds that are like it', async () => {
    const crowd = '{ kind: flash-crowd, duration: 30m, peers: 90, stay: 10h, class: b }';
    const quiet = await eventsOf(scenario(crowd, ', updates: {}'));
    expect(changes(eventsLike('b', quiet))).toEqual([]);
    expect(eventsLike('b', quiet).length).toBeGreaterThan(150);
  });
});
