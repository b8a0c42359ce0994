import { systemClock } from '@panoptes/core';
import {
  type CheckLevel,
  checkLevels,
  openRegistry,
  type PreparedScenario,
  prepareScenario,
  simulate,
} from '@panoptes/sim';
import type { ChurnEvent } from '@panoptes/testkit';
import { builtInNames } from '@panoptes/workers';
import { loadDefinition } from '@panoptes/workers/contained';
import { BenchMismatchError } from '../bench-error.js';
import type { BenchPlan } from '../bench-plan.js';
import type { Contest, Entrant } from '../contest.js';
import { PlainSimulation } from '../systems/plain-simulation.js';
import type { Suite } from './suite.js';

/**
 * How fast a network is simulated, at each level of checking, beside the same churn put into a Map and
 * the same observers on one thread. All of them must come to the same digests.
 */
export const simulationSuite: Suite = {
  name: 'simulation',
  contests: (plan) => plan.simulatedOfEach.map((each) => () => openContest(each, plan)),
};

/** @param each - how many there are of each built-in observer */
async function openContest(each: number, plan: BenchPlan): Promise<Contest> {
  const observers = builtInNames.map((use) => ({ use, count: each }));
  const scenario = scenarioOf(observers, plan);
  const { observers: played } = await prepareScenario(scenario);
  const common = { observers: played.length, peers: plan.simulatedPeers };
  const expected = new ExpectedDigests(played.map(({ name }) => name));
  const count = eventsOf(await prepareScenario(scenario)).length;
  const entrants: Entrant[] = checkLevels.map((checks) => ({
    ...common,
    system: 'panoptes',
    metrics: [{ name: nameOf(checks), unit: 'events/s', better: 'more' }],
    count,
    note: notes[checks],
    run: async () => runSimulation(await prepareScenario(scenario), checks, expected),
  }));
  entrants.push({
    ...common,
    system: 'plain-map',
    metrics: [{ name: nameOf('none'), unit: 'events/s', better: 'more' }],
    count,
    note: 'a Map and the same observers on one thread: no isolation, no checks',
    run: async () => runPlainly(await prepareScenario(scenario), expected),
  });
  return { entrants, close: () => Promise.resolve() };
}

const nameOf = (checks: CheckLevel): string => `checks ${checks}`;
const notes: Readonly<Record<CheckLevel, string>> = {
  full: 'compared with the plain model, the log held to the rules',
  digest: 'digests of the log and of all observers',
  none: 'the run alone',
};

/** An hour of a steady network whose peers give a sign of life every five minutes. */
const scenarioOf = (
  observers: readonly object[],
  { simulatedPeers, seed }: BenchPlan,
): Parameters<typeof prepareScenario>[0] => ({
  file: 'simulation',
  text: JSON.stringify({
    version: 1,
    name: 'simulation',
    seed,
    population: { peers: simulatedPeers },
    updates: { heartbeat: { every: '5m' } },
    phases: [{ kind: 'steady', duration: '1h' }],
    observers,
  }),
  overrides: [],
});

async function runSimulation(
  prepared: PreparedScenario,
  checks: CheckLevel,
  expected: ExpectedDigests,
): ReturnType<Entrant['run']> {
  const { scenario, source, churn, observers } = prepared;
  const { events, durationMs, verdict, ...run } = await simulate({
    source: churn,
    origin: { scenario, file: source.file },
    seed: scenario.seed,
    observers,
    checks,
    speed: Number.POSITIVE_INFINITY,
    clock: systemClock,
    openRegistry,
  });
  if (verdict !== 'pass') throw new BenchMismatchError(`simulation, ${nameOf(checks)}: it failed`);
  if (checks !== 'none')
    expected.take(
      nameOf(checks),
      run.observers.map(({ digest }) => digest),
    );
  return { elapsedMs: durationMs, values: [(events * 1000) / durationMs] };
}

async function runPlainly(
  { churn, observers }: PreparedScenario,
  expected: ExpectedDigests,
): ReturnType<Entrant['run']> {
  const definitions = await Promise.all(observers.map(({ module }) => loadDefinition(module.href)));
  const simulation = await PlainSimulation.open(definitions);
  const start = systemClock.monotonic();
  let events = 0;
  for (const event of ready(churn)) {
    simulation.apply(event);
    events++;
  }
  simulation.flush();
  const elapsedMs = systemClock.monotonic() - start;
  expected.take('simulation, plain', await simulation.digests());
  return { elapsedMs, values: [(events * 1000) / elapsedMs] };
}

const eventsOf = ({ churn }: PreparedScenario): ChurnEvent[] => [...ready(churn)];

/** Generated churn, which never has to be waited for. */
const ready = ({ events }: PreparedScenario['churn']): Iterable<ChurnEvent> =>
  events as unknown as Iterable<ChurnEvent>;

/** What the first run's observers came to, and so every other run's must. */
class ExpectedDigests {
  #digests: readonly (string | null)[] | undefined;

  constructor(private readonly names: readonly string[]) {}

  /** @throws {BenchMismatchError} naming the first observer that came to something else */
  take(what: string, digests: readonly (string | null)[]): void {
    this.#digests ??= digests;
    const at = digests.findIndex((digest, place) => digest !== this.#digests![place]);
    if (at === -1) return;
    throw new BenchMismatchError(`${what}: ${this.names[at]} came to another digest than before`);
  }
}
