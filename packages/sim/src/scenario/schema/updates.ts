import { z } from 'zod';
import { duration, someShare } from './quantities.js';

const every = () => duration().describe('Mean time between two of one peer, at random.');

/** What changes of each peer by itself while it is online; each is off unless it is given. */
export const peerUpdates = z.strictObject({
  heartbeat: z
    .strictObject({ every: every() })
    .optional()
    .describe('A sign of life: `lastSeen`, and how much was transferred.'),
  metrics: z
    .strictObject({
      every: every(),
      drift: z
        .number()
        .gt(0)
        .max(2)
        .default(0.1)
        .describe('Spread σ of a step of the latency’s logarithm.'),
    })
    .optional()
    .describe('Measurements of the connection drift: latency and signal.'),
  trust: z
    .strictObject({
      every: every(),
      step: someShare().default(0.05).describe('The trust score moves at most so far at a time.'),
    })
    .optional()
    .describe('Trust scores walk at random.'),
  tiers: z
    .strictObject({ every: every() })
    .optional()
    .describe('A peer rises or falls by one tier.'),
});

/** What changes while peers are online; each is off unless it is given. */
export const updates = peerUpdates.extend({
  validators: z
    .strictObject({
      every: duration().describe('Time between two rotations.'),
      seats: z.int().min(1).max(10_000).default(64).describe('Validators at a time.'),
      rotate: someShare().default(0.25).describe('Share of the seats that change hands.'),
    })
    .optional()
    .describe(
      'The set of validators rotates: peers that are not untrusted take the role up, others give it up.',
    ),
});

export type PeerUpdatesSpec = z.output<typeof peerUpdates>;
export type UpdatesSpec = z.output<typeof updates>;
