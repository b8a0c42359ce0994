import { suggestion } from '@panoptes/core';
import { faults as knownFaults } from '../../faults/fault-table.js';
import { formatDuration } from '../../time/duration.js';
import { figureIssues } from './figure-issues.js';
import { observerNames } from '../observer-roster.js';
import type { Scenario } from './scenario.js';

/** Something that each key may be by itself, and that all of them together may not. */
export interface Inconsistency {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Shares are typed with a few digits. */
const shareTolerance = 1e-6;

/** What does not go together in a scenario whose keys are right one by one. */
export function consistencyIssues(scenario: Scenario): Inconsistency[] {
  return [
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
    ...warmUp(scenario),
    ...recordedMesh(scenario),
    ...sampling(scenario),
    ...observerList(scenario),
    ...faultTargets(scenario),
    ...figureIssues(scenario),
  ];
}

function shares({ population: { classes } }: Scenario): Inconsistency[] {
  const sum = classes.reduce((total, { share }) => total + share, 0);
  if (Math.abs(sum - 1) <= shareTolerance) return [];
  const message = `expected shares that add up to 1, got ${Number(sum.toFixed(6))} in all`;
  return [{ path: ['population', 'classes'], message }];
}

function tierWeights({ population: { classes } }: Scenario): Inconsistency[] {
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

function warmUp({ phases }: Scenario): Inconsistency[] {
  return phases.flatMap(({ kind }, at) =>
    kind === 'warm-up' && at > 0
      ? [{ path: ['phases', at, 'kind'], message: 'expected warm-up only as the first phase' }]
      : [],
  );
}

function recordedMesh({ topology, population: { classes } }: Scenario): Inconsistency[] {
  if (topology.model !== 'file' || classes.length === 1) return [];
  const message = 'expected one class of peers, since the file says who they are';
  return [{ path: ['population', 'classes'], message }];
}

/** Points of a series at most: what a report shows and a run keeps is bounded. */
const mostSamples = 2_000;

function sampling({ checks: { every }, phases }: Scenario): Inconsistency[] {
  const spanMs = phases.reduce((total, { duration }) => total + duration, 0);
  if (every === undefined || spanMs / every <= mostSamples) return [];
  const least = formatDuration(Math.ceil(spanMs / mostSamples));
  const message = `expected at least ${least}, for ${mostSamples} samples of the run at most`;
  return [{ path: ['checks', 'every'], message }];
}

/** The registry takes 50 observers, and one place is the log digest's. */
const mostObservers = 49;

function observerList({ observers }: Scenario): Inconsistency[] {
  const names = observers.map(observerNames);
  const all = names.flat();
  if (all.length > mostObservers) {
    const message = `expected at most ${mostObservers} in all, got ${all.length}`;
    return [{ path: ['observers'], message }];
  }
  return names.flatMap((own, at) =>
    own
      .filter((name) => all.indexOf(name) < names.slice(0, at).flat().length)
      .map((name) => ({
        path: ['observers', at],
        message: `expected a name of its own, got '${name}' again; give it a 'name'`,
      })),
  );
}

function faultTargets({ faults, observers, phases }: Scenario): Inconsistency[] {
  const known = observers.flatMap(observerNames);
  const inline = observers
    .filter((entry) => typeof entry !== 'string' && 'use' in entry && entry.host === 'inline')
    .flatMap(observerNames);
  return faults.flatMap(({ fault, observer, phase, at = 0 }, index) => {
    const issues: Inconsistency[] = [];
    const complain = (key: string, message: string): void => {
      issues.push({ path: ['faults', index, key], message });
    };
    if (!Object.hasOwn(knownFaults, fault)) {
      const hint = suggestion(fault, Object.keys(knownFaults));
      complain('fault', `expected a fault that 'panoptes faults' lists, got '${fault}'${hint}`);
    }
    if (!known.includes(observer)) {
      complain('observer', `expected one of ${known.join(', ')}, got '${observer}'`);
    } else if (inline.includes(observer)) {
      complain('observer', `expected an observer on a thread: '${observer}' would break the run`);
    }
    const within = phases.filter(({ name }) => phase === undefined || name === phase);
    if (within.length === 0) {
      const names = phases.map(({ name }) => name).join(', ');
      complain('phase', `expected one of ${names}, got '${phase ?? ''}'`);
    } else if (at > within.reduce((total, { duration }) => total + duration, 0)) {
      complain('at', `expected a time before the end of ${phase ?? 'the run'}`);
    }
    return issues;
  });
}
