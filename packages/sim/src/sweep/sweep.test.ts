import { describe, expect, it } from 'vitest';
import { markup } from '../report/markup.js';
import { plain } from '../report/screens.fixture.js';
import { formatSweep } from '../report/sweep-text.js';
import { sweepReport } from '../report/html/sweep-report.js';
import { sweep } from '../scenario/schema/sweep.js';
import { estimateMean } from './student-interval.js';
import type { SweepFigures } from './sweep-journal.js';
import { sweepPoints, sweepTasks } from './sweep-plan.js';
import { sweepCsv, sweepDocument, sweepFailures } from './sweep-table.js';

const figures = (mean: number): SweepFigures =>
  ({
    verdict: 'pass',
    peers: { mean },
    thresholds: [],
    logDigest: `log ${mean}`,
  }) as unknown as SweepFigures;

describe('the points of a sweep', () => {
  it('are every combination of the grid with every row of the zip', () => {
    const points = sweepPoints({ grid: { a: [1, 2], b: ['x'] }, zip: { c: [5, 6], d: [7, 8] } });
    expect(
      points.map(({ overrides }) => Object.fromEntries(overrides.map((o) => [o.key, o.value]))),
    ).toEqual([
      { a: 1, b: 'x', c: 5, d: 7 },
      { a: 1, b: 'x', c: 6, d: 8 },
      { a: 2, b: 'x', c: 5, d: 7 },
      { a: 2, b: 'x', c: 6, d: 8 },
    ]);
  });

  it('have replications with seeds of their own, the same for every point', () => {
    const tasks = sweepTasks(sweepPoints({ grid: { a: [1, 2] }, zip: {} }), 's', 3);
    expect(tasks.map(({ index, point, seed }) => [index, point, seed])).toEqual([
      [0, 0, 's#1'],
      [1, 0, 's#2'],
      [2, 0, 's#3'],
      [3, 1, 's#1'],
      [4, 1, 's#2'],
      [5, 1, 's#3'],
    ]);
    expect(tasks[4]!.overrides).toEqual([
      { key: 'a', value: 2 },
      { key: 'seed', value: 's#2' },
    ]);
    expect(sweepTasks([{ overrides: [] }], 's', 1)[0]!.seed).toBe('s');
  });
});

describe('a sweep over seed', () => {
  it.each([
    ['grid', { grid: { seed: [1, 2] }, zip: {} }],
    ['zip', { grid: {}, zip: { seed: [1, 2], a: [5, 6] } }],
  ])('runs each point with the seed that its label says, in %s', (_, spec) => {
    const points = sweepPoints(spec);
    expect(sweepTasks(points, 's', 1).map(({ seed }) => seed)).toEqual(['1', '2']);
    expect(sweepTasks(points, 's', 2).map(({ seed }) => seed)).toEqual([
      '1#1',
      '1#2',
      '2#1',
      '2#2',
    ]);
    // The run's own seed has the last word.
    expect(sweepTasks(points, 's', 1)[1]!.overrides.at(-1)).toEqual({ key: 'seed', value: '2' });
  });
});

describe('keys of a sweep', () => {
  it.each([
    [{ grid: { 'sweep.threads': [1, 2] } }, 'expected a key of a run'],
    [{ zip: { version: [1, 1] } }, 'expected a key of a run'],
    [{ grid: { seed: [1] }, zip: { seed: [1] } }, "expected keys apart, got 'seed' and 'seed'"],
    [{ grid: { population: [{}], 'population.peers': [5] } }, 'expected keys apart'],
    [{ grid: { 'population.peers': [5] }, zip: { population: [{}] } }, 'expected keys apart'],
  ])('of which one would have no effect are refused: %j', (spec, message) => {
    const { error } = sweep.safeParse(spec);
    expect(error!.issues.map((issue) => issue.message).join()).toContain(message);
  });

  it('that only begin alike are taken', () => {
    const spec = { grid: { 'population.peers': [5], 'population.availability': [1] } };
    expect(sweep.safeParse(spec).success).toBe(true);
  });
});

describe('a mean', () => {
  it('has the 95 % interval of Student’s t distribution', () => {
    // 2.776 × 1.5811 / √5.
    expect(estimateMean([1, 2, 3, 4, 5])).toMatchObject({
      mean: 3,
      low: expect.closeTo(1.0371, 3) as number,
      high: expect.closeTo(4.9629, 3) as number,
    });
    // scipy.stats.t.ppf(0.975, 39) = 2.0227.
    const many = estimateMean(Array.from({ length: 40 }, (_, at) => at % 2))!;
    expect((many.high! - many.mean) * Math.sqrt(40)).toBeCloseTo(2.0227 * Math.sqrt(10 / 39), 2);
  });

  it('of one value has no interval, and of none is none', () => {
    expect(estimateMean([7])).toEqual({ mean: 7, low: null, high: null, count: 1 });
    expect(estimateMean([])).toBeNull();
  });
});

