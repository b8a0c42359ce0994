import { type OptionTable, flagOption, readOptions, wordOption } from '../read-options.js';
import type { WhenFull } from './command-queue.js';

/** How an upsert treats what is known, and what happens when too many commands wait. */
export interface UpsertOptions extends BulkOptions {
  /**
   * What happens when `maxWaiting` commands wait already: `reject` (default), or `wait` longer;
   * as many again may do that.
   */
  readonly whenFull?: WhenFull | undefined;
}

/** How many upserts at once treat what is known. */
export interface BulkOptions {
  /** Whether a known peer may come with another key or DID. Default false: it is refused. */
  readonly allowIdentityChange?: boolean | undefined;
}

export interface UpsertSettings {
  readonly allowIdentityChange: boolean;
  readonly whenFull: WhenFull;
}

const allowIdentityChange = flagOption(false);
export const whenFullOption = wordOption('reject', 'wait');
const upsertOptions: OptionTable<UpsertSettings> = {
  allowIdentityChange,
  whenFull: whenFullOption,
};
const bulkOptions: OptionTable<Pick<UpsertSettings, 'allowIdentityChange'>> = {
  allowIdentityChange,
};

const upsertDefaults = readOptions(upsertOptions, {}, 'options');

/**
 * @param defaults - what is taken for what is left out
 * @throws {ConfigError} when an option is not one it can be
 */
export function upsertSettings(
  options: UpsertOptions | undefined,
  defaults = upsertDefaults,
): UpsertSettings {
  if (options === undefined) return defaults;
  const { whenFull } = defaults;
  const table = { ...upsertOptions, whenFull: { ...whenFullOption, initial: whenFull } };
  return readOptions(table, options, 'options');
}

/** @throws {ConfigError} when an option is not one it can be */
export const bulkSettings = (options: BulkOptions | undefined): UpsertSettings =>
  options === undefined
    ? upsertDefaults
    : { ...upsertDefaults, ...readOptions(bulkOptions, options, 'options') };
