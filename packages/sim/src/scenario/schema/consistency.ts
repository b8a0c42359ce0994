import { misplacedTerms } from '@panoptes/core';
import { formatDuration } from '../../time/duration.js';
import { lastEnd } from '../../time/time-span.js';
import { scenarioSpans } from '../churn/phase-spans.js';
import { observerNames } from '../observer-roster.js';
import { mostSamples } from '../run/run-series.js';
import { faultIssues } from './fault-issues.js';
import { figureIssues } from './figure-issues.js';
import type { Inconsistency } from './inconsistency.js';
import { mostObservers } from './observers.js';
import { phaseIssues } from './phase-issues.js';
import { processIssues } from './process-issues.js';
import type { GeneratedScenario, Scenario } from './scenario.js';

/** What does not go together in a scenario whose keys are right one by one. */
export const consistencyIssues = (scenario: Scenario): Inconsistency[] => [
  ...('source' in scenario ? [] : generationIssues(scenario)),
  ...sampling(scenario),
  ...observerIssues(scenario),
  ...faultIssues(scenario),
  ...figureIssues(scenario),
];

/** Shares are typed with a few digits. */
const shareTolerance = 1e-6;

const generationIssues = (scenario: GeneratedScenario): Inconsistency[] => [
  ...shares(scenario),
  ...tierWeights(scenario),
  ...repeated(
    scenario.population.classes.map(({ name }) => name),
    ['population', 'classes'],
  ),
  ...repeated(
    scenario.phases.map(({ name }) => name),
    ['phases'],
  ),
  ...phaseIssues(scenario),
  ...recordedMesh(scenario),
];

function shares({ population: { classes } }: GeneratedScenario): Inconsistency[] {
  const sum = classes.reduce((total, { share }) => total + share, 0);
  if (Math.abs(sum - 1) <= shareTolerance) return [];
  const message = `expected shares that add up to 1, got ${Number(sum.toFixed(6))} in all`;
  return [{ path: ['population', 'classes'], message }];
}

function tierWeights({ population: { classes } }: GeneratedScenario): Inconsistency[] {
  return classes.flatMap(({ tiers }, at) =>
    tiers === undefined || Object.keys(tiers).length > 0
      ? []
      : [{ path: ['population', 'classes', at, 'tiers'], message: 'expected at least one tier' }],
  );
}

function repeated(names: readonly string[], path: readonly string[]): Inconsistency[] {
  return names.flatMap((name, at) =>
    names.indexOf(name) === at
      ? []
      : [{ path: [...path, at], message: `expected a name of its own, got '${name}' again` }],
  );
}

function recordedMesh({ topology, population: { classes } }: GeneratedScenario): Inconsistency[] {
  if (topology.model !== 'file' || classes.length === 1) return [];
  const message = 'expected one class of peers, since the file says who they are';
  return [{ path: ['population', 'classes'], message }];
}

function sampling(scenario: Scenario): Inconsistency[] {
  const { every } = scenario.checks;
  const spanMs = lastEnd(scenarioSpans(scenario));
  if (every === undefined || spanMs === Number.POSITIVE_INFINITY) return [];
  if (spanMs / every <= mostSamples) return [];
  const least = formatDuration(Math.ceil(spanMs / mostSamples));
  const message = `expected at least ${least}, for ${mostSamples} samples of the run at most`;
  return [{ path: ['checks', 'every'], message }];
}

function observerIssues({ observers }: Scenario): Inconsistency[] {
  const names = observers.map(observerNames);
  const all = names.flat();
  if (all.length > mostObservers) {
    const message = `expected at most ${mostObservers} in all, got ${all.length}`;
    return [{ path: ['observers'], message }];
  }
  const clashes = names.flatMap((own, at) =>
    own
      .filter((name) => all.indexOf(name) < names.slice(0, at).flat().length)
      .map((name) => ({
        path: ['observers', at],
        message: `expected a name of its own, got '${name}' again; give it a 'name'`,
      })),
  );
  const misplaced = observers.flatMap((entry, at) =>
    typeof entry === 'string'
      ? []
      : misplacedTerms(entry).map(({ term, why }) => ({
          path: ['observers', at, term],
          message: why,
        })),
  );
  return [...clashes, ...misplaced, ...processIssues(observers)];
}
