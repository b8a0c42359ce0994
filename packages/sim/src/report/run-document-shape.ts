import { z } from 'zod';

const latency = z.object({ count: z.number(), p50: z.number().nullable() });
const numbers = z.array(z.number());

/**
 * As much of a run's document as it takes to make reports of it and to run it again: whoever reads one
 * may have been given a part of it, or one that was written by hand.
 */
export const runDocumentShape = z.object({
  name: z.string(),
  about: z.string(),
  seed: z.string(),
  source: z.object({ name: z.string(), kind: z.string() }),
  failure: z.object({ code: z.string().nullable(), message: z.string() }).optional(),
  peers: z.object({ mean: z.number(), peak: z.number() }),
  observers: z.array(z.object({ name: z.string(), state: z.string(), latencyMs: latency })),
  rules: z.array(z.object({ rule: z.string(), checked: z.number(), violations: z.number() })),
  violations: z.array(z.object({ rule: z.string() })),
  phases: z.array(z.object({ name: z.string(), peers: z.object({ mean: z.number() }) })),
  latencyMs: latency,
  memory: z.object({ peakRssMiB: z.number() }),
  broken: z.array(z.object({ fault: z.string(), observer: z.string(), atMs: z.number() })),
  thresholds: z.array(
    z.object({ figure: z.string(), passed: z.boolean(), actual: z.array(z.unknown()) }),
  ),
  series: z.object({
    at: numbers,
    realMs: numbers,
    online: numbers,
    joins: numbers,
    updates: numbers,
    leaves: numbers,
    rssMiB: numbers,
    observers: z.record(z.string(), z.object({ state: z.array(z.string()), lag: numbers })),
  }),
  scenario: z.object({
    file: z.string(),
    text: z.string(),
    overrides: z.array(z.object({ key: z.string(), value: z.unknown() })),
  }),
});
