import { expect, it } from 'vitest';
import { shortDigests } from './agreement-text.js';
import { failureReasons } from './failure-reasons.js';
import { htmlReport } from './html/html-report.js';
import { junitOf } from './junit.js';
import { compareRuns } from './run-comparison.js';
import type { RunDocument } from './run-document.js';
import { aRun } from './run-document.fixture.js';
import { runDocumentProblem } from './run-document-schema.js';
import { formatRun } from './run-text.js';
import { plain } from './screens.fixture.js';

it('every report says of an observer that was compared with nothing that it was not, and why', () => {
  const problem = 'ends the plain model: it loops';
  const observers = aRun.observers.map((one) => ({
    ...one,
    notCompared: true as const,
    problem,
  }));
  const run = { ...aRun, observers };
  const said = `not compared: ${problem}`;
  expect(formatRun(run, plain)).toMatch(/│ cc +│ not compared │/);
  expect(formatRun(run, plain)).toContain(`mesh: ${said}\n`);
  expect(htmlReport(run)).toContain(`<span class="bad">${said}</span>`);
  expect(junitOf(run)).toContain(`<failure message="${said}"/>`);
  expect(failureReasons(run)).toContain(`mesh: ${said}`);
});

it('no report says that what was not compared is equal, or that it differs', () => {
  const run: RunDocument = {
    ...aRun,
    verdict: 'pass',
    checks: 0,
    comparedWith: 'nothing',
    registryMatches: null,
    logDigestMatches: null,
    rules: [],
    violations: [],
    thresholds: [],
    observers: aRun.observers.map(({ problem: _, ...one }) => ({
      ...one,
      digestMatches: null,
      notCompared: true as const,
    })),
  };
  expect(runDocumentProblem(run)).toBeUndefined();
  const text = formatRun(run, plain);
  for (const what of ['registry', 'log']) {
    expect(text).toMatch(new RegExp(`^${what} .*not compared`, 'm'));
  }
  expect(text).not.toMatch(/differs|equal/);
  expect(htmlReport(run)).not.toContain('class="bad"');
  expect(junitOf({ ...run, comparedWith: 'plain model' })).not.toContain('agreement');
  expect(failureReasons(run)).toEqual([]);
  expect(compareRuns(run, run).differences).toEqual([]);
});

it('a log that could not be compared is told with why', () => {
  const run = { ...aRun, logDigestMatches: null, logProblem: 'no digest: it is gone' };
  expect(failureReasons(run)).toContain('log: no digest: it is gone');
  expect(junitOf(run)).toContain('<failure message="no digest: it is gone"/>');
});

it.each([
  ['677-08430c4b50e6', '677-08430c4b50e7', '677-08430c4b50e6', '677-08430c4b50e7'],
  [`a${'0'.repeat(63)}`, `b${'0'.repeat(63)}`, 'a000000000000000…', 'b000000000000000…'],
  // What they have in common for long is left out, where they part.
  [`${'x'.repeat(80)}one`, `${'x'.repeat(80)}two`, '…xxxxone', '…xxxxtwo'],
  ['x'.repeat(80), `${'x'.repeat(80)}${'y'.repeat(80)}`, '…xxxx', '…xxxxyyyyyyyyyyyy…'],
])('two long digests are cut to where they differ: %s, %s', (before, after, first, second) => {
  expect(shortDigests(before, after)).toEqual([first, second]);
});
