import type { SystemName } from './bench-document.js';
import { storeTargets } from './store-targets.js';
import { type Goal, type Target, atLeast, atMost } from './target.js';

/*
 * What is to be reached, of 20-field entries on a machine with 2 cores. Of what other systems do too,
 * ratios are what to look at: they were taken in one run.
 */

/** How many times the throughput of another system, with the same observers. */
const against = (observers: number, to: SystemName, what: string, goal: Goal): Target =>
  atLeast('fanout', what, { metric: 'throughput', to, observers }, '×', goal);

const fanoutTargets: readonly Target[] = [
  against(10, 'postMessage', '10 observers, against postMessage per event', [100, 160]),
  against(10, 'BroadcastChannel', '10 observers, against BroadcastChannel', [25, 50]),
  against(10, 'postMessage-batch-100', '10 observers, against postMessage of 100', [35, 60]),
  against(50, 'postMessage', '50 observers, against postMessage per event', [150, 300]),
  against(1, 'postMessage', '1 observer, against postMessage per event', [5, 8]),
  ...(
    [
      [10, [450_000, 700_000]],
      [50, [120_000, 250_000]],
    ] as const
  ).map(([observers, goal]) => {
    const what = `${observers} observers, absolute`;
    return atLeast('fanout', what, { metric: 'throughput', observers }, 'upserts/s', goal);
  }),
];

const registryTargets: readonly Target[] = (
  [
    ['outstanding', 0, 'many outstanding, no observers', [600_000, 1_000_000]],
    ['bulk', 0, 'upsertMany, no observers', [800_000, 1_500_000]],
    ['awaited', 10, 'awaited one by one, 10 best-effort observers', [120_000, 200_000]],
  ] as const
)
  .map(([metric, observers, what, goal]) =>
    atLeast('registry', what, { metric, observers }, 'upserts/s', goal),
  )
  .concat(
    atMost(
      'registry',
      'main thread, processor time an upsert, no observers',
      { metric: `outstanding: registry's thread`, observers: 0 },
      'µs',
      [1.6, 1],
    ),
    atMost('registry', 'heap an upsert', { metric: 'heap an upsert' }, 'B', [400, 200]),
  );

const votesTargets: readonly Target[] = (
  [
    [1, 'awaited', [6_000, 100_000]],
    [3, 'awaited', [6_000, 10_000]],
    [3, 'outstanding', [250_000, 400_000]],
    [10, 'awaited', [3_000, 6_000]],
    [10, 'outstanding', [200_000, 300_000]],
    [50, 'awaited', [400, 1_000]],
    [50, 'outstanding', [50_000, 100_000]],
  ] as const
).map(([observers, metric, goal]) => {
  const how = metric === 'awaited' ? 'awaited one by one' : 'many outstanding';
  const what = `${how}, ${observers} critical ${observers === 1 ? 'observer' : 'observers'}`;
  return atLeast('votes', what, { metric, observers }, 'upserts/s', goal);
});

const latencyTargets: readonly Target[] = [
  ...(
    [
      ['p50', 'median', [250, 100]],
      ['p99', '99th percentile', [3_000, 1_000]],
    ] as const
  ).map(([metric, which, goal]) => {
    const what = `from upsert to the handler at 10 k/s, ${which}`;
    return atMost('latency', what, { metric, observers: 10 }, 'µs', goal);
  }),
  atLeast(
    'latency',
    'a watch beside 50 k upserts/s, changes received',
    { metric: 'watch, changes received' },
    '%',
    [100, 100],
  ),
];

const supervisionTargets: readonly Target[] = [
  atMost(
    'recovery',
    'crash to live again, backoff aside',
    { metric: 'crash to live' },
    'ms',
    [120, 80],
  ),
  atLeast(
    'recovery',
    'throughput of the rest while one of 10 is hung',
    { metric: 'share with one hung', observers: 10 },
    '%',
    [95, 98],
  ),
  atMost(
    'idle',
    'an idle registry with 10 parked observers',
    { metric: 'share of a core', observers: 10 },
    '%',
    [0.3, 0.1],
  ),
];

const memoryTargets: readonly Target[] = [
  atMost(
    'memory',
    'resident memory after all upserts, against after a tenth of them',
    { metric: 'resident growth' },
    '×',
    [1.05, 1.01],
  ),
  atMost(
    'memory',
    'resident memory a peer, 1,000,000 peers',
    { metric: 'resident, a peer', peers: 1_000_000 },
    'B',
    [900, 800],
  ),
];

