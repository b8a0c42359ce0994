import { dhtKey } from '@panoptes/core/observer';
import type { ObserverContext } from '../../runtime/define-observer.js';
import { OptionReader } from '../option-reader.js';
import { type SubnetLimits, localNets } from './subnet-guard.js';

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
   * this: 1 to 1,000,000, or 0 (default), nothing is vetoed. Addresses are compared by their bits,
   * and an IPv6 address that stands for an IPv4 one (mapped, 6to4, NAT64, Teredo) is that.
   */
  readonly maxPerSubnet?: number;
  /**
   * With `maxPerSubnet`: how many peers may have no IP address, but host names or radio addresses, or
   * no endpoint at all. 0 to 1,000,000. Default: `maxPerSubnet`.
   */
  readonly maxWithoutAddress?: number;
  /**
   * With `maxPerSubnet`: nets whose addresses are not counted, of `loopback` and `private` (private,
   * link-local and carrier-grade NAT). A peer that may claim any address may claim those. Default: none.
   */
  readonly exempt?: readonly (typeof localNets)[number][];
}

/** The options with every default filled in. */
export interface KademliaSettings {
  readonly k: number;
  readonly localId: Buffer;
  readonly maxFailedAttempts: number;
  /** None when nothing is vetoed. */
  readonly subnetLimits: SubnetLimits | undefined;
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
  const maxWithoutAddress = options.integer('maxWithoutAddress', maxPerSubnet, 0, 1_000_000);
  const exempt = options.words('exempt', [], localNets);
  options.end();
  const limits = { maxPerSubnet, maxWithoutAddress, exempt };
  const subnetLimits = maxPerSubnet === 0 ? undefined : limits;
  return { k, maxFailedAttempts, subnetLimits, localId: Buffer.from(localId, 'hex') };
}
