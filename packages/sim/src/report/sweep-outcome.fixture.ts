import type { SweepFigures } from '../sweep/sweep-journal.js';
import { sweepPoints, sweepTasks } from '../sweep/sweep-plan.js';
import type { SweepOutcome } from '../sweep/sweep-table.js';
import { filledWith } from './nasty-texts.fixture.js';
import { aRun } from './run-document.fixture.js';

/** The runs of a sweep over one key: two that ended well or not, one without a result, one to come. */
export function sweepOutcomeWith(text: string): SweepOutcome {
  const points = sweepPoints({ grid: { [text]: [5, text] }, zip: {} });
  const run: SweepFigures = filledWith(aRun, text);
  return {
    name: text,
    about: text,
    seed: text,
    replications: 2,
    figures: ['events', text],
    points,
    tasks: sweepTasks(points, text, 2),
    results: new Map([
      [0, { index: 0, seed: `${text}#1`, run }],
      [1, { index: 1, seed: `${text}#2`, run: { ...run, verdict: 'pass', thresholds: [] } }],
      [2, { index: 2, seed: `${text}#1`, failure: text }],
    ]),
  };
}