describe('the table of a sweep', () => {
  const points = sweepPoints({ grid: { size: [1, 2] }, zip: {} });
  const tasks = sweepTasks(points, 's', 2);
  const outcome = {
    name: 'n',
    about: '',
    seed: 's',
    replications: 2,
    figures: ['peers.mean', 'none'],
    points,
    tasks,
  };
  const results = [
    { index: 0, seed: 's#1', run: figures(10) },
    { index: 1, seed: 's#2', run: figures(12) },
    { index: 2, seed: 's#1', failure: 'took longer than 1 s' },
    { index: 3, seed: 's#2', run: figures(20) },
  ];
  const tableOf = (order: readonly number[]) =>
    sweepDocument({
      ...outcome,
      results: new Map(order.map((at) => [results[at]!.index, results[at]!])),
    });

  it('does not depend on the order in which results came', () => {
    expect(tableOf([3, 1, 0, 2])).toEqual(tableOf([0, 1, 2, 3]));
  });

  it('has a row for each point, with means, failures and what is missing', () => {
    expect(tableOf([0, 1, 2, 3])).toMatchObject({
      interrupted: false,
      keys: ['size'],
      rows: [
        {
          values: { size: 1 },
          figures: { 'peers.mean': { mean: 11, count: 2 }, none: null },
          runs: 2,
          failed: 0,
          digests: ['log 10', 'log 12'],
        },
        {
          values: { size: 2 },
          figures: { 'peers.mean': { mean: 20, low: null } },
          runs: 1,
          failed: 1,
          failures: ['seed s#1: took longer than 1 s'],
        },
      ],
    });
    expect(tableOf([0, 1, 2]).interrupted).toBe(true);
  });

  it('says of each failed run why, in the terminal, as CSV and on the page', () => {
    const failing = {
      ...figures(20),
      verdict: 'fail',
      registryProblem: 'has another peer',
      observers: [
        { name: 'mesh', digestMatches: false, problem: 'its digest differs' },
        { name: 'kademlia', digestMatches: true },
      ],
      violations: [{ rule: 'W4', seq: 9, expected: 'transaction 9', got: 'transaction 10' }],
      thresholds: [
        {
          figure: 'peers.mean',
          condition: '>= 30',
          passed: false,
          actual: [{ figure: 'peers.mean', value: 20 }],
        },
        { figure: 'peers.mean', condition: '>= 1', passed: true, actual: [] },
      ],
    } as unknown as SweepFigures;
    const fewer = { ...figures(10), thresholds: failing.thresholds };
    const document = sweepDocument({
      ...outcome,
      results: new Map([
        [0, { index: 0, seed: 's#1', run: fewer }],
        [1, { index: 1, seed: 's#2', run: failing }],
        [2, { index: 2, seed: 's#1', run: figures(1) }],
        [3, { index: 3, seed: 's#2', failure: 'took longer than 1 s' }],
      ]),
    });
    expect(document.rows.map(({ failed }) => failed)).toEqual([2, 1]);
    const told = [
      'size 1, seed s#1: peers.mean >= 30: is 20',
      /^size 1, seed s#2: registry: has another peer; mesh: its digest differs; .*W4.*; peers\.mean >= 30: is 20$/,
      'size 2, seed s#2: took longer than 1 s',
    ];
    const lines = sweepFailures(document);
    for (const [at, words] of told.entries()) expect(lines[at]).toMatch(words);
    const text = formatSweep(document, plain);
    expect(text).toContain(
      `${document.rows.length} points, ${document.replications} replications of each`,
    );
    const [row] = document.rows;
    expect(formatSweep({ ...document, rows: [row!], replications: 1 }, plain)).toContain(
      ': 1 point, 1 replication of each',
    );
    const page = sweepReport(document);
    for (const line of lines) {
      expect(text).toContain(`failed: ${line}`);
      expect(page).toContain(markup`${line}`.toString());
    }
    expect(sweepCsv(document)).toContain('seed s#1: peers.mean >= 30: is 20');
  });

  it('tells twenty failed runs one by one', () => {
    const all = sweepTasks(points, 's', 30).map(({ index, seed }) => ({
      index,
      seed,
      failure: 'x',
    }));
    const tasks = sweepTasks(points, 's', 30);
    const results = new Map(all.map((result) => [result.index, result]));
    const lines = sweepFailures(sweepDocument({ ...outcome, tasks, results }));
    expect(lines).toHaveLength(21);
    expect(lines.at(-1)).toBe('40 more');
  });

  it('is CSV with the ends of the intervals', () => {
    const [head, first, second] = sweepCsv(tableOf([0, 1, 2, 3])).split('\n');
    expect(head).toBe(
      'size,peers.mean,peers.mean low,peers.mean high,none,none low,none high,runs,failed,failures',
    );
    expect(first).toMatch(/^1,11,-1\.706,23\.706,,,,2,0,$/);
    expect(second).toBe('2,20,,,,,,1,1,seed s#1: took longer than 1 s');
  });
});
