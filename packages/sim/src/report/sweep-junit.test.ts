import { describe, expect, it } from 'vitest';
import type { SweepFigures, SweepResult } from '../sweep/sweep-journal.js';
import { sweepPoints, sweepTasks } from '../sweep/sweep-plan.js';
import { sweepJunit } from './sweep-junit.js';

const runOf = (part: object = {}): SweepFigures =>
  ({ verdict: 'pass', durationMs: 250, thresholds: [], ...part }) as unknown as SweepFigures;

/** The report of a sweep whose n-th task had the n-th result. */
function junitWith(
  grid: Record<string, unknown[]>,
  results: readonly (Omit<SweepResult, 'index' | 'seed'> | undefined)[],
): string {
  const points = sweepPoints({ grid, zip: {} });
  const tasks = sweepTasks(points, 's', results.length / points.length);
  const ended = tasks.flatMap(({ index, seed }): [number, SweepResult][] =>
    results[index] === undefined ? [] : [[index, { index, seed, ...results[index] }]],
  );
  return sweepJunit({ name: 'a <b>', seed: 's', points, tasks, results: new Map(ended) });
}

describe('a sweep as JUnit', () => {
  it('is a suite a point and a test a run, with why each failed and how long it took', () => {
    const disagreeing = {
      verdict: 'fail',
      durationMs: 1_500,
      registryProblem: 'has another peer',
      observers: [{ name: 'mesh', digestMatches: false, problem: 'differs' }],
      violations: [],
    };
    const thresholds = [
      { figure: 'peers.mean', condition: '< 3', passed: false, actual: [{ value: 4 }] },
    ];
    const junit = junitWith({ size: [1, 2], model: ['"x"'] }, [
      { run: runOf() },
      { run: runOf(disagreeing) },
      { run: runOf({ thresholds }) },
      { failure: 'took longer than 1 s' },
    ]);
    const [one, two] = [1, 2].map((size) => `size ${size}, model &quot;\\&quot;x\\&quot;&quot;`);
    expect(junit).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="a &lt;b&gt;, seed s" tests="4" failures="3" skipped="0" time="2.000">
  <testsuite name="${one}" tests="2" failures="1" skipped="0" time="1.750">
    <testcase classname="${one}" name="seed s#1" time="0.250"/>
    <testcase classname="${one}" name="seed s#2" time="1.500"><failure message="registry: has another peer; mesh: differs"/></testcase>
  </testsuite>
  <testsuite name="${two}" tests="2" failures="2" skipped="0" time="0.250">
    <testcase classname="${two}" name="seed s#1" time="0.250"><failure message="peers.mean &lt; 3: is 4"/></testcase>
    <testcase classname="${two}" name="seed s#2"><failure message="took longer than 1 s"/></testcase>
  </testsuite>
</testsuites>
`);
  });

  it('of replications alone is one suite with the sweep’s name, and what is to come is skipped', () => {
    const junit = junitWith({}, [{ run: runOf() }, undefined]);
    expect(junit).toContain(
      '<testsuite name="a &lt;b&gt;" tests="2" failures="0" skipped="1" time="0.250">',
    );
    expect(junit).toContain('name="seed s#2"><skipped message="the sweep was interrupted"/>');
  });
});
