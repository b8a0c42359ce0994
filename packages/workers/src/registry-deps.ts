import {
  type Chance,
  type Clock,
  type RegistryOptions,
  checkChance,
  checkPort,
  noSuchOption,
  ownRecord,
  registryOptionNames,
} from '@panoptes/core';
import type { Logger } from 'pino';

/** What a registry depends on, as its caller hands it in. */
export interface RegistryDeps {
  readonly clock?: Clock;
  readonly logger?: Logger | false;
  readonly chance?: Chance;
  readonly workerEntry?: URL | string;
}

const names: readonly (keyof RegistryDeps)[] = ['clock', 'logger', 'chance', 'workerEntry'];
const loggerMethods = ['child', 'info', 'warn', 'error', 'fatal'];

/**
 * Takes the options of a registry apart into what it depends on, which is checked, and the options
 * proper, which the registry checks itself.
 *
 * @throws {ConfigError} naming what is not what it should be
 */
export function depsOf(options: unknown): RegistryDeps & { readonly rest: RegistryOptions } {
  const own: RegistryDeps = ownRecord(options, 'options', names);
  const { clock, logger, chance, workerEntry, ...rest } = own;
  const known = [...registryOptionNames, ...names];
  const odd = Object.keys(rest).find((name) => !known.includes(name));
  if (odd !== undefined) throw noSuchOption(odd, known);
  if (logger !== undefined && logger !== false) checkPort('logger', logger, loggerMethods);
  if (chance !== undefined) checkChance(chance);
  return {
    rest,
    ...(clock !== undefined && { clock }),
    ...(logger !== undefined && { logger }),
    ...(chance !== undefined && { chance }),
    ...(workerEntry !== undefined && { workerEntry }),
  };
}
