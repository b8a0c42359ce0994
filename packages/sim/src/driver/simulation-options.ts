import {
  type Clock,
  ConfigError,
  checkClock,
  checkPort,
  type RegistryStore,
  describe,
  ownRecord,
  parseOptions,
  systemClock,
} from '@panoptes/core';
import { faults as knownFaults, type PlannedFault } from '@panoptes/testkit';
import { copyOptions, moduleUrl } from '@panoptes/workers';
import { z } from 'zod';
import type { ChurnSource } from '../churn/churn-source.js';
import { checkedReading } from '../input/checked-reading.js';
import type { ChurnOrigin } from '../model/churn-origin.js';
import type { PlayedObserver } from '../observers/observer-module.js';
import type { PhaseSpan } from '../scenario/churn/phase-spans.js';
import type { Scenario } from '../scenario/schema/scenario.js';
import type { Speed } from '../time/speed.js';
import { type CheckLevel, checkLevels } from './check-level.js';
import { type Code, checkedSource, code, sourceShape } from './checked-source.js';
import { eventFiles, recordingFiles, refuseSharedFiles } from '../output/output-places.js';
import { type GivenEvent, givenSource } from './given-source.js';
import { type BuiltInName, checkName, namedObservers } from './named-observers.js';
import type { OnRegistry } from './on-registry.js';
import { openRegistry } from './open-registry.js';
import type { OnProgress } from './progress-teller.js';
import type { OpenRegistry, RegistryPort } from './registry-port.js';
import type { RunModel, StartModel } from './run-model.js';
import { runRegistration } from './run-registration.js';
import type { SimulationWatch } from './simulation-watch.js';

/**
 * Checks how a simulation is to be played, before anything is started. What is data in it is copied,
 * each part read once; what is to be called stays the caller's.
 *
 * @throws {ConfigError} naming the option that is not one it can be
 */
export function simulationOptions(given: unknown): OwnSimulation {
  const own = ownRecord(given, 'options', Object.keys(shape.shape));
  const source = givenSource(own['source']);
  const observers = namedObservers(own['observers']);
  const options = parseOptions(shape, { ...own, source, observers }, 'options');
  checkFaults(options);
  checkClock(options.clock);
  if (options.watch !== undefined) checkPort('watch', options.watch, watchMethods);
  checkSignal(options.signal);
  checkFiles(options);
  checkStore(options);
  return {
    ...(options as unknown as OwnSimulation),
    source: checkedSource(options.source, source),
    origin: ownOrigin(options.origin),
    openRegistry: checkedResult<Awaited<ReturnType<OpenRegistry>>>(
      'openRegistry',
      options.openRegistry,
      registryMethods,
    ),
    startModel:
      options.startModel && checkedResult<RunModel>('startModel', options.startModel, modelMethods),
    observers: options.observers.map(ownObserver),
    ...(options.faults && { faults: [...options.faults].sort((a, b) => a.atMs - b.atMs) }),
  };
}

function checkFiles({ record, events }: z.output<typeof shape>): void {
  refuseSharedFiles([
    { option: "option 'record'", files: record === undefined ? [] : recordingFiles(record) },
    { option: "option 'events'", files: events === undefined ? [] : eventFiles(events) },
  ]);
}

/** Checks that it is a store; the registry checks what it opens. */
function checkStore({ store, events }: z.output<typeof shape>): void {
  if (store === undefined) return;
  checkPort('store', store, ['open']);
  if (events === undefined) return;
  throw new ConfigError(
    `option 'events': expected no store beside it, got ${describe(events)}: a run that goes on ` +
      'does not write again what was before',
  );
}

/** Checks that each fault is one that there is, and its victim an observer of the run. */
function checkFaults({ faults = [], observers }: z.output<typeof shape>): void {
  const names = observers.map(({ name }) => name);
  for (const [at, { fault, observer }] of faults.entries()) {
    checkName(`faults.${at}.fault`, fault, Object.keys(knownFaults));
    checkName(`faults.${at}.observer`, observer, names);
  }
}

