import { type ChurnEvent, nodeIdOf } from '@panoptes/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventsOf, onlineAt } from './scenario-events.fixture.js';

const minute = 60_000;

/** Two classes of peers that stay for long, and phases beside a day of nothing but them. */
const scenario = (phases: readonly string[], more = 'updates: {}', mean = '100h'): string =>
  [
    'version: 1',
    'population:',
    '  peers: 120',
    '  classes:',
    '    - { name: a, share: 0.5, capabilities: { protocols: [a] } }',
    '    - { name: b, share: 0.5, capabilities: { protocols: [b] } }',
    `sessions: { distribution: exponential, mean: ${mean} }`,
    'topology: { model: none }',
    `phases: [${['{ kind: steady, duration: 2h }', ...phases].map((one) => `\n  ${one}`).join(',')}]`,
    more,
  ].join('\n');

const outage = (name: string, from: number, lasts: number, more: string): string =>
  `{ kind: regional-outage, name: ${name}, starts: ${from}m, duration: ${lasts}m, ${more} }`;
const partition = (name: string, from: number, lasts: number, more = 'far: 1'): string =>
  `{ kind: partition, name: ${name}, starts: ${from}m, duration: ${lasts}m, timeout: 1ms, ${more} }`;

/** Times, in minutes, at which peers come or go. */
const minutesOf = (kind: ChurnEvent['kind'], events: readonly ChurnEvent[]): number[] => [
  ...new Set(events.filter((one) => one.kind === kind).map(({ at }) => Math.round(at / minute))),
];

/** Without the few that come and go by themselves meanwhile. */
const inBursts = (kind: ChurnEvent['kind'], events: readonly ChurnEvent[]): number[] =>
  minutesOf(kind, events).filter(
    (at) =>
      events.filter((one) => one.kind === kind && Math.round(one.at / minute) === at).length > 15,
  );

describe('phases that are at the same time', () => {
  it('are those of a list without times, when the times are the same', async () => {
    const list = (third: string): string[] => [
      '{ kind: partition, duration: 10m }',
      `{ kind: flash-crowd, duration: 20m, peers: 30${third} }`,
      '{ kind: mass-departure, duration: 10m }',
    ];
    const events = await eventsOf(scenario(list('')));
    expect(await eventsOf(scenario(list(', starts: 130m')))).toEqual(events);
    expect(await eventsOf(scenario(list(', starts: 125m')))).not.toEqual(events);
  });

  it('leave the course of a crowd as it is alone', async () => {
    const crowd = '{ kind: flash-crowd, name: crowd, starts: 30m, duration: 60m, peers: 80 }';
    const flood = '{ kind: sybil-flood, starts: 50m, duration: 60m, peers: 80, stay: 10h }';
    const [alone, none, both] = [
      await eventsOf(scenario([crowd])),
      await eventsOf(scenario([])),
      await eventsOf(scenario([crowd, flood])),
    ];
    const usual = new Set(none.map(nodeIdOf));
    const crowded = alone.filter((event) => !usual.has(nodeIdOf(event)));
    const ids = new Set(crowded.map(nodeIdOf));
    expect(ids.size).toBe(80);
    expect(both.filter((event) => ids.has(nodeIdOf(event)))).toEqual(crowded);
  });

  it('end with the last of them, and have usual churn in the gaps', async () => {
    const heard = 'updates: { heartbeat: { every: 5m } }';
    const text = scenario(
      [
        '{ kind: steady, name: later, starts: 4h, duration: 1h }',
        outage('o', 60, 200, 'region: 1, back: 1'),
      ],
      heard,
    );
    const events = await eventsOf(text);
    expect(Math.ceil(events.at(-1)!.at / (60 * minute))).toBe(5);
    // Both the outage and what is back of it go on after the first phase.
    expect([onlineAt(events, 200 * minute).size, onlineAt(events, 270 * minute).size > 90]).toEqual(
      [0, true],
    );
    const early = await eventsOf(
      scenario(['{ kind: steady, name: later, starts: 3h, duration: 1h }'], heard),
    );
    const inGap = early.filter(({ at }) => at > 120 * minute && at < 180 * minute);
    expect(inGap.length / (60 * 24)).toBeGreaterThan(0.8);
  });

  it('may begin while the network warms up', async () => {
    const warming = scenario([outage('o', 20, 30, 'region: 1, class: b')]).replace(
      'steady',
      'warm-up',
    );
    const events = await eventsOf(warming);
    const [within, end] = [40, 110].map((at) => onlineAt(events, at * minute).size);
    // 60 of a come up in 120 minutes; of b, who would have come up meanwhile does not.
    expect(Math.abs(within! - 20)).toBeLessThan(4);
    expect(end!).toBeGreaterThan(80);
  });
});

