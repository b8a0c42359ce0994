import type { PeerEntry, PeerTier } from '@panoptes/core/observer';
import type { ValidatorSettings } from './validator-options.js';

/**
 * The weight a peer has in the active validator set. It is active when it is authenticated, its
 * trust score reaches the threshold, and it is capable: its node type is `validator` or it speaks
 * the validators' protocol.
 *
 * The weight is tier factor × trust score × availability in millionths, rounded to a whole number:
 * sums of whole numbers are exact, in whatever order they are formed.
 *
 * @returns a whole number from 0 to 1,000,000; undefined for a peer that is not active
 */
export function validatorWeight(
  entry: PeerEntry,
  { minTrust, protocol }: ValidatorSettings,
): number | undefined {
  // What costs least to decode and rules out most comes first.
  if (!entry.authenticated) return undefined;
  const { trustScore } = entry;
  if (trustScore < minTrust) return undefined;
  const { capabilities } = entry;
  if (capabilities.nodeType !== 'validator' && !capabilities.protocols.includes(protocol)) {
    return undefined;
  }
  const availability = capabilities.availabilityPercent / 100;
  return Math.round(fullWeight * tierFactors[entry.tier] * trustScore * availability);
}

/** The weight of a validator of the best tier that is trusted wholly and always there. */
const fullWeight = 1_000_000;

/** How much of the full weight a tier can reach. An untrusted peer may be active, with little say. */
const tierFactors: Readonly<Record<PeerTier, number>> = {
  tier1: 1,
  tier2: 0.75,
  tier3: 0.5,
  tier4: 0.25,
  untrusted: 0.1,
};
