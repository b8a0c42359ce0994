import { ScenarioDocument } from '../scenario/file/scenario-document.js';
import { ScenarioError, type ScenarioProblem } from '../scenario/file/scenario-error.js';
import { parseScenario, type ScenarioSource } from '../scenario/file/scenario-file.js';
import type { Override } from '../scenario/file/scenario-document.js';
import type { SweepSpec } from '../scenario/schema/sweep.js';
import type { SweepPoint, SweepTask } from './sweep-plan.js';

/**
 * Refuses a value that a key cannot have before the first run, and not in the middle of the night.
 *
 * @throws {ScenarioError} naming the key where it stands in the sweep
 */
export function checkPoints(
  source: ScenarioSource,
  spec: SweepSpec,
  points: readonly SweepPoint[],
  tasks: readonly SweepTask[],
): void {
  const check = (own: readonly Override[]): void => {
    try {
      parseScenario({ ...source, overrides: [...source.overrides, ...own] });
    } catch (error) {
      throw error instanceof ScenarioError ? atSweptKeys(error, source, spec) : error;
    }
  };
  for (const { overrides } of points) check(overrides);
  // Their seeds differ in length at most.
  check(tasks.at(-1)!.overrides);
}

/** What is wrong with a value of a sweep stands in the sweep, and not where it was put for a run. */
function atSweptKeys(error: ScenarioError, source: ScenarioSource, spec: SweepSpec): ScenarioError {
  const document = new ScenarioDocument(source.file, source.text);
  document.set(source.overrides);
  const axes = (['grid', 'zip'] as const).flatMap((axis) =>
    Object.keys(spec[axis]).map((key) => ({ axis, key })),
  );
  const problems = error.problems.map((problem): ScenarioProblem => {
    const swept = axes.find(({ key }) => isPart(problem.key, key) || isPart(key, problem.key));
    // What has a place is in the file as it is.
    if (swept === undefined || problem.line !== undefined) return problem;
    const { axis, key } = swept;
    const longer = isPart(problem.key, key) ? problem.key : key;
    const place = document.placeOf(['sweep', axis, key]);
    return { ...place, key: `sweep.${axis}.${longer}`, message: problem.message };
  });
  return new ScenarioError(source.file, problems, { cause: error });
}

const isPart = (key: string, whole: string): boolean =>
  key === whole || key.startsWith(`${whole}.`);
