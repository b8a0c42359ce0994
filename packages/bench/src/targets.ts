import type { BenchDocument, BenchRow, SuiteName, SystemName } from './bench-document.js';

/** What is to be reached. */
export interface Target {
  readonly suite: SuiteName;
  readonly what: string;
  readonly figure: TargetFigure;
  readonly unit: string;
  readonly aim: 'at least' | 'at most';
  readonly target: number;
  /** What would be better still. */
  readonly stretch: number;
}

/** Where the figure of a target is found. */
export type TargetFigure =
  /** A figure of Panoptes. */
  | { readonly metric: string; readonly observers?: number; readonly peers?: number }
  /** How many times as good Panoptes is as another system. */
  | { readonly metric: string; readonly to: SystemName; readonly observers: number }
  /** How many times a figure of Panoptes grows from one number of observers, or of peers, to another. */
  | {
      readonly metric: string;
      readonly along: 'observers' | 'peers';
      readonly from: number;
      readonly until: number;
    };

/** What an operation may cost among a million peers, in microseconds of the registry's thread. */
const operationTargets = (
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
).map(([metric, target, stretch]): Target => {
  const what = `${metric}, among 1,000,000`;
  const figure = { metric, peers: 1_000_000 };
  return { suite: 'operations', what, figure, unit: 'µs', aim: 'at most', target, stretch };
});

/** The targets, of 20-field entries on a machine with 2 cores. */
export const targets: readonly Target[] = [
  {
    suite: 'fanout',
    what: '10 observers, against postMessage per event',
    figure: { metric: 'throughput', to: 'postMessage', observers: 10 },
    unit: '×',
    aim: 'at least',
    target: 60,
    stretch: 160,
  },
  {
    suite: 'fanout',
    what: '10 observers, against BroadcastChannel',
    figure: { metric: 'throughput', to: 'BroadcastChannel', observers: 10 },
    unit: '×',
    aim: 'at least',
    target: 20,
    stretch: 50,
  },
  {
    suite: 'fanout',
    what: '10 observers, absolute',
    figure: { metric: 'throughput', observers: 10 },
    unit: 'upserts/s',
    aim: 'at least',
    target: 400_000,
    stretch: 1_000_000,
  },
  {
    suite: 'fanout',
    what: '50 observers, absolute',
    figure: { metric: 'throughput', observers: 50 },
    unit: 'upserts/s',
    aim: 'at least',
    target: 200_000,
    stretch: 500_000,
  },
  {
    suite: 'registry',
    what: 'awaited one by one, 10 best-effort observers',
    figure: { metric: 'awaited', observers: 10 },
    unit: 'upserts/s',
    aim: 'at least',
    target: 100_000,
    stretch: 200_000,
  },
  {
    suite: 'votes',
    what: 'awaited one by one, 3 critical observers',
    figure: { metric: 'awaited', observers: 3 },
    unit: 'upserts/s',
    aim: 'at least',
    target: 5_000,
    stretch: 8_000,
  },
  {
    suite: 'votes',
    what: 'awaited one by one, 1 critical observer',
    figure: { metric: 'awaited', observers: 1 },
    unit: 'upserts/s',
    aim: 'at least',
    target: 6_000,
    stretch: 100_000,
  },
  {
    suite: 'votes',
    what: 'many outstanding, 3 critical observers',
    figure: { metric: 'outstanding', observers: 3 },
    unit: 'upserts/s',
    aim: 'at least',
    target: 100_000,
    stretch: 300_000,
  },
  {
    suite: 'latency',
    what: 'from upsert to the handler at 10 k/s, median',
    figure: { metric: 'p50', observers: 10 },
    unit: 'µs',
    aim: 'at most',
    target: 250,
    stretch: 100,
  },
  {
    suite: 'latency',
    what: 'from upsert to the handler at 10 k/s, 99th percentile',
    figure: { metric: 'p99', observers: 10 },
    unit: 'µs',
    aim: 'at most',
    target: 3_000,
    stretch: 1_000,
  },
  {
    suite: 'recovery',
    what: 'crash to live again, backoff aside',
    figure: { metric: 'crash to live' },
    unit: 'ms',
    aim: 'at most',
    target: 250,
    stretch: 120,
  },
  {
    suite: 'recovery',
    what: 'throughput of the rest while one of 10 is hung',
    figure: { metric: 'share with one hung', observers: 10 },
    unit: '%',
    aim: 'at least',
    target: 90,
    stretch: 98,
  },
  {
    suite: 'memory',
    what: 'resident memory after all upserts, against after a tenth of them',
    figure: { metric: 'resident growth' },
    unit: '×',
    aim: 'at most',
    target: 1.05,
    stretch: 1.01,
  },
  {
    suite: 'scale',
    what: 'cost per upsert from 1,000 to 1,000,000 peers',
    figure: { metric: 'cost', along: 'peers', from: 1_000, until: 1_000_000 },
    unit: '×',
    aim: 'at most',
    target: 2.5,
    stretch: 1.5,
  },
  {
    suite: 'scale',
    what: 'writer’s CPU per upsert from 1 to 50 best-effort observers',
    figure: { metric: 'writer CPU', along: 'observers', from: 1, until: 50 },
    unit: '×',
    aim: 'at most',
    target: 1.5,
    stretch: 1.1,
  },
  {
    suite: 'simulation',
    what: 'a network’s hour before 3 observers without checks, against a Map on one thread',
    figure: { metric: 'checks none', to: 'plain-map', observers: 3 },
    unit: '×',
    aim: 'at least',
    target: 0.5,
    stretch: 1,
  },
  {
    suite: 'idle',
    what: 'an idle registry with 10 parked observers',
    figure: { metric: 'share of a core', observers: 10 },
    unit: '%',
    aim: 'at most',
    target: 1,
    stretch: 0.2,
  },
  ...operationTargets,
];

/** How far a target was reached. */
export interface TargetResult {
  readonly target: Target;
  readonly value: number;
  readonly reached: 'stretch' | 'target' | 'missed';
}

/** Compares a document with the targets whose figures it has. */
export function compareWithTargets(
  document: Pick<BenchDocument, 'rows' | 'ratios'>,
): TargetResult[] {
  return targets.flatMap((target) => {
    const value = valueOf(target, document);
    return value === undefined ? [] : [{ target, value, reached: reachedBy(target, value) }];
  });
}

function reachedBy({ aim, target, stretch }: Target, value: number): TargetResult['reached'] {
  const reaches = (goal: number): boolean => (aim === 'at least' ? value >= goal : value <= goal);
  if (reaches(stretch)) return 'stretch';
  return reaches(target) ? 'target' : 'missed';
}

function valueOf(
  { suite, figure }: Target,
  { rows, ratios }: Pick<BenchDocument, 'rows' | 'ratios'>,
): number | undefined {
  const { metric } = figure;
  if ('to' in figure) {
    return ratios.find(
      (ratio) =>
        ratio.suite === suite &&
        ratio.metric === metric &&
        ratio.to === figure.to &&
        ratio.observers === figure.observers,
    )?.ratio;
  }
  const ours = rows.filter(
    (row) => row.suite === suite && row.metric === metric && row.system === 'panoptes',
  );
  if ('along' in figure) {
    const { along, from, until } = figure;
    const at = (size: number): BenchRow | undefined => ours.find((row) => row[along] === size);
    const first = at(from);
    const last = at(until);
    return first === undefined || last === undefined ? undefined : last.median / first.median;
  }
  const { observers, peers } = figure;
  return ours.find(
    (row) =>
      (observers === undefined || row.observers === observers) &&
      (peers === undefined || row.peers === peers),
  )?.median;
}
