import type { Clock, RegistryStore } from '@panoptes/core';
import { thisMachine } from '../../report/machine.js';
import type { ChurnSource } from '../../churn/churn-source.js';
import type { FeedProgress } from '../../driver/progress-teller.js';
import type { OnRegistry } from '../../driver/on-registry.js';
import type { OpenRegistry } from '../../driver/registry-port.js';
import type { StartModel } from '../../driver/run-model.js';
import { simulate } from '../../driver/simulation.js';
import { checkedReading } from '../../input/checked-reading.js';
import { type Reading, usualReading } from '../../input/reading.js';
import { repeatable } from '../../model/churn-origin.js';
import type { PlayedObserver } from '../../observers/observer-module.js';
import { type RunDocument, runSchema } from '../../report/run-document.js';
import type { Speed } from '../../time/speed.js';
import { lastEnd } from '../../time/time-span.js';
import { openChurn } from '../churn/open-churn.js';
import { scenarioSpans } from '../churn/phase-spans.js';
import { ownSource } from '../file/own-source.js';
import { parseScenario, scenarioError, type ScenarioSource } from '../file/scenario-file.js';
import { figureIssues } from '../schema/figure-issues.js';
import type { Scenario } from '../schema/scenario.js';
import { atObserver } from './observer-blame.js';
import { planFaults } from './fault-plan.js';
import { playedObservers } from './played-observers.js';
import { mostSamples, type Sampling } from './run-series.js';
import { RunWatch } from './run-watch.js';
import { checkThresholds } from './threshold-check.js';

/**
 * Runs a scenario.
 *
 * @returns all that is known of it; that something disagrees, or a threshold does not hold, is in it
 * @throws {ScenarioError} when an observer cannot be loaded, or cannot start
 * @throws the error that the registry or the source failed with
 */
export async function runScenario(
  prepared: PreparedScenario,
  deps: ScenarioRunDeps,
): Promise<RunDocument> {
  const { source, scenario, reading, churn, observers } = prepared;
  const { clock, openRegistry } = deps;
  const startedAt = new Date(clock.now()).toISOString();
  const { cores, cpu } = thisMachine();
  const phases = scenarioSpans(scenario);
  const watch = new RunWatch({
    sampling: samplingOf(scenario),
    phases,
    observers: observers.map(({ name }) => name),
    clock,
    rssBytes: () => process.memoryUsage.rss(),
    started: (figuresOf) => {
      const findings = figureIssues(scenario, figuresOf);
      if (findings.length > 0) throw scenarioError(source, findings);
    },
  });
  const summary = await simulate({
    ...deps,
    source: churn,
    origin: repeatable({ scenario, file: source.file, reading }),
    seed: scenario.seed,
    observers,
    checks: scenario.checks.level,
    withModel: scenario.checks.model,
    untilMs: untilOf(scenario),
    phases,
    watch,
    faults: planFaults(scenario),
    hangTimeoutMs: scenario.registry.hangTimeout,
    openRegistry: (options) => openRegistry({ ...options, logBytes: scenario.registry.log }),
  }).catch((error: unknown) => {
    throw atObserver(error, source, scenario);
  });
  const figures = {
    ...summary,
    schema: runSchema,
    name: scenario.name,
    about: scenario.about,
    seed: scenario.seed,
    startedAt,
    machine: { cores, cpu },
    phases: watch.phases(summary.virtualMs),
    observers: summary.observers.map((one) => ({
      ...one,
      latencyMs: watch.observerLatency(one.name),
      metrics: watch.metricsOf(one.name),
    })),
    latencyMs: watch.commitLatency(),
    memory: { peakRssMiB: Math.round(process.resourceUsage().maxRSS / 1024) },
    incidents: watch.incidents,
  } as const;
  return {
    ...figures,
    thresholds: checkThresholds(scenario.thresholds, figures),
    series: watch.series,
    scenario: { ...source, overrides: [...source.overrides] },
  };
}

/** A scenario that is ready to run: everything that it refers to has been read. */
export interface PreparedScenario {
  readonly source: ScenarioSource;
  readonly scenario: Scenario;
  /** How the files that it names are read. */
  readonly reading: Reading;
  readonly churn: ChurnSource;
  readonly observers: readonly PlayedObserver[];
}

/** What a run of a scenario depends on. */
export interface ScenarioRunDeps {
  /** Real time. */
  readonly clock: Clock;
  readonly openRegistry: OpenRegistry;
  /** Called with the registry when it is open. */
  readonly onRegistry?: OnRegistry | undefined;
  /** Default: on a thread of its own. */
  readonly startModel?: StartModel | undefined;
  readonly speed: Speed;
  /** File to record what every observer sees in. */
  readonly record?: string | undefined;
  /** File to write every change into, for other tools. */
  readonly events?: string | undefined;
  /** Keeps the registry, so that a run that was interrupted goes on where it was; nowhere unless given. */
  readonly store?: RegistryStore | undefined;
  /** Whether a change counts as made when it is stored, or at once. */
  readonly durability?: 'async' | 'commit' | undefined;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: FeedProgress) => void;
}

/** Samples of a series, unless the scenario says how often; of a run of unknown length from half as many. */
const usualSamples = 300;
/** Figures of the observers' own are in one sample of so many, and in the last one of each phase. */
const usualSamplesAReading = 12;
/** Of a run of unknown length, the first ones are taken so often. */
const firstEveryMs = 1_000;

/**
 * Checks a scenario and reads what it refers to.
 *
 * @throws {ConfigError} when what is handed in is no text of a scenario
 * @throws {ScenarioError} when the scenario is not as it should be
 * @throws {TraceError} when a file that it names is not
 */
export async function prepareScenario(
  given: ScenarioSource,
  howToRead: Reading = usualReading,
): Promise<PreparedScenario> {
  const source = ownSource(given);
  const reading = checkedReading(howToRead);
  const scenario = parseScenario(source);
  const observers = scenario.observers.flatMap((entry) => playedObservers(entry, source));
  const churn = await openChurn(scenario, source.file, reading);
  return { source, scenario, reading, observers, churn };
}

/** Virtual milliseconds after which a recorded trace is played no further; undefined without a limit. */
export const untilOf = (scenario: Scenario): number | undefined =>
  'source' in scenario ? scenario.source.until : undefined;

/** What ends at a known time has no more samples than the scenario was checked to have. */
function samplingOf(scenario: Scenario): Sampling {
  const { every } = scenario.checks;
  const spanMs = lastEnd(scenarioSpans(scenario));
  const isKnown = spanMs < Number.POSITIVE_INFINITY;
  const samplesAReading = every === undefined ? usualSamplesAReading : 1;
  if (isKnown) {
    const most = Number.POSITIVE_INFINITY;
    return { everyMs: every ?? spanMs / usualSamples, most, samplesAReading };
  }
  return every === undefined
    ? { everyMs: firstEveryMs, most: usualSamples, samplesAReading }
    : { everyMs: every, most: mostSamples, samplesAReading };
}
