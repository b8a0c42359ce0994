import { describe, expect, it } from 'vitest';
import { thresholds } from '../schema/thresholds.js';
import { figuresAt, onlyTheRunKnows } from './figure-path.js';
import { checkThresholds } from './threshold-check.js';

const figures = {
  verdict: 'pass',
  registryMatches: true,
  peers: { mean: 993.4, peak: 1_100 },
  latencyMs: { count: 7, min: 0, p99: 48 },
  phases: [
    {
      name: 'steady',
      endsAt: 60_000,
      peers: { mean: 1_000 },
      observers: [{ name: 'mesh', lag: { mean: 1.5, max: 8 } }],
    },
  ],
  observers: [
    { name: 'mesh', lag: 0 },
    { name: 'kademlia', lag: 3 },
  ],
};

const outcomes = (conditions: Record<string, string | string[]>) =>
  checkThresholds(thresholds.parse(conditions), figures);

describe('a threshold', () => {
  it.each([
    ['peers.mean', '>= 993.4', true],
    ['peers.mean', '> 993.4', false],
    ['peers.peak', '<= 1_100', true],
    ['peers.peak', '< 1100', false],
    ['peers.peak', '!= 1100', false],
    ['latencyMs.p99', '< 50ms', true],
    ['latencyMs.p99', '< 48ms', false],
    ['latencyMs.p99', '< 0.0481s', true],
    ['latencyMs.p99', '< 47.9ms', false],
    ['latencyMs.min', '== 0s', true],
    ['latencyMs.min', '< 0.1ms', true],
    ['phases.steady.endsAt', '== 1m', true],
    ['verdict', '== pass', true],
    ['verdict', '!= pass', false],
    ['registryMatches', '== true', true],
    ['registryMatches', '== false', false],
    ['phases.steady.peers.mean', '== 1000', true],
    ['phases.0.peers.mean', '== 1000', false],
    ['phases.steady.observers.mesh.lag.max', '< 9', true],
    ['phases.*.observers.*.lag.mean', '> 1.5', false],
    ['observers.mesh.lag', '== 0', true],
    ['observers.*.lag', '== 0', false],
    ['observers.*.lag', '<= 3', true],
  ])('%s %s: %s', (figure, condition, passed) => {
    expect(outcomes({ [figure]: condition })).toMatchObject([{ figure, condition, passed }]);
  });

  it('of several conditions is judged by each', () => {
    const all = outcomes({ 'peers.mean': ['>= 900', '<= 990'] });
    expect(all.map(({ passed }) => passed)).toEqual([true, false]);
  });

  it('on a figure that is not there fails, and says which was probably meant', () => {
    expect(outcomes({ 'peers.maen': '> 0', 'observers.mash.lag': '== 0' })).toMatchObject([
      { passed: false, problem: "there is no figure 'maen' in peers; did you mean 'mean'?" },
      { passed: false, problem: "there is no figure 'mash' in observers; did you mean 'mesh'?" },
    ]);
  });

  it('that compares a number with something else fails', () => {
    expect(outcomes({ 'peers.mean': '== high', peers: '> 1' })).toMatchObject([
      { passed: false, problem: 'peers.mean is a number, which cannot be compared with high' },
      { passed: false, actual: [{ figure: 'peers', value: 'a group of figures' }] },
    ]);
  });

  it('that compares what is no time with a duration fails, and says what it is in', () => {
    expect(
      outcomes({ 'peers.mean': '< 10ms', 'latencyMs.count': '< 2s', verdict: '== 2s' }),
    ).toMatchObject([
      {
        problem: 'peers.mean is no time: expected a number without a unit, got 10ms',
      },
      {
        problem:
          'latencyMs.count is no time (it is in count): expected a number without a unit, got 2s',
      },
      { problem: 'verdict is a string, which cannot be compared with 2s' },
    ]);
  });

  it('names every figure that a star stands for', () => {
    expect(figuresAt(figures, 'observers.*.lag')).toEqual({
      found: [
        { figure: 'observers.mesh.lag', value: 0, unit: undefined },
        { figure: 'observers.kademlia.lag', value: 3, unit: undefined },
      ],
    });
  });
});

describe('a threshold on a figure of an observer’s own', () => {
  const own = {
    observers: [
      {
        name: 'mesh',
        metrics: [
          { id: 'links', unit: 'count', value: 12 },
          { id: 'sizes', unit: 's', value: { count: 3, p50: 4, p99: null } },
          { id: 'age', unit: '\u00b5s', value: 1_500 },
          { id: 'bad', value: null, problem: "metric 'bad' of observer 'mesh': no luck" },
        ],
      },
      { name: 'other', metrics: onlyTheRunKnows },
    ],
    phases: [
      {
        name: 'calm',
        observers: [
          {
            name: 'mesh',
            metrics: [
              { id: 'links', value: { mean: 9.5, last: 12 } },
              { id: 'age', value: { max: 2_000 } },
            ],
          },
        ],
      },
    ],
  };
  const judged = (figure: string, condition: string) =>
    checkThresholds(thresholds.parse({ [figure]: condition }), own)[0]!;

  it.each([
    ['observers.mesh.metrics.links', '== 12', true],
    ['observers.mesh.metrics.links', '< 12', false],
    ['observers.mesh.metrics.sizes.p50', '<= 4', true],
    ['observers.mesh.metrics.sizes.count', '> 3', false],
    ['observers.mesh.metrics.sizes.p50', '<= 4s', true],
    ['observers.mesh.metrics.sizes.p50', '<= 3999ms', false],
    ['observers.mesh.metrics.age', '== 1.5ms', true],
    ['phases.calm.observers.mesh.metrics.age.max', '< 2ms', false],
    ['phases.calm.observers.*.metrics.age.max', '<= 0.002s', true],
    ['phases.*.observers.mesh.metrics.links.mean', '>= 9.5', true],
    ['phases.calm.observers.*.metrics.links.last', '!= 12', false],
  ])('is on its value: %s %s: %s', (figure, condition, passed) => {
    const { problem, ...outcome } = judged(figure, condition);
    expect({ ...outcome, problem }).toMatchObject({ passed, problem: undefined });
  });

  it.each([
    [
      'observers.mesh.metrics.lniks',
      "no figure 'lniks' in observers.mesh.metrics; did you mean 'links'?",
    ],
    ['observers.mesh.metrics.sizes', 'is a group of figures, which cannot be compared'],
    ['observers.mesh.metrics.sizes.p99', 'is null, which cannot be compared'],
    [
      'observers.mesh.metrics.links.p50',
      "there is no figure 'p50' in observers.mesh.metrics.links",
    ],
    [
      'observers.mesh.metrics.bad',
      "metrics.bad is not known: metric 'bad' of observer 'mesh': no luck",
    ],
    [
      'phases.calm.observers.mesh.metrics.links.last',
      'is no time (it is in count): expected a number without a unit, got 1ms',
      '> 1ms',
    ],
    ['observers.mesh.metrics.sizes.count', 'is no time (it is in count): ', '> 1ms'],
    ['observers.mesh.metrics.bad.p50', 'metrics.bad is not known: '],
    ['observers.mesh.metrics.*', 'metrics.bad is not known: '],
  ])('fails, and says why: %s', (figure, problem, condition = '> 0') => {
    const outcome = judged(figure, condition);
    expect(outcome.passed).toBe(false);
    expect(outcome.problem).toContain(problem);
  });

  it('is no problem while only the run knows', () => {
    for (const path of ['any', 'any.p50', '*', '*.p99']) {
      expect(judged(`observers.other.metrics.${path}`, '> 0').problem).toBeUndefined();
    }
  });
});
