import {
  type RunEnding,
  victimModule,
  FaultInjection,
  Findings,
  type Victim,
  forgetOrders,
  observerFacts,
  Recording,
  endingOf,
} from '@panoptes/testkit';
import { ModelThread } from '../model/model-thread.js';
import { EventOutput } from '../events/event-output.js';
import { logName } from '../observers/log-name.js';
import { ownNames } from '../observers/own-names.js';
import type { LogWitnessOptions } from '../observers/log-witness.js';
import { sourceText } from '../report/source-text.js';
import { summarize, type Summary } from '../report/summary.js';
import { allSkipped } from '../traces/skipped.js';
import { VirtualClock } from '../time/virtual-clock.js';
import { Beginning } from './beginning.js';
import { ChurnTally } from './churn-tally.js';
import { EventCheck } from './event-check.js';
import { feed, type FeedFigures } from './feed.js';
import { InterruptDeadline } from './interrupt-deadline.js';
import { logObserverModule, logRegistration } from './log-registration.js';
import { registryLimits, usualHangTimeoutMs } from './open-registry.js';
import { type OnClosing, closeAfter, tellOfRegistry } from './on-registry.js';
import { PlayedChurn } from './played-churn.js';
import { type ObserverPort, patienceMs, type RegistryPort } from './registry-port.js';
import { checkRules } from './rule-check.js';
import { comparisonOf, oracleFor } from './run-oracle.js';
import type { RunModel, StartModel } from './run-model.js';
import { simulationFacts } from './simulation-facts.js';
import {
  type OwnSimulation,
  type SimulationOptions,
  simulationOptions,
} from './simulation-options.js';

/**
 * Plays churn into a registry with every observer on its own thread, and into the plain model on
 * another, and compares them now and then and at the end. A command that the registry refuses ends it.
 *
 * @returns the summary; a disagreement or a refused command is in its verdict and not an error
 * @throws {ConfigError} when an option is not one it can be, or two name one file; {TraceError} when the source is bad;
 *   {ModelError} when an observer's module cannot be loaded; or the error of an observer's start or of
 *   a check; everything is closed then
 */
export async function simulate(given: SimulationOptions): Promise<Summary> {
  const options = simulationOptions(given);
  // It is compared with, and a recording begins with what it says of the observers.
  if (comparisonOf(options) === 'nothing' && options.record === undefined) {
    return playBefore(options, undefined);
  }
  const model = await startModelOf(options);
  let hasEnded = true;
  let summary: Summary;
  try {
    // Where it is not compared with, it was started to try and to name the observers.
    if (comparisonOf(options) !== 'plain model') hasEnded = await model.close();
    summary = await playBefore(options, model);
  } finally {
    hasEnded = (await model.close()) && hasEnded;
  }
  const threadsLeft = (summary.threadsLeft ?? 0) + (hasEnded ? 0 : 1);
  return threadsLeft === 0 ? summary : { ...summary, threadsLeft };
}

function startModelOf(options: OwnSimulation): Promise<RunModel> {
  const { observers, origin, clock, hangTimeoutMs = usualHangTimeoutMs } = options;
  const start: StartModel = options.startModel ?? ((how) => ModelThread.start(how));
  return start({
    observers: [
      ...observers.map(({ name, module, options: own, registration }) => ({
        name,
        module: module.href,
        options: own,
        ownThreads: registration?.ownThreads,
      })),
      { name: logName, module: logObserverModule.href },
    ],
    origin,
    epochMs: options.source.epochMs,
    hangTimeoutMs,
    clock,
  });
}

