import {
  type Chance,
  ConfigError,
  type Clock,
  type Inspect,
  type ObserverSpec,
  type RegistryStore,
  type RegistryLife,
  type RegistryOptions,
  type StoredObservers,
  type Tracer,
  checkChance,
  checkClock,
  checkPort,
  describe,
  noSuchOption,
  ownInspect,
  ownRecord,
  ownTracer,
  registryOptionNames,
} from '@panoptes/core';
import type { Logger } from 'pino';
import { type NamedEntries, entryNames, namedEntry } from './host/named-entry.js';

/** What a registry depends on, as its caller hands it in. */
export interface RegistryDeps extends NamedEntries {
  readonly clock?: Clock;
  readonly tracer?: Tracer | undefined;
  readonly inspect?: Inspect | undefined;
  readonly logger?: Logger | false;
  readonly chance?: Chance;
  readonly store?: RegistryStore;
}

const names: readonly (keyof RegistryDeps)[] = [
  'clock',
  'logger',
  'chance',
  ...entryNames,
  'store',
  'tracer',
  'inspect',
];
const loggerMethods = ['child', 'info', 'warn', 'error', 'fatal'];

/**
 * Takes the options of a registry apart into what it depends on, which is checked, and the options
 * proper, which the registry checks itself.
 *
 * @throws {ConfigError} naming what is not what it should be
 */
export function depsOf(options: unknown): RegistryDeps & { readonly rest: RegistryOptions } {
  const own: RegistryDeps = ownRecord(options, 'options', names);
  const { clock, tracer, inspect, logger, chance, store, ...others } = own;
  const { workerEntry, relayEntry, processEntry, ...rest } = others;
  const entries = { workerEntry, relayEntry, processEntry };
  const known = [...registryOptionNames, ...names];
  const odd = Object.keys(rest).find((name) => !known.includes(name));
  if (odd !== undefined) throw noSuchOption(odd, known);
  if (clock !== undefined) checkClock(clock);
  for (const name of entryNames) {
    if (entries[name] !== undefined) namedEntry(name, entries[name]);
  }
  if (logger !== undefined && logger !== false) checkPort('logger', logger, loggerMethods);
  if (chance !== undefined) checkChance(chance);
  if (store !== undefined) checkPort('store', store, ['open']);
  return {
    rest,
    ...(clock !== undefined && { clock }),
    ...(tracer !== undefined && { tracer: ownTracer(tracer) }),
    ...(inspect !== undefined && { inspect: ownInspect(inspect) }),
    ...(logger !== undefined && { logger }),
    ...(chance !== undefined && { chance }),
    ...(workerEntry !== undefined && { workerEntry }),
    ...(relayEntry !== undefined && { relayEntry }),
    ...(processEntry !== undefined && { processEntry }),
    ...(store !== undefined && { store }),
  };
}

/** @throws {ConfigError} when there is no store that is open for what is asked */
export function checkDurability(durability: unknown, store: unknown, life?: RegistryLife): void {
  if (store !== undefined && life === undefined) {
    throw new ConfigError(
      `option 'store': it is opened by createRegistry(), not by the constructor`,
    );
  }
  // A replica may be given one when it is promoted.
  if (durability === 'commit' && store === undefined && life?.isReplica !== true) {
    throw new ConfigError(
      `option 'durability': 'commit' needs a store; give one as option 'store'`,
    );
  }
}

/** @throws {ConfigError} when an observer is to store something and there is nowhere to */
export function checkResume(
  { resume, name }: ObserverSpec,
  stored: StoredObservers | undefined,
): void {
  if (resume === false) return;
  if (!name.isWellFormed()) {
    // Another text would be the same in UTF-8.
    throw new ConfigError(
      `option 'name': expected a text without half a character, got ${describe(name)}`,
    );
  }
  if (stored?.hasSpaces === true) return;
  const lack =
    stored === undefined ? 'this registry has none' : `that of this registry keeps peers alone`;
  throw new ConfigError(
    `option 'resume': expected a registry whose store keeps what observer ${describe(name)} stores, but ` +
      `${lack}; give createRegistry one, such as lmdbStore({ path }), as option 'store'`,
  );
}
