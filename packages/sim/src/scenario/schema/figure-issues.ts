import { figuresAt, onlyTheRunKnows } from '../run/figure-path.js';
import { checkThresholds } from '../run/threshold-check.js';
import { type MetricsOf, possibleFigures } from './possible-figures.js';
import type { Scenario } from './scenario.js';

/**
 * Conditions on what no run of the scenario can have, or has as another kind of thing, and figures
 * that no table can show: said before the run, and not after a night of it.
 *
 * @param metricsOf - the figures of observers' own, once they have started
 */
export function figureIssues(
  scenario: Scenario,
  metricsOf?: MetricsOf,
): { path: (string | number)[]; message: string }[] {
  const { thresholds, sweep } = scenario;
  const possible = possibleFigures(scenario, metricsOf);
  const conditions = checkThresholds(thresholds, possible).flatMap(({ figure, problem }) =>
    problem === undefined ? [] : [{ path: ['thresholds', figure], message: problem }],
  );
  const columns = (sweep?.figures ?? []).flatMap((figure, at) => {
    const lookup = figuresAt(possible, figure);
    if ('problem' in lookup) return [{ path: ['sweep', 'figures', at], message: lookup.problem }];
    const odd = lookup.found.find(
      ({ value }) => value !== onlyTheRunKnows && typeof value !== 'number',
    );
    if (odd === undefined) return [];
    const message = `expected numbers, but ${odd.figure} is none`;
    return [{ path: ['sweep', 'figures', at], message }];
  });
  return [...conditions, ...columns];
}