/** What to play, before whom, and how. */
export interface SimulationOptions {
  /** The events alone, or a source that says more of itself. Virtual time begins with 2026 unless it says when. */
  readonly source: ChurnSource | Iterable<GivenEvent> | AsyncIterable<GivenEvent>;
  /** What the source was made of; the model makes it again by itself. Unless given, it is sent. */
  readonly origin?: ChurnOrigin | undefined;
  /** The seed of a generated source. Default null: nothing was generated. */
  readonly seed?: string | null;
  /** Names of built-in observers, and observers of one's own. */
  readonly observers: readonly (PlayedObserver | BuiltInName)[];
  /** How much is checked. Default `full`. */
  readonly checks?: CheckLevel | undefined;
  /** With `full`: whether to compare with the plain model, which holds every peer again. Default true. */
  readonly withModel?: boolean;
  /** Virtual seconds a real one. Default `Infinity`: as fast as it can. */
  readonly speed?: Speed;
  /** Virtual milliseconds after which to stop. */
  readonly untilMs?: number | undefined;
  /**
   * What is counted apart, for `phases` of the summary, in any order: they may overlap, and leave gaps.
   * Unless given, there are no phases in it.
   */
  readonly phases?: readonly PhaseSpan[] | undefined;
  /** Hooks that it calls. */
  readonly watch?: SimulationWatch | undefined;
  /** What to do to the observers, each at its time. */
  readonly faults?: readonly PlannedFault[];
  /** File to record what every observer sees in. */
  readonly record?: string | undefined;
  /** File to write every change into, for other tools: `.ndjson`, `.csv` or `.parquet`. */
  readonly events?: string | undefined;
  /**
   * Keeps the registry, so that a run of the same churn that was interrupted goes on where it was; such as
   * `lmdbStore` of `@panoptes/store`. Not with `events`. Default: nothing is kept.
   */
  readonly store?: RegistryStore | undefined;
  /**
   * With a store: whether a change counts as made when it is stored (`commit`), or at once. Default `async`.
   */
  readonly durability?: 'async' | 'commit' | undefined;
  /** Real time. Default: the system's. */
  readonly clock?: Clock;
  /** Default: opens a registry of Panoptes. */
  readonly openRegistry?: OpenRegistry;
  /** Called with the registry when it is open; see there. What it fails with ends the run. */
  readonly onRegistry?: OnRegistry | undefined;
  /**
   * How long an observer may run without a heartbeat; the registry's default. A `digest()` is waited
   * for twice as long.
   */
  readonly hangTimeoutMs?: number | undefined;
  /** Default: on a thread of its own. */
  readonly startModel?: StartModel | undefined;
  readonly signal?: AbortSignal | undefined;
  /** What it returns is not waited for; what it throws or rejects with ends the run. */
  readonly onProgress?: OnProgress;
}

/** How a simulation is played, with everything that was left out. */
export interface OwnSimulation extends SimulationOptions {
  readonly source: ChurnSource;
  readonly seed: string | null;
  readonly observers: readonly PlayedObserver[];
  readonly speed: Speed;
  readonly clock: Clock;
  readonly openRegistry: OpenRegistry;
}

/** Looked at by itself. */
const part = z.unknown();
const text = z.string().max(1_024);
const milliseconds = z.number().min(0);
const amount = (expected: string, isRight: (value: number) => boolean) =>
  z.custom<number>((value) => typeof value === 'number' && isRight(value), expected);

