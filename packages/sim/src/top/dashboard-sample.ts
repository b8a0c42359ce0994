import { z } from 'zod';

/** What a dashboard sends of a registry and its observers at one moment, as far as it is read here. */
export type DashboardSample = z.output<typeof shape>;
/** One of the observers. */
export type SampledObserver = DashboardSample['observers'][number];

/**
 * Reads what was sent. Whoever sent it, it has this form; what else is in it is kept.
 *
 * @returns undefined when it is no sample
 */
export function dashboardSample(json: string): DashboardSample | undefined {
  try {
    return shape.safeParse(JSON.parse(json)).data;
  } catch {
    return undefined;
  }
}

/** JSON has no numbers for what was not measured. */
const amount = z.number().nullish();

const shape = z.looseObject({
  overview: z.looseObject({
    /** Unix milliseconds. */
    at: z.number(),
    /** When what is shown was kept, where it is not as it is now. */
    frozenAt: amount,
    about: z
      .array(z.looseObject({ label: z.string(), value: z.union([z.string(), z.number()]) }))
      .max(1_000)
      .default([]),
    registry: z.looseObject({ state: z.string() }),
    figures: z.looseObject({
      watched: z.looseObject({ peers: z.number() }),
      /** Of a replica alone. */
      replica: z.looseObject({ follows: z.number(), lag: z.number() }).nullish(),
    }),
  }),
  observers: z
    .array(
      z.looseObject({
        name: z.string(),
        state: z.string(),
        role: z.string(),
        lag: z.number(),
        delivered: z.number(),
        restarts: z.number(),
        resyncs: z.number(),
        handlerP50Ms: amount,
        handlerP99Ms: amount,
        heapBytes: amount,
        externalBytes: amount,
        utilization: amount,
      }),
    )
    .max(100_000),
});
