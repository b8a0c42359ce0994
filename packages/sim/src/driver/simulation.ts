import { type Clock, fileBeside } from '@panoptes/core';
import type { RunEnding } from '../checkers/history.js';
import type { ChurnSource } from '../churn/churn-event.js';
import { PlainModel } from '../model/plain-model.js';
import { victimModule } from '../faults/fault-module.js';
import { FaultInjection, type Victim } from '../faults/injection/fault-injection.js';
import type { ScheduledFault } from '../faults/injection/fault-schedule.js';
import { forgetOrders } from '../faults/later-lives.js';
import { factsOf, Recording } from '../record/recording.js';
import { endingOf } from '../record/run-ending.js';
import logDigest from '../observers/log-digest.js';
import type { LoadedObserver } from '../observers/observer-module.js';
import { summarize, type Summary } from '../report/summary.js';
import type { Speed } from '../time/speed.js';
import { VirtualClock } from '../time/virtual-clock.js';
import { Agreement } from './agreement.js';
import { FreshAgreement } from './fresh-agreement.js';
import { feed, type FeedProgress } from './feed.js';
import { registryLimits } from './open-registry.js';
import type { Reference } from './reference.js';
import {
  type ObserverPort,
  type OpenRegistry,
  patienceMs,
  type RegistryPort,
} from './registry-port.js';
import { checkRules } from './rule-check.js';

/** What to play, before whom, and how. */
export interface SimulationOptions {
  readonly source: ChurnSource;
  /** The seed of a generated source. */
  readonly seed: string | null;
  readonly observers: readonly LoadedObserver[];
  /** Whether to compare with the plain model, which holds every peer again. Default true. */
  readonly withModel?: boolean;
  /** Virtual seconds a real one. */
  readonly speed: Speed;
  /** Virtual milliseconds after which to stop. */
  readonly untilMs?: number | undefined;
  /** Virtual milliseconds between looks at the registry; see `FeedOptions`. */
  readonly stepMs?: number | undefined;
  /** What to do to the observers, in order of time. */
  readonly faults?: readonly ScheduledFault[];
  /** File to put down in what every observer sees. */
  readonly record?: string | undefined;
  /** Real time. */
  readonly clock: Clock;
  readonly openRegistry: OpenRegistry;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: FeedProgress) => void;
}

/** The observer that follows the log itself; on this thread, since it is the checker's and not under test. */
const logWitnessModule = fileBeside(import.meta.url, '../observers/log-witness.js');

/**
 * Plays a source into a registry with every observer on its own thread, and into the plain model,
 * and compares them now and then and at the end. A command that the registry refuses ends it.
 *
 * @returns the summary; a disagreement or a refused command is in its verdict and not an error
 * @throws {TraceError} when the source is bad, or whatever an observer's start or a check failed with;
 *   the registry is closed
 */
export async function simulate(options: SimulationOptions): Promise<Summary> {
  const { source, observers, clock, signal, onProgress, faults = [] } = options;
  const recording =
    options.record === undefined ? undefined : beginRecording(options, options.record);
  const virtual = new VirtualClock(source.epochMs);
  const registry = await options.openRegistry({ clock: virtual, observers: placesFor(observers) });
  const victims = new Map<string, Victim>();
  let ending: RunEnding | undefined;
  let summary: Summary;
  try {
    const logPort = await registry.registerObserver({
      module: logWitnessModule,
      name: logDigest.name,
      onLag: 'block',
      host: 'inline',
    });
    const ports: ObserverPort[] = [];
    for (const { name, module, options: own, registration } of observers) {
      // A run wants every event seen, unless the observer is to be tried in another way.
      const how = { onLag: 'block', ...registration } as const;
      const played = recording?.moduleOf(name, module) ?? module;
      const victim = faults.some(({ observer }) => observer === name) && victimModule(played);
      const loaded = victim ? victim.module : played;
      const port = await registry.registerObserver({ ...how, module: loaded, name, options: own });
      ports.push(port);
      if (victim) victims.set(name, { module: victim, port });
    }
    const agreement = await referenceFor(registry, options, ports, logPort);
    const supervised = {
      getObserverStats: () => registry.getObserverStats(),
      reviveObserver: (name: string) => {
        recording?.revive(name, clock);
        registry.reviveObserver(name);
      },
    };
    const injection = new FaultInjection(supervised, faults, victims, clock);

    const startedAt = clock.monotonic();
    const fed = await feed({
      source,
      registry,
      model: agreement,
      virtual,
      real: clock,
      speed: options.speed,
      untilMs: options.untilMs,
      stepMs: options.stepMs,
      signal,
      onProgress,
      before: (at) => injection.due(at, () => agreement.seq + 1),
      check: async () => {
        await injection.restore();
        await agreement.check();
      },
    });
    // Nobody waited for the observers then; one of them may be why.
    if (fed.failure)
      await registry.settled(undefined, { timeoutMs: patienceMs }).catch(() => undefined);
    const durationMs = clock.monotonic() - startedAt;

    const { observers: figures } = registry.getObserverStats();
    const live = figures.filter(({ state }) => state === 'live').map(({ name }) => name);
    ending = endingOf(registry, live);
    summary = summarize({
      source: { name: source.name, kind: source.kind },
      seed: options.seed,
      fed,
      durationMs,
      comparedWith: options.withModel === false ? 'fresh observers' : 'plain model',
      checks: agreement.checks,
      registry: { digest: registry.digest(), problem: agreement.registryProblem },
      log: agreement.of(logDigest.name),
      faults: injection.injected,
      skipped: source.skipped,
      rules: await checkRules(registry, logPort, ending),
      observers: ports.map(({ name }) => ({
        figures: figures.find((row) => row.name === name),
        finding: agreement.of(name),
      })),
    });
  } finally {
    for (const { module } of victims.values()) forgetOrders(module.key);
    await registry.close();
    // Observers have had their last word; a run that failed has no end that could be judged.
    if (ending !== undefined) recording?.end(ending, clock);
  }
  const { zombies } = registry.getObserverStats().supervisor;
  return zombies === 0 ? summary : { ...summary, threadsLeft: zombies };
}

/** Places for observers: theirs, the one that follows the log, and one that starts afresh. */
const placesFor = (observers: readonly LoadedObserver[]): number => observers.length + 2;

function beginRecording({ source, seed, observers }: SimulationOptions, file: string): Recording {
  const facts = { ...registryLimits(placesFor(observers)), observers: observers.map(factsOf) };
  return Recording.begin(file, { source: source.name, seed, facts });
}

async function referenceFor(
  registry: RegistryPort,
  { observers, withModel = true }: SimulationOptions,
  ports: readonly ObserverPort[],
  logPort: ObserverPort,
): Promise<Reference> {
  if (!withModel) {
    const followers = observers.map((loaded, at) => ({ loaded, port: ports[at]! }));
    return new FreshAgreement(registry, followers, logPort);
  }
  const model = await PlainModel.start([
    ...observers,
    { name: logDigest.name, definition: logDigest },
  ]);
  return new Agreement(registry, model, [logPort, ...ports]);
}