const scaleTargets: readonly Target[] = [
  atMost(
    'scale',
    'cost an upsert from 1,000 to 1,000,000 peers',
    { metric: 'cost', along: 'peers', from: 1_000, until: 1_000_000 },
    '×',
    [1.8, 1.4],
  ),
  atMost(
    'scale',
    'writer’s CPU an upsert from 1 to 50 best-effort observers',
    { metric: 'writer CPU', along: 'observers', from: 1, until: 50 },
    '×',
    [1.5, 1.1],
  ),
];

/** What an operation may cost among a million peers, in microseconds of the registry's thread. */
const operationTargets: readonly Target[] = (
  [
    ['upsert of a known peer', 4, 2],
    ['update with numbers', 4, 2],
    ['updateMetrics', 4, 2],
    ['updateTrust', 4, 2],
    ['touch', 2, 1],
    ['update with a function', 6, 4],
    ['createPeer', 1, 0.5],
    ['add', 4, 3],
    ['remove', 2, 1],
    ['add at the cap', 5, 4],
    ['batch of 100, a change', 3, 2],
    ['get', 4, 2],
    ['one field by a view', 0.5, 0.25],
    ['closest 20 in the DHT, entries', 60, 40],
    ['closest 20 in the DHT, views', 20, 10],
    ['first 100 of a tier', 400, 40],
    ['first 100 authenticated ones', 400, 40],
    ['all peers, one field each, a peer', 0.3, 0.15],
    ['digest', 100, 1],
  ] as const
).map(([metric, target, stretch]) => {
  const what = `${metric}, among 1,000,000`;
  return atMost('operations', what, { metric, peers: 1_000_000 }, 'µs', [target, stretch]);
});

/** How operations compare to an upsert, and grow: the same on any machine. */
const operationRatios: readonly Target[] = [
  ...(
    [
      ['update with numbers', [1.2, 1]],
      ['updateMetrics', [1.2, 1]],
      ['updateTrust', [1.2, 1]],
      ['touch', [1, 0.5]],
      ['createPeer', [1, 0.5]],
    ] as const
  ).map(([metric, goal]) => {
    const figure = { metric, times: 'upsert of a known peer', peers: 10_000 };
    return atMost('operations', `${metric}, in upserts, among 10,000`, figure, '×', goal);
  }),
  atMost(
    'operations',
    'closest 20 in the DHT, entries, from 10,000 to 100,000 peers',
    {
      metric: 'closest 20 in the DHT, entries',
      along: 'peers',
      from: 10_000,
      until: 100_000,
    },
    '×',
    [3, 1.2],
  ),
];

const observersTargets: readonly Target[] = (
  [
    ['kademlia: registered', 100_000, 'ms', [400, 200]],
    ['kademlia: registered', 1_000_000, 'ms', [3_000, 1_500]],
    ['kademlia: digest', 1_000_000, 'ms', [50, 5]],
    ['mesh: digest', 1_000_000, 'ms', [50, 5]],
    ['validators: digest', 1_000_000, 'ms', [50, 5]],
    ['kademlia: closest 20, one by one', 1_000_000, 'µs', [150, 100]],
    ['kademlia: closest 20, 64 at once', 1_000_000, 'µs', [40, 20]],
  ] as const
).map(([metric, peers, unit, goal]) => {
  const what = `${metric}, among ${peers.toLocaleString('en-US')}`;
  return atMost('observers', what, { metric, peers }, unit, goal);
});

const simulationTarget = atLeast(
  'simulation',
  'a network’s hour before 3 observers without checks, against a Map on one thread',
  { metric: 'checks none', to: 'plain-map', observers: 3 },
  '×',
  [0.5, 1],
);

const dashboardTarget = atLeast(
  'dashboard',
  '10 observers with a dashboard that two look at, against none',
  { metric: 'throughput', to: 'unwatched', observers: 10 },
  '×',
  [0.97, 0.99],
);

const processesTarget = atLeast(
  'processes',
  '10 observers in processes, against 10 on threads',
  { metric: 'throughput', to: 'threads', observers: 10 },
  '×',
  [0.5, 0.7],
);

/** All of them, in the order of the suites. */
export const targets: readonly Target[] = [
  ...fanoutTargets,
  ...registryTargets,
  ...votesTargets,
  ...latencyTargets,
  ...supervisionTargets,
  ...memoryTargets,
  ...scaleTargets,
  ...operationTargets,
  ...operationRatios,
  ...observersTargets,
  simulationTarget,
  dashboardTarget,
  processesTarget,
  ...storeTargets,
];
