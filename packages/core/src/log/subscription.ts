import { z } from 'zod';
import { parseOptions } from '../parse-options.js';
import { peerFields, tiers } from '../peers/fields.js';

/**
 * What a follower of the log is given; everything unless it says otherwise. `kinds` chooses
 * changes, the other fields choose peers: one that is as all of them say is in the chosen set. An
 * update concerns the set when the peer was in it before or is in it now, so leaving it is an event too.
 * Of a transaction of several changes those that match arrive, as a `BatchUpdate`.
 */
export type Subscription = Readonly<z.input<typeof subscriptionOptions>>;

/** A subscription, as what holds one may extend it. */
export const subscriptionOptions = z.strictObject({
  /** Kinds of change; all unless given. */
  kinds: z
    .array(z.enum(['PeerAdded', 'PeerUpdated', 'PeerRemoved']))
    .min(1)
    .optional(),
  /** Tiers of the peers it is about. */
  tiers: z.array(z.enum(tiers)).min(1).optional(),
  /** How those peers were found. */
  discoveryMethods: z.array(z.enum(peerFields.discoveryMethod.words)).min(1).optional(),
  /** Whether those peers have proved that they own their keys. */
  authenticated: z.boolean().optional(),
  /** Whether those peers connected through a post-quantum handshake. */
  quantumSecure: z.boolean().optional(),
});

/** @throws {ConfigError} when a subscription is not one it can be */
export const parseSubscription = (wanted: unknown): Subscription =>
  parseOptions(subscriptionOptions, wanted, 'subscribe');
