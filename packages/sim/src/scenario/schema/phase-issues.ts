import { suggestion } from '@panoptes/core';
import { spanLanes } from '../../time/span-lanes.js';
import { phaseSpans } from '../churn/phase-spans.js';
import type { Inconsistency } from './inconsistency.js';
import { mostAtOnce } from './phases.js';
import type { GeneratedScenario } from './scenario.js';

/** Phases that cannot be where they are, or that are of a class that is not there. */
export const phaseIssues = (scenario: GeneratedScenario): Inconsistency[] => [
  ...warmUp(scenario),
  ...departures(scenario),
  ...tooMany(scenario),
  ...unknownClasses(scenario),
];

function warmUp({ phases }: GeneratedScenario): Inconsistency[] {
  return phases.flatMap(({ kind, starts = 0 }, at) => {
    if (kind !== 'warm-up') return [];
    const [key, message] =
      at > 0
        ? ['kind', 'expected warm-up only as the first phase']
        : ['starts', 'expected 0s, or none: what warms up does so from the start of the run'];
    return at > 0 || starts > 0 ? [{ path: ['phases', at, key], message }] : [];
  });
}

function departures({ phases }: GeneratedScenario): Inconsistency[] {
  return phaseSpans(phases).flatMap(({ phase: { kind, starts }, startsAt }, at) => {
    if (kind !== 'mass-departure' || startsAt > 0) return [];
    const key = starts === undefined ? [] : ['starts'];
    const what = starts === undefined ? 'a phase before it, or starts' : 'a time';
    const message = `expected ${what} above 0s: nobody is there to leave before the run begins`;
    return [{ path: ['phases', at, ...key], message }];
  });
}

/** Named is the first in the list that begins while as many as there may be go on. */
function tooMany({ phases }: GeneratedScenario): Inconsistency[] {
  const places = spanLanes(phaseSpans(phases), mostAtOnce);
  const at = places.findIndex(({ lane }) => lane === mostAtOnce);
  if (at < 0) return [];
  const key = phases[at]!.starts === undefined ? [] : ['starts'];
  const message = `expected at most ${mostAtOnce} phases at a time, got one more`;
  return [{ path: ['phases', at, ...key], message }];
}

function unknownClasses({ phases, population: { classes } }: GeneratedScenario): Inconsistency[] {
  const known = classes.map(({ name }) => name);
  return phases.flatMap((phase, at) => {
    const name = 'class' in phase ? phase.class : undefined;
    if (name === undefined || known.includes(name)) return [];
    const hint = suggestion(name, known);
    const message = `expected one of ${known.join(', ')}, got '${name}'${hint}`;
    return [{ path: ['phases', at, 'class'], message }];
  });
}