describe('a peer that several phases keep away', () => {
  it('goes once, and comes back when the last outage is over', async () => {
    const events = await eventsOf(
      scenario([
        outage('first', 10, 40, 'region: 1, back: 1'),
        outage('second', 30, 60, 'region: 1, back: 1'),
      ]),
    );
    expect([inBursts('leave', events), inBursts('join', events)]).toEqual([[10], [0, 90]]);
    const before = onlineAt(events, 10 * minute - 1);
    const after = onlineAt(events, 90 * minute);
    // Sessions stood still meanwhile: all go on where they were.
    expect(after).toEqual(before);
    expect(onlineAt(events, 60 * minute).size).toBe(0);
  });

  it('comes back with the share of the outage that lets it go', async () => {
    const sizes = async (backs: readonly [number, number]): Promise<boolean> => {
      const [first, second] = backs;
      const events = await eventsOf(
        scenario([
          outage('first', 10, 40, `region: 1, back: ${first}`),
          outage('second', 30, 60, `region: 1, back: ${second}`),
        ]),
      );
      return onlineAt(events, 90 * minute).size > 60;
    };
    expect([await sizes([0, 1]), await sizes([1, 0])]).toEqual([true, false]);
  });

  it('is kept by an inner outage no longer than by the outer one', async () => {
    const events = await eventsOf(
      scenario([
        outage('outer', 10, 80, 'region: 1, back: 1'),
        outage('inner', 30, 20, 'region: 1, back: 0'),
      ]),
    );
    expect([inBursts('leave', events), inBursts('join', events)]).toEqual([[10], [0, 90]]);
    expect(onlineAt(events, 90 * minute)).toEqual(onlineAt(events, 10 * minute - 1));
  });

  it('is of one class where each outage has its own', async () => {
    const events = await eventsOf(
      scenario([
        outage('of-a', 10, 40, 'region: 1, back: 1, class: a'),
        outage('of-b', 30, 60, 'region: 1, back: 1, class: b'),
      ]),
    );
    expect([inBursts('leave', events), inBursts('join', events)]).toEqual([
      [10, 30],
      [0, 50, 90],
    ]);
  });

  it('is heard again when the last partition is over', async () => {
    const events = await eventsOf(
      scenario([partition('first', 10, 40), partition('second', 30, 60)]),
    );
    expect([inBursts('leave', events), inBursts('join', events)]).toEqual([[10], [0, 90]]);
    expect(onlineAt(events, 60 * minute).size).toBe(0);
  });

  it('is heard by as many as no partition holds any more', async () => {
    const events = await eventsOf(
      scenario([partition('far', 10, 40, 'far: 1'), partition('near', 30, 60, 'far: 0.5')]),
    );
    expect([inBursts('leave', events), inBursts('join', events)]).toEqual([[10], [0, 50, 90]]);
    const sizes = [40, 60, 91].map((at) => onlineAt(events, at * minute).size);
    expect(sizes[0]).toBe(0);
    expect(Math.abs(sizes[1]! - sizes[2]! / 2)).toBeLessThan(25);
  });

  it.each([
    [
      'a partition within an outage',
      partition('p', 30, 20),
      outage('o', 10, 80, 'region: 1, back: 1'),
      90,
    ],
    [
      'an outage within a partition',
      partition('p', 10, 80),
      outage('o', 30, 20, 'region: 1, back: 1'),
      90,
    ],
    [
      'a partition that outlasts an outage',
      partition('p', 30, 60),
      outage('o', 10, 40, 'region: 1, back: 1'),
      90,
    ],
    [
      'an outage that outlasts a partition',
      partition('p', 10, 40),
      outage('o', 30, 60, 'region: 1, back: 1'),
      90,
    ],
  ])('comes back when both are over: %s', async (_, one, other, end) => {
    for (const phases of [
      [one, other],
      [other, one],
    ]) {
      const events = await eventsOf(scenario(phases));
      expect([inBursts('leave', events), inBursts('join', events)]).toEqual([[10], [0, end]]);
    }
  });

  it('does not come back when it was unheard, and the outage lets nobody back', async () => {
    const events = await eventsOf(
      scenario([partition('p', 10, 80), outage('o', 30, 20, 'region: 1, back: 0')]),
    );
    expect(onlineAt(events, 90 * minute).size).toBeLessThan(20);
  });
});

