import type { tiers } from '@panoptes/core';
import { z } from 'zod';
import { sessions } from './distributions.js';
import { actorName, count, duration, share, someShare } from './quantities.js';
import { peerUpdates } from './updates.js';

/** A run that is checked against the model holds every peer twice on the heap; see `checks`. */
const mostPeersOnline = 2_000_000;
const mostClasses = 64;

const text = () => z.string().min(1).max(64);

const capabilities = z.strictObject({
  nodeTypes: z
    .array(text())
    .min(1)
    .max(16)
    .optional()
    .describe('Roles, drawn evenly, such as full, light, relay or validator.'),
  protocols: z
    .array(text())
    .max(16)
    .optional()
    .describe('Application protocols that all of them speak.'),
  transports: z
    .array(text())
    .min(1)
    .max(8)
    .optional()
    .describe('Transports, one drawn for each peer.'),
  bandwidth: z.number().positive().max(1e12).optional().describe('Bandwidth in bytes a second.'),
  authenticated: share().optional().describe('Share that proved that they own their keys.'),
  quantumSecure: share().optional().describe('Share that use post-quantum handshakes.'),
});

const links = z.strictObject({
  latency: duration().prefault('60ms').describe('Median latency of a connection.'),
  jitter: z.number().min(0).max(2).default(0.5).describe('Spread σ of the latency’s logarithm.'),
  quality: share().default(0.8).describe('Mean share of packets that arrive.'),
});

const weight = () => z.number().positive().max(1e6).optional();
const tierWeights = z.strictObject({
  tier1: weight(),
  tier2: weight(),
  tier3: weight(),
  tier4: weight(),
  untrusted: weight(),
} satisfies Record<(typeof tiers)[number], unknown>);

const peerClass = z.strictObject({
  name: actorName().describe('Names the class, and its random numbers.'),
  share: someShare().describe('Share of the population; those of all classes add up to 1.'),
  tiers: tierWeights
    .optional()
    .describe(
      'Standing: weights of the tiers, as in { tier1: 1, tier3: 4 }. Otherwise a mix of all.',
    ),
  capabilities: capabilities.prefault({}).describe('What they offer; what is left out is a mix.'),
  links: links.prefault({}).describe('How they are connected.'),
  sessions: sessions.optional().describe('How long they stay, where it differs from `sessions`.'),
  updates: peerUpdates
    .optional()
    .describe('What changes of them, instead of `updates`; nothing where it is empty.'),
});

/** Who takes part. */
export const population = z.strictObject({
  peers: count(1, mostPeersOnline).describe('Mean number of peers online.'),
  availability: z
    .number()
    .min(0.001)
    .max(1)
    .default(0.5)
    .describe(
      'Share of its time that a peer is online: the smaller, the more different peers come.',
    ),
  classes: z
    .array(peerClass)
    .min(1)
    .max(mostClasses)
    .prefault([{ name: 'peers', share: 1 }])
    .describe('Kinds of peers.'),
});

export type ClassSpec = z.output<typeof peerClass>;
