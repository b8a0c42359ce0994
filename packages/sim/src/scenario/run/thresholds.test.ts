import { describe, expect, it } from 'vitest';
import { thresholds } from '../schema/thresholds.js';
import { figuresAt, onlyTheRunKnows } from './figure-path.js';
import { checkThresholds } from './threshold-check.js';

const figures = {
  verdict: 'pass',
  registryMatches: true,
  peers: { mean: 993.4, peak: 1_100 },
  latencyMs: { p99: 48 },
  phases: [
    {
      name: 'steady',
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

  it('names every figure that a star stands for', () => {
    expect(figuresAt(figures, 'observers.*.lag')).toEqual({
      found: [
        { figure: 'observers.mesh.lag', value: 0 },
        { figure: 'observers.kademlia.lag', value: 3 },
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
          { id: 'links', value: 12 },
          { id: 'sizes', value: { count: 3, p50: 4, p99: null } },
          { id: 'bad', value: null, problem: "metric 'bad' of observer 'mesh': no luck" },
        ],
      },
      { name: 'other', metrics: onlyTheRunKnows },
    ],
    phases: [
      {
        name: 'calm',
        observers: [{ name: 'mesh', metrics: [{ id: 'links', value: { mean: 9.5, last: 12 } }] }],
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
    ['observers.mesh.metrics.bad.p50', 'metrics.bad is not known: '],
    ['observers.mesh.metrics.*', 'metrics.bad is not known: '],
  ])('fails, and says why: %s', (figure, problem) => {
    const outcome = judged(figure, '> 0');
    expect(outcome.passed).toBe(false);
    expect(outcome.problem).toContain(problem);
  });

  it('is no problem while only the run knows', () => {
    for (const path of ['any', 'any.p50', '*', '*.p99']) {
      expect(judged(`observers.other.metrics.${path}`, '> 0').problem).toBeUndefined();
    }
  });
});