describe('a phase that begins just as another ends', () => {
  it.each([
    [
      'an outage after an outage',
      outage('one', 10, 40, 'region: 1, back: 1'),
      outage('two', 50, 40, 'region: 1, back: 1'),
    ],
    [
      'a partition after an outage',
      outage('one', 10, 40, 'region: 1, back: 1'),
      partition('two', 50, 40),
    ],
    [
      'an outage after a partition',
      partition('one', 10, 40),
      outage('two', 50, 40, 'region: 1, back: 1'),
    ],
    ['a partition after a partition', partition('one', 10, 40), partition('two', 50, 40)],
  ])('finds them gone that it would take, and lets nobody come: %s', async (_, first, second) => {
    const events = await eventsOf(scenario([first, second], 'updates: {}', '10h'));
    const meanwhile = events.filter(({ at }) => at > 11 * minute && at < 90 * minute);
    expect(meanwhile).toEqual([]);
    expect(onlineAt(events, 60 * minute).size).toBe(0);
    expect(onlineAt(events, 90 * minute).size).toBeGreaterThan(80);
  });
});

/** A phase of any kind, at any time of the first hour and a half. */
const anyPhase = fc
  .record({
    kind: fc.constantFrom(
      'regional-outage, region: 0.6, back: 0.7',
      'regional-outage, region: 1, back: 1, class: a',
      'partition, far: 0.7, timeout: 20m',
      'partition, far: 1, timeout: 1ms, class: b',
      'flash-crowd, peers: 40, stay: 5m, class: b',
      'sybil-flood, peers: 40, stay: 5m',
      'mass-departure, share: 0.5',
      'mass-departure, share: 1, class: a',
    ),
    starts: fc.integer({ min: 1, max: 90 }),
    lasts: fc.integer({ min: 1, max: 60 }),
  })
  .map(({ kind, starts, lasts }) => `kind: ${kind}, starts: ${starts}m, duration: ${lasts}m`);

it('phases of any kind at any time never leave a peer online twice or gone twice', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyPhase, { minLength: 2, maxLength: 9 }), async (phases) => {
      const named = phases.map((phase, at) => `{ name: p${at}, ${phase} }`);
      const busy = 'updates: { validators: { every: 5m, seats: 8 }, heartbeat: { every: 10m } }';
      const text = scenario(named, busy, '30m');
      const events = await eventsOf(text);
      // Fails on what cannot be.
      onlineAt(events, Number.POSITIVE_INFINITY);
      expect(await eventsOf(text)).toEqual(events);
      const online = new Set<string>();
      for (const event of events) {
        if (event.kind === 'leave') online.delete(event.nodeId);
        else if (event.kind === 'join') online.add(nodeIdOf(event));
        // Nothing is told of a peer that is not there.
        else expect(online.has(nodeIdOf(event))).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
});
