import { toldTime } from '../clock-argument.js';
import { type Clock, systemClock } from '../clock.js';
import { peerEncoder } from './entry-encoder.js';
import type { InputsOf, OptionalField, RecordField, ValuesOf } from './field-kinds.js';
import type { peerFields } from './fields.js';
import { refusalFor } from './refusal.js';

/**
 * The registry's record of a peer. Times are Unix milliseconds, none further ahead of the registry's
 * clock than `peers.maxFutureSecs` when they were told; keys are lowercase hex.
 */
export type PeerEntry = ValuesOf<Fields>;

type Fields = typeof peerFields;

/**
 * A peer as it is handed in: the identity, and any other field; what is left out gets its default. Keys
 * may be bytes or hex.
 */
export type PeerInput = InputsOf<Fields>;
/** A peer's standing, best first. */
export type PeerTier = PeerEntry['tier'];
/** How a peer was found. */
export type DiscoveryMethod = PeerEntry['discoveryMethod'];

type LeafPath<F, Prefix extends string = ''> = {
  [K in keyof F & string]: F[K] extends RecordField<infer Inner>
    ? LeafPath<Inner, `${Prefix}${K}.`>
    : F[K] extends OptionalField<infer Inner>
      ? Inner extends RecordField<infer Deep>
        ? `${Prefix}${K}` | LeafPath<Deep, `${Prefix}${K}.`>
        : `${Prefix}${K}`
      : `${Prefix}${K}`;
}[keyof F & string];

/** Where a field is, as in `connectionMetrics.latencyMs`; of an optional group, the group itself too. */
export type PeerFieldPath = LeafPath<Fields>;

/**
 * Makes a whole entry from an identity and whatever else is known; the other fields get the
 * defaults of `peerFields`, times the current time.
 *
 * @param input - the identity, and any other field
 * @param clock - where the current time comes from
 * @throws {PeerValidationError} when a field is unknown, missing or out of range; it names the field.
 *   Its `cause` is what a getter of the input threw
 * @throws {ConfigError} when the clock is none
 */
export function createPeer(input: PeerInput, clock: Clock = systemClock): PeerEntry {
  const now = clock === systemClock ? systemClock.now() : toldTime(clock, 'now');
  try {
    return peerEncoder.fill(input, () => now) as PeerEntry;
  } catch (thrown) {
    throw refusalFor(thrown);
  }
}
