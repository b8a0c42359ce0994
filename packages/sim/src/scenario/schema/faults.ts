import { z } from 'zod';
import { actorName, duration } from './quantities.js';

const mostFaults = 1_000;

/** What is broken on purpose. */
export const faults = z
  .array(
    z.strictObject({
      fault: actorName().describe(
        'Which fault; `panoptes faults` lists them. `chaos` is random ones on all observers, by the seed.',
      ),
      observer: z
        .string()
        .min(1)
        .max(128)
        .optional()
        .describe('On whom: an observer’s name; the first one unless given.'),
      phase: actorName()
        .optional()
        .describe('The phase in whose course `at` lies; the run unless given.'),
      at: duration().optional().describe('Virtual time since then; its very start unless given.'),
      every: duration()
        .optional()
        .describe(
          'Of `chaos`: mean time from one fault to the next; three an observer in all unless given.',
        ),
    }),
  )
  .max(mostFaults);

/** Random faults on all observers, instead of one on one. */
export const chaos = 'chaos';

export type FaultSpec = z.output<typeof faults>[number];
