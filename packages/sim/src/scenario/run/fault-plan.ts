import {
  type IsolatingHost,
  type PlannedFault,
  faults as knownFaults,
  riskOn,
  uncontainedOn,
} from '@panoptes/testkit';
import { pick, substream } from '../../churn/random-source.js';
import { lastEnd } from '../../time/time-span.js';
import { scenarioSpans } from '../churn/phase-spans.js';
import { isolatedHosts, observerNames } from '../observer-roster.js';
import { chaos, type FaultSpec } from '../schema/faults.js';
import type { Scenario } from '../schema/scenario.js';

/** Which fault strikes whom when, in order of time. */
export function planFaults(scenario: Scenario): PlannedFault[] {
  return scenario.faults
    .flatMap((spec) =>
      spec.fault === chaos ? chaoticFaults(spec, scenario) : [single(spec, scenario)],
    )
    .sort((a, b) => a.atMs - b.atMs);
}

/** Faults that chaos strikes each observer with, on average, unless it is told how often. */
const chaosPerObserver = 3;

/** Those that a host contains, on any runtime, and that leave the observer in order. */
const chaosFaults = (host: IsolatingHost): string[] =>
  Object.keys(knownFaults).filter((name) => {
    const fault = knownFaults[name]!;
    const isRisky = uncontainedOn(fault, host) !== undefined || riskOn(fault, host) !== undefined;
    return !isRisky && fault.lasts !== true && fault.place !== 'teardown';
  });

function single({ fault, observer, phase, at = 0 }: FaultSpec, scenario: Scenario): PlannedFault {
  const span = scenarioSpans(scenario).find((one) => one.phase.name === phase);
  const [first] = scenario.observers.flatMap(observerNames);
  return { fault, observer: observer ?? first!, atMs: (span?.startsAt ?? 0) + at };
}

/** Random faults on random observers, the times between them exponentially distributed. */
function chaoticFaults({ every }: FaultSpec, scenario: Scenario): PlannedFault[] {
  const spanMs = lastEnd(scenarioSpans(scenario));
  const hosts = [...isolatedHosts(scenario.observers)];
  const faultsOf = { thread: chaosFaults('thread'), process: chaosFaults('process') };
  const meanMs = every ?? spanMs / (chaosPerObserver * hosts.length);
  const uniform = substream(scenario.seed, chaos);
  const planned: PlannedFault[] = [];
  for (let atMs = 0; ;) {
    atMs -= meanMs * Math.log(1 - uniform());
    if (atMs >= spanMs) return planned;
    const chosen = uniform();
    const [observer, host] = hosts[pick(uniform, hosts.length)]!;
    const faults = faultsOf[host];
    planned.push({ fault: faults[Math.floor(chosen * faults.length)]!, observer, atMs });
  }
}
