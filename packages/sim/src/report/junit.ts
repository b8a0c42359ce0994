import { disagreementText } from './agreement-text.js';
import { type JunitCase, junitXml } from './junit-xml.js';
import type { RunDocument } from './run-document.js';
import { violationText } from './rules-text.js';
import { measuredFigures } from './threshold-text.js';
import { failureReason } from './run-text.js';

/**
 * A run as a JUnit report: a test for whether it was played to its end, for each comparison, for each
 * rule that there was occasion to check, and for each threshold.
 */
export function junitOf(run: RunDocument): string {
  const cases: JunitCase[] = [
    {
      group: 'run',
      name: 'was played to its end',
      failure: run.failure === undefined ? undefined : failureReason(run.failure),
    },
    ...comparisonsOf(run),
    ...run.rules.flatMap(({ rule, checked, violations }) => {
      if (checked === 0 && violations === 0) return [];
      const first = run.violations.find((violation) => violation.rule === rule);
      const failure = first === undefined ? undefined : violationText(first);
      return [{ group: 'rules', name: rule, failure }];
    }),
    ...run.thresholds.map((outcome) => ({
      group: 'thresholds',
      name: `${outcome.figure} ${outcome.condition}`,
      failure: outcome.passed ? undefined : measuredFigures(outcome),
    })),
  ];
  const name = `${run.name}, seed ${run.seed}`;
  return junitXml(name, [{ name, cases, seconds: run.durationMs / 1000 }]);
}

/** A test for each thing that was compared, or could not be; none of what was not to be. */
function comparisonsOf(run: RunDocument): JunitCase[] {
  const group = 'agreement';
  const observers = run.observers
    .filter(({ notCompared, problem }) => notCompared !== true || problem !== undefined)
    .map((one) => ({ group, name: one.name, failure: disagreementText(one) }));
  if (run.comparedWith === 'nothing') return observers;
  const { registryMatches, registryProblem, logDigestMatches, logProblem } = run;
  const parts = [
    { name: 'registry', matches: registryMatches, problem: registryProblem },
    { name: 'log', matches: logDigestMatches, problem: logProblem },
  ];
  return [
    ...parts.flatMap(({ name, matches, problem }): JunitCase[] => {
      if (matches === null && problem === undefined) return [];
      const failure = problem ?? (matches === false ? 'differs from the model' : undefined);
      return [{ group, name, failure }];
    }),
    ...observers,
  ];
}
