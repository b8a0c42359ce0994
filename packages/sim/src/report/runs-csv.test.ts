import { describe, expect, it } from 'vitest';
import type { SweepFigures, SweepResult } from '../sweep/sweep-journal.js';
import { sweepPoints, sweepTasks } from '../sweep/sweep-plan.js';
import { recordsOf } from './csv-cells.fixture.js';
import { runsCsv } from './runs-csv.js';

/** As much of a run as a table is made of. */
const runOf = (mean: number, thresholds: readonly object[] = []): SweepFigures =>
  ({
    verdict: 'pass',
    seed: 'the run’s',
    peers: { mean, peak: null },
    registryMatches: true,
    observers: [
      { name: 'mesh', lag: mean / 2 },
      { name: 'own.one', lag: 7 },
    ],
    thresholds,
  }) as unknown as SweepFigures;

/** The table of a sweep whose n-th task had the n-th result. */
function tableOf(
  { grid, replications = 1 }: { grid: Record<string, unknown[]>; replications?: number },
  figures: readonly string[],
  results: readonly (Omit<SweepResult, 'index' | 'seed'> | undefined)[],
): string {
  const tasks = sweepTasks(sweepPoints({ grid, zip: {} }), 's', replications);
  const ended = tasks.flatMap(({ index, seed }): [number, SweepResult][] =>
    results[index] === undefined ? [] : [[index, { index, seed, ...results[index] }]],
  );
  return runsCsv({ figures, tasks, results: new Map(ended.reverse()) });
}

describe('the runs of a sweep as CSV', () => {
  it('are a line each in the order of the plan, numbers as they are, nothing where there is none', () => {
    const failed = [{ figure: 'peers.mean', condition: '> 2', passed: false, actual: [] }];
    const csv = tableOf(
      { grid: { size: [1e21, 0.25], 'topology.model': ['none'] }, replications: 2 },
      ['peers.mean', 'peers.peak', 'nowhere'],
      [
        { run: runOf(1 / 3) },
        { run: runOf(-2, failed) },
        { failure: 'took longer than 1 s, "sadly"' },
        undefined,
      ],
    );
    expect(csv.split('\n')).toEqual([
      'size,topology.model,seed,replication,verdict,peers.mean,peers.peak,nowhere,failure',
      '1e+21,none,s#1,1,pass,0.3333333333333333,,,',
      '1e+21,none,s#2,2,pass,-2,,,peers.mean > 2: ',
      '0.25,none,s#1,1,,,,,"took longer than 1 s, ""sadly"""',
      '',
    ]);
  });

  it('have the figures of thresholds too, and a column for each figure that a path names', () => {
    const judged = ['observers.*.lag', 'peers.mean', 'verdict', 'registryMatches'].map(
      (figure) => ({ figure, condition: '== 0', passed: true, actual: [] }),
    );
    const csv = tableOf(
      { grid: { size: [1, 2] } },
      ['peers.mean', 'peers'],
      [{ run: runOf(4) }, { run: runOf(6, judged) }],
    );
    expect(recordsOf(csv)).toEqual([
      expect.objectContaining({ size: '1', 'peers.mean': '4', 'observers.mesh.lag': '' }),
      {
        size: '2',
        seed: 's',
        replication: '1',
        verdict: 'pass',
        'peers.mean': '6',
        peers: '',
        'observers.mesh.lag': '3',
        'observers.own.one.lag': '7',
        registryMatches: 'true',
        failure: '',
      },
    ]);
  });

  it('have one column named seed, the run’s own, also when seed is varied', () => {
    const runs = [1, 2, 3, 4].map((mean) => ({ run: runOf(mean) }));
    const csv = tableOf({ grid: { seed: [7, 'x'] }, replications: 2 }, ['seed'], runs);
    expect(recordsOf(csv).map(({ seed, replication }) => [seed, replication])).toEqual([
      ['7#1', '1'],
      ['7#2', '2'],
      ['x#1', '1'],
      ['x#2', '2'],
    ]);
  });

  it('have sections that were varied as JSON', () => {
    const csv = tableOf(
      { grid: { observers: [['mesh'], { use: 'mesh' }], flag: [true] } },
      [],
      [{ run: runOf(1) }, { run: runOf(1) }],
    );
    expect(recordsOf(csv).map(({ observers, flag }) => [observers, flag])).toEqual([
      ['["mesh"]', 'true'],
      ['{"use":"mesh"}', 'true'],
    ]);
  });
});