const shape = z.strictObject({
  source: sourceShape,
  origin: part.optional(),
  seed: z.string().nullable().default(null),
  observers: z.array(
    z.strictObject({
      name: text.min(1),
      module: part,
      options: part.optional(),
      registration: part.optional(),
    }),
  ),
  checks: z.enum(checkLevels).optional(),
  withModel: z.boolean().optional(),
  speed: amount('expected a factor above 0, or Infinity', (speed) => speed > 0).default(
    Number.POSITIVE_INFINITY,
  ),
  untilMs: amount('expected milliseconds from 0 on', (ms) => ms >= 0).optional(),
  phases: z
    .array(
      z
        .object({
          phase: z.object({ name: text, kind: text }),
          startsAt: milliseconds,
          endsAt: amount('expected milliseconds from 0 on, or Infinity', (ms) => ms >= 0),
        })
        .refine(({ startsAt, endsAt }) => endsAt > startsAt, 'expected an end after the start'),
    )
    .min(1)
    .optional(),
  watch: part.optional(),
  faults: z.array(z.strictObject({ fault: text, observer: text, atMs: milliseconds })).optional(),
  record: z.string().optional(),
  events: z.string().optional(),
  store: part.optional(),
  durability: z.enum(['async', 'commit']).optional(),
  clock: part.default(systemClock),
  openRegistry: code.default(() => openRegistry),
  onRegistry: code.optional(),
  hangTimeoutMs: z.number().positive().optional(),
  startModel: code.optional(),
  signal: part.optional(),
  onProgress: code.optional(),
});

const originShape = z.strictObject({
  scenario: z.custom<object>(
    (value) => typeof value === 'object' && value !== null,
    'expected a scenario',
  ),
  file: z.string(),
  reading: part.optional(),
});

const watchMethods: readonly (keyof SimulationWatch)[] = [
  ...([
    'opened',
    'moduleOf',
    'registered',
    'ordered',
    'closing',
    'look',
    'before',
    'sent',
  ] as const),
];

/** What makes a part of the simulation, so that it is refused if it made something else. */
function checkedResult<Part>(
  option: string,
  make: Code,
  methods: readonly (string & keyof Part)[],
): (how: unknown) => Promise<Part> {
  return async (how) => {
    const part: unknown = await Reflect.apply(make, undefined, [how]);
    checkPort(option, part, methods);
    return part as Part;
  };
}

const registryMethods: readonly (keyof RegistryPort)[] = [
  ...([
    'upsert',
    'update',
    'remove',
    'registerObserver',
    'reviveObserver',
    'unregisterObserver',
  ] as const),
  ...(['settled', 'digest', 'getObserverStats', 'close'] as const),
];
const modelMethods: readonly (keyof RunModel)[] = ['apply', 'account', 'stamps', 'close'];

function checkSignal(signal: unknown): void {
  if (signal === undefined) return;
  checkPort('signal', signal, ['addEventListener', 'removeEventListener']);
  const { aborted } = ownRecord(signal, "option 'signal'", ['aborted']);
  if (typeof aborted === 'boolean') return;
  throw new ConfigError(`option 'signal': expected an AbortSignal, got ${describe(signal)}`);
}

function ownOrigin(given: unknown): ChurnOrigin | undefined {
  if (given === undefined) return undefined;
  const own = ownRecord(given, "option 'origin'", Object.keys(originShape.shape));
  const { scenario, file, reading } = parseOptions(originShape, own, "option 'origin'");
  return {
    // Checked before; the model says what of it is not as it should be.
    scenario: copyOptions(scenario, 'origin.scenario') as Scenario,
    file,
    ...(reading !== undefined && { reading: checkedReading(reading) }),
  };
}

function ownObserver(
  { name, module, options, registration }: z.output<typeof shape>['observers'][number],
  at: number,
): PlayedObserver {
  const where = `observers.${at}`;
  const played = { name, module: moduleUrl(`${where}.module`, module) };
  return {
    ...played,
    ...(options !== undefined && { options: copyOptions(options, `${where}.options`) }),
    ...(registration !== undefined && {
      registration: runRegistration(registration, `option '${where}.registration'`),
    }),
  };
}
