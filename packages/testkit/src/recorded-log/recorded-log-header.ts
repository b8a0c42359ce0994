import { tiers } from '@panoptes/core';
import { z } from 'zod';
import type { LifeFacts, RunEnding, RunFacts } from '../checkers/history.js';
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

/** A life of the registry that was recorded. */
export const recordedLife = z.object({
  epoch: whole.min(1),
  seq: whole,
  id: z.string().max(64).exactOptional(),
}) satisfies z.ZodType<LifeFacts>;

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
    life: recordedLife.exactOptional(),
  }) satisfies z.ZodType<RunFacts>,
});
export interface RecordedLogHeader extends Omit<z.output<typeof recordedLogHeader>, 'facts'> {
  readonly facts: RunFacts;
}

/** How a recorded run, or a life of its registry, ended. */
export const recordedEnding = z.object({
  lastSeq: whole,
  peers: whole,
  sum: whole.exactOptional(),
  live: z.array(name),
}) satisfies z.ZodType<RunEnding>;
