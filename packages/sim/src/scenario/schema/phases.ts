import { z } from 'zod';
import { actorName, count, duration, moment, share, someShare } from './quantities.js';

const phase = <Kind extends string, Shape extends z.core.$ZodLooseShape>(
  kind: Kind,
  about: string,
  shape: Shape,
) =>
  z.strictObject({
    kind: z.literal(kind).describe(about),
    name: actorName()
      .optional()
      .describe('Names it, and its random numbers; its kind unless given.'),
    starts: moment()
      .optional()
      .describe(
        'When it begins, from the start of the run; when the one before it ends unless given.',
      ),
    duration: duration().describe('How long it lasts.'),
    ...shape,
  });

const struck = () => actorName().optional().describe('Only peers of this class; all unless given.');
const model = () =>
  actorName().optional().describe('They are like peers of this class; of the first unless given.');

const mostPhases = 100;
/** Phases at a time, at most: each has latencies of its own of every observer. */
export const mostAtOnce = 10;
const mostCrowd = 2_000_000;

/** What the run goes through: phases one after the other, or at once where they say when they begin. */
export const phases = z
  .array(
    z.discriminatedUnion('kind', [
      phase(
        'warm-up',
        'The network fills evenly from no peers to its usual size; only as the first.',
        {},
      ),
      phase('steady', 'Nothing but the usual churn.', {}),
      phase('flash-crowd', 'Many come at once, at a rate that falls off, and stay a while.', {
        peers: count(1, mostCrowd).describe('How many come beyond the usual.'),
        stay: duration().prefault('10m').describe('Mean time that one of them stays.'),
        class: model(),
      }),
      phase('regional-outage', 'All peers in a region go down together, and come up at its end.', {
        region: someShare().default(0.25).describe('The region, as a share of all places.'),
        back: share().default(0.9).describe('Share of those gone that come back.'),
        class: struck(),
      }),
      phase('partition', 'One side falls silent and times out; at its end it is heard again.', {
        far: someShare()
          .default(0.5)
          .describe('The side that is not heard, as a share of all peers.'),
        timeout: duration().prefault('30s').describe('Within this time silent peers are removed.'),
        class: struck(),
      }),
      phase('sybil-flood', 'Identities of one attacker join at an even rate, all untrusted.', {
        peers: count(1, mostCrowd).describe('How many identities join.'),
        stay: duration().prefault('30m').describe('Mean time that one of them stays.'),
        class: model(),
      }),
      phase('mass-departure', 'Many leave for good at an even rate.', {
        share: someShare().default(0.5).describe('Share of those online at its start that leave.'),
        class: struck(),
      }),
    ]),
  )
  .min(1)
  .max(mostPhases)
  .transform((list) => list.map((one) => ({ ...one, name: one.name ?? one.kind })));

export type PhaseSpec = z.output<typeof phases>[number];
