import { z } from 'zod';
import { parseOptions } from '../parse-options.js';

/** How an upsert treats what is known, and what happens when too many commands wait. */
export type UpsertOptions = Readonly<z.input<typeof upsertOptions>>;
/** How many upserts at once treat what is known. */
export type BulkOptions = Readonly<z.input<typeof bulkOptions>>;

const upsertOptions = z.strictObject({
  /** Whether a known peer may come with another key or DID. Default false: it is refused. */
  allowIdentityChange: z.boolean().default(false),
  /**
   * What happens when `maxWaiting` commands wait already: `reject` (default), or `wait` longer;
   * as many again may do that.
   */
  whenFull: z.enum(['reject', 'wait']).default('reject'),
});
const bulkOptions = upsertOptions.pick({ allowIdentityChange: true });

export type UpsertSettings = Readonly<z.output<typeof upsertOptions>>;

const upsertDefaults: UpsertSettings = upsertOptions.parse({});

/** @throws {ConfigError} when an option is not one it can be */
export const upsertSettings = (options: UpsertOptions | undefined): UpsertSettings =>
  options === undefined ? upsertDefaults : parseOptions(upsertOptions, options, 'options');

/** @throws {ConfigError} when an option is not one it can be */
export const bulkSettings = (options: BulkOptions | undefined): UpsertSettings =>
  options === undefined
    ? upsertDefaults
    : { ...upsertDefaults, ...parseOptions(bulkOptions, options, 'options') };
