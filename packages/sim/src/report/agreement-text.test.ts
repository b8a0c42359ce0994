import { expect, it } from 'vitest';
import { failureReasons } from './failure-reasons.js';
import { htmlReport } from './html/html-report.js';
import { junitOf } from './junit.js';
import { aRun } from './run-document.fixture.js';
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
