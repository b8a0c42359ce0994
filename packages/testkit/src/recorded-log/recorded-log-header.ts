import { tiers } from '@panoptes/core';
import { z } from 'zod';
import type { RunEnding, RunFacts } from '../checkers/history.js';
import { changeKinds, discoveryMethods, recordedLogVersion } from './recorded-log-layout.js';

const whole = z.int().min(0);
const name = z.string().min(1).max(256);

/** An observer's subscription, as far as checks need it. */
export const subscriptionShape = z
  .object({
    kinds: z.array(z.enum(changeKinds)),
    tiers: z.array(z.enum(tiers)),
    discoveryMethods: z.array(z.enum(discoveryMethods)),
    authenticated: z.boolean(),
    quantumSecure: z.boolean(),
  })
  .partial();

/** How a recorded run was set up: the header of the file. */
export const recordedLogHeader = z.object({
  format: z.literal('panoptes.recorded-log'),
  version: z.literal(recordedLogVersion),
  /** Node's version. */
  node: z.string(),
  source: z.string(),
  seed: z.string().nullable(),
  facts: z.object({
    observers: z
      .array(
        z.object({
          name,
          kind: name,
          filter: subscriptionShape.exactOptional(),
        }),
      )
      .max(10_000),
    maxPeers: whole,
    maxObservers: whole,
    restarts: z.object({ maxRestarts: whole, withinMs: z.number().min(0) }),
    life: z.object({ epoch: whole.min(1), seq: whole }).exactOptional(),
  }) satisfies z.ZodType<RunFacts>,
});
export interface RecordedLogHeader extends Omit<z.output<typeof recordedLogHeader>, 'facts'> {
  readonly facts: RunFacts;
}

/** How a recorded run ended: the last block of the file. */
export const recordedEnding = z.object({
  lastSeq: whole,
  peers: whole,
  sum: whole.exactOptional(),
  live: z.array(name),
}) satisfies z.ZodType<RunEnding>;