async function playBefore(options: OwnSimulation, model: RunModel | undefined): Promise<Summary> {
  const { source, observers, clock, signal, onProgress, watch, faults = [] } = options;
  const check = new EventCheck(source.name, options.origin === undefined, source.epochMs);
  const virtual = new VirtualClock(source.epochMs);
  let events: EventOutput | undefined;
  let registry: RegistryPort;
  try {
    if (options.events !== undefined) events = EventOutput.begin(options.events);
    registry = await options.openRegistry({
      clock: virtual,
      observers: placesFor(options),
      hangTimeoutMs: options.hangTimeoutMs,
      store: options.store,
      durability: options.durability,
    });
  } catch (error) {
    events?.end();
    throw error;
  }
  const deadline = new InterruptDeadline(signal, clock, () =>
    registry
      .getObserverStats()
      .observers.reduce((sum, { delivered }) => sum + delivered, model?.progress ?? 0),
  );
  const tally = new ChurnTally(options.phases);
  const take = (event: unknown) => check.take(event);
  const churn = new PlayedChurn({ source, take, untilMs: options.untilMs }, tally);
  const { checks = 'full', startModel } = options;
  const { lastSeq: began, epoch } = registry;
  const limits: LogWitnessOptions = {
    ...registryLimits(placesFor(options)),
    ...(options.store !== undefined && { life: { epoch, seq: began, id: registry.id } }),
  };
  const about = () => simulationFacts({ ...options, churn, virtual });
  let onClosing: OnClosing | undefined;
  let recording: Recording | undefined;
  const victims = new Map<string, Victim>();
  let ending: RunEnding | undefined;
  let recordingProblem: string | undefined;
  let eventsProblem: string | undefined;
  let summary: Summary | undefined;
  try {
    onClosing = await tellOfRegistry(options.onRegistry, registry, {
      about,
      protectedObservers: ownNames,
    });
    if (options.record !== undefined) {
      recording = await beginRecording(options, model!, options.record, limits);
    }
    watch?.opened({ registry, virtual, tally });
    const ofLog = logRegistration(checks, limits, startModel !== undefined);
    const logPort = ofLog && (await registry.registerObserver(ofLog));
    const struck = await Beginning.play({
      churn,
      registry,
      log: logPort,
      apply: comparisonOf(options) === 'plain model' ? (event) => model!.apply(event) : undefined,
      virtual,
      epochMs: source.epochMs,
      faults,
      run: sourceText(source.name, options.seed),
      clock,
      signal,
      onProgress,
    });
    const eventPort = events && (await registry.registerObserver(events.registration));
    const ports: ObserverPort[] = [];
    for (const { name, module: given, options: own, registration } of observers) {
      // A run wants every event seen, unless the observer is to be tried in another way.
      const how = { onLag: 'block', ...registration } as const;
      const played = recording?.moduleOf(name, given) ?? given;
      const victim = faults.some(({ observer }) => observer === name) && victimModule(played);
      const loaded = victim ? victim.module : played;
      const module = watch?.moduleOf(loaded) ?? loaded;
      const port = await registry.registerObserver({ ...how, module, name, options: own });
      watch?.registered(port);
      ports.push(port);
      if (victim) victims.set(name, { module: victim, port });
    }
    const oracle = oracleFor(registry, options, model, ports, logPort, tally);
    const supervised = {
      getObserverStats: () => registry.getObserverStats(),
      reviveObserver: (name: string) => {
        recording?.revive(name, clock);
        registry.reviveObserver(name);
      },
    };
    const injection = new FaultInjection({
      registry: supervised,
      planned: faults.slice(struck.length),
      victims,
      clock,
      onOrder: (fault) => watch?.ordered(fault),
    });

    const startedAt = clock.monotonic();
    const fed = await feed({
      churn,
      registry,
      model: oracle,
      watch,
      virtual,
      real: clock,
      speed: options.speed,
      signal,
      deadline,
      onProgress,
      before: (at, drained) =>
        injection.due(at, async () => {
          await drained();
          return registry.lastSeq + 1;
        }),
      check: async (isLast) => {
        await injection.restore();
        await oracle.check(isLast);
      },
    });
    // The observers were not waited for then; one of them may be why.
    if (fed.failure) {
      const settled = registry.settled(undefined, { timeoutMs: patienceMs });
      await deadline.limit(settled).catch(() => undefined);
    }
    if (eventPort !== undefined) {
      const isWhole = fed.failure === undefined && !fed.interrupted;
      if (isWhole) {
        await registry.settled(undefined, { timeoutMs: patienceMs }).catch(() => undefined);
        await events!.close(eventPort, registry.lastSeq);
      } else await events!.cut(eventPort);
    }
    const durationMs = clock.monotonic() - startedAt;

    const { observers: figures } = registry.getObserverStats();
    const live = figures.filter(({ state }) => state === 'live').map(({ name }) => name);
    // It takes a look at every peer.
    if (comparisonOf(options) !== 'nothing' || recording !== undefined)
      ending = endingOf(registry, live);
    summary = summarize({
      source: { name: source.name, kind: source.kind },
      seed: options.seed,
      fed,
      durationMs,
      comparedWith: comparisonOf(options),
      checks: oracle.checks,
      registry: {
        digest: registry.digest(),
        agrees: oracle.registryAgrees,
        problem: oracle.registryProblem,
      },
      log: oracle.of(logName),
      phases: options.phases && tally.phases(fed.spanMs),
      faults: [...struck, ...injection.outcomes],
      continued: continuedAt(registry, began, fed),
      skipped: allSkipped([...(source.skipped ? [source.skipped] : []), fed.skipped]),
      rules:
        comparisonOf(options) !== 'nothing'
          ? await checkRules(registry, logPort!, ending!)
          : new Findings().verdicts(),
      observers: ports.map(({ name }) => ({
        figures: figures.find((row) => row.name === name),
        finding: oracle.of(name),
      })),
    });
  } finally {
    for (const { module } of victims.values()) forgetOrders(module.orders);
    await watch?.closing();
    try {
      await closeAfter(onClosing, registry, summary);
    } finally {
      // Observers have had their last word.
      recordingProblem = recording?.end(ending, clock);
      eventsProblem = events?.end();
    }
  }
  const { zombies } = registry.getObserverStats().supervisor;
  return {
    ...summary!,
    ...(zombies > 0 && { threadsLeft: zombies }),
    ...(recordingProblem !== undefined && { recordingProblem }),
    ...(eventsProblem !== undefined && { eventsProblem }),
  };
}

/** Where a run went on, unless it began at its start. */
function continuedAt(
  { epoch, lastSeq }: RegistryPort,
  seq: number,
  { interrupted, failure }: FeedFigures,
): Summary['continued'] {
  if (!(epoch > 1)) return undefined;
  return { epoch, seq, wasWhole: lastSeq === seq && !interrupted && failure === undefined };
}

/** Places for observers: theirs, those that follow the log and write the events, one that starts afresh. */
const placesFor = ({ observers, events }: OwnSimulation): number =>
  observers.length + (events === undefined ? 2 : 3);

function beginRecording(
  { source, seed, observers, clock }: OwnSimulation,
  { profiles }: RunModel,
  file: string,
  limits: LogWitnessOptions,
): Promise<Recording> {
  const facts = {
    ...limits,
    observers: observers.map((observer, at) => observerFacts(observer, profiles[at]!)),
  };
  return Recording.goOn(file, { source: source.name, seed, facts }, clock);
}
