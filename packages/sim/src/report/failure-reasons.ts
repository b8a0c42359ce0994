import { disagreementText } from './agreement-text.js';
import type { RunDocument } from './run-document.js';
import { violationText } from './rules-text.js';
import { measuredFigures } from './threshold-text.js';

/** Why a run is not as it should be, the gravest first; nothing when it is. */
export function failureReasons(run: Judged): string[] {
  const thresholds = run.thresholds
    .filter(({ passed }) => !passed)
    .map((outcome) => `${outcome.figure} ${outcome.condition}: ${measuredFigures(outcome)}`);
  if (run.verdict === 'pass') return thresholds;
  const { registryProblem, logProblem, logDigestMatches, observers, violations } = run;
  const reasons = [
    ...(registryProblem === undefined ? [] : [`registry: ${registryProblem}`]),
    ...(logDigestMatches === false
      ? ['the log differs from the model']
      : logProblem === undefined
        ? []
        : [`log: ${logProblem}`]),
    ...observers.flatMap((one) => {
      const problem = disagreementText(one);
      return problem === undefined ? [] : [`${one.name}: ${problem}`];
    }),
    ...violations.slice(0, 1).map(violationText),
  ];
  return [...(reasons.length === 0 ? ['the run did not pass'] : reasons), ...thresholds];
}

/** What of a run is needed to say why it failed. */
type Judged = Pick<
  RunDocument,
  | 'verdict'
  | 'registryProblem'
  | 'observers'
  | 'logDigestMatches'
  | 'logProblem'
  | 'violations'
  | 'thresholds'
>;
