import { describe, expect, it } from 'vitest';
import { thresholds } from '../schema/thresholds.js';
import { figuresAt } from './figure-path.js';
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
