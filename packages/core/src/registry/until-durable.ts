import { ConfigError, describe } from '../errors.js';
import { StoreError } from '../store-error.js';
import type { Durability } from './durability.js';

/**
 * Resolves when transaction `seq` is on disk.
 *
 * @throws {ConfigError} when it is no transaction's number
 * @throws {StoreError} when there is no store (`STORE_NONE`), and what `Durability.reached` throws
 */
export async function untilDurable(durability: Durability | undefined, seq: number): Promise<void> {
  if (!Number.isSafeInteger(seq) || seq < 0) {
    throw new ConfigError(`seq: expected a whole number from 0 on, got ${describe(seq)}`);
  }
  if (durability === undefined) {
    const message = `the registry has no store: give createRegistry one (option 'store')`;
    throw new StoreError('STORE_NONE', message);
  }
  await durability.reached(seq);
}
