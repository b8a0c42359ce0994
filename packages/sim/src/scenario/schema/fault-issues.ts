import { suggestion } from '@panoptes/core';
import { faults as knownFaults, uncontainedOn } from '@panoptes/testkit';
import { lastEnd } from '../../time/time-span.js';
import { scenarioSpans } from '../churn/phase-spans.js';
import { isolatedHosts, observerNames } from '../observer-roster.js';
import type { Inconsistency } from './inconsistency.js';
import { chaos, type FaultSpec } from './faults.js';
import type { Scenario } from './scenario.js';

/** Faults that do not exist, that strike no observer, or that would break the run itself. */
export const faultIssues = (scenario: Scenario): Inconsistency[] =>
  scenario.faults.flatMap((spec, index) => {
    const issues: Inconsistency[] = [];
    const complain: Complain = (key, message) => {
      issues.push({ path: ['faults', index, key], message });
    };
    if (spec.fault === chaos) checkChaos(spec, scenario, complain);
    else checkFault(spec, scenario, complain);
    return issues;
  });

/** Faults of chaos at most, on average: what a run plans and a report shows is bounded. */
const mostOfChaos = 100_000;

/** What a key of a fault is wrong with. */
type Complain = (key: string, message: string) => void;

function checkFault(spec: FaultSpec, scenario: Scenario, complain: Complain): void {
  const { fault, phase, at = 0, every } = spec;
  if (!Object.hasOwn(knownFaults, fault)) {
    const known = [...Object.keys(knownFaults), chaos];
    const hint = suggestion(fault, known);
    complain('fault', `expected a fault that 'panoptes faults' lists, got '${fault}'${hint}`);
  }
  if (every !== undefined) complain('every', `expected none: '${fault}' strikes once`);
  checkTarget(spec, scenario, complain);
  const spans = scenarioSpans(scenario);
  const run = { startsAt: 0, endsAt: lastEnd(spans) };
  const within = phase === undefined ? run : spans.find((one) => one.phase.name === phase);
  if (within === undefined) {
    const names = spans.map((one) => one.phase.name).join(', ');
    complain('phase', `expected one of ${names}, got '${phase ?? ''}'`);
  } else if (at > within.endsAt - within.startsAt) {
    complain('at', `expected a time before the end of ${phase ?? 'the run'}`);
  }
}

function checkTarget(
  { observer, fault }: FaultSpec,
  { observers }: Scenario,
  complain: Complain,
): void {
  const known = observers.flatMap(observerNames);
  const struck = observer ?? known[0]!;
  if (!known.includes(struck)) {
    const hint = suggestion(struck, known);
    complain('observer', `expected one of ${known.join(', ')}, got '${struck}'${hint}`);
    return;
  }
  const host = isolatedHosts(observers).get(struck);
  if (host === undefined) {
    complain(
      'observer',
      `expected an observer on a thread or in a process: '${struck}' would break the run`,
    );
  } else if (Object.hasOwn(knownFaults, fault) && uncontainedOn(knownFaults[fault]!, host)) {
    const hint = `(host: process); '${fault}' of '${struck}' would end the run`;
    complain('observer', `expected an observer in a process ${hint}`);
  }
}

function checkChaos(spec: FaultSpec, scenario: Scenario, complain: Complain): void {
  for (const key of ['observer', 'phase', 'at'] as const) {
    if (spec[key] === undefined) continue;
    complain(key, 'expected none: chaos strikes every observer, all through the run');
  }
  if (isolatedHosts(scenario.observers).size === 0) {
    complain(
      'fault',
      'expected an observer on a thread or in a process: chaos would break the run',
    );
  }
  const spanMs = lastEnd(scenarioSpans(scenario));
  if (spanMs === Number.POSITIVE_INFINITY) {
    complain(
      'fault',
      "expected to know how long the run is, for chaos; give it an end, as 'source.until'",
    );
  } else if (spec.every !== undefined && spanMs / spec.every > mostOfChaos) {
    complain(
      'every',
      `expected at least ${spanMs / mostOfChaos}ms, for ${mostOfChaos} faults at most`,
    );
  }
}
