import { dhtKey } from '@panoptes/core/observer';
import type { ObserverContext } from '../../runtime/define-observer.js';
import { OptionReader } from '../option-reader.js';

/** Options of the `kademlia` observer. */
export interface KademliaOptions {
  /** Members of a bucket at most: 1 to 1,024, default 20. */
  readonly k?: number;
  /** Whose table it is: 64 hex characters. Default: one that all instances share. */
  readonly localId?: string;
  /** Failed attempts from which on a contact counts as one that does not answer. Default 3. */
  readonly maxFailedAttempts?: number;
  /**
   * As a critical observer it vetoes what would give one subnet (IPv4 /24, IPv6 /64) more peers than
   * this: 1 to 1,000,000, or 0 (default), nothing is vetoed.
   */
  readonly maxPerSubnet?: number;
}

/** The options with every default filled in. */
export interface KademliaSettings {
  readonly k: number;
  readonly localId: Buffer;
  readonly maxFailedAttempts: number;
  readonly maxPerSubnet: number;
}

/** Not made of the observer's name: instances that differ in nothing else hold the same table. */
const defaultLocalId = dhtKey('panoptes').toString('hex');

/** @throws {ConfigError} naming the option, what it may be and what it is */
export function readKademliaOptions(ctx: ObserverContext): KademliaSettings {
  const options = new OptionReader(ctx);
  const k = options.integer('k', 20, 1, 1024);
  const maxFailedAttempts = options.integer('maxFailedAttempts', 3, 1, Number.MAX_SAFE_INTEGER);
  const localId = options.text('localId', defaultLocalId, /^[0-9a-f]{64}$/i, '64 hex characters');
  const maxPerSubnet = options.integer('maxPerSubnet', 0, 0, 1_000_000);
  options.end();
  return { k, maxFailedAttempts, maxPerSubnet, localId: Buffer.from(localId, 'hex') };
}
