import { builtInNames, hostNames } from '@panoptes/workers';
import { z } from 'zod';
import { actorName, bytes, count, duration, path } from './quantities.js';

/** The registry takes 50 observers by default, and one place is the log digest's. */
export const mostObservers = 49;

const registration = {
  name: actorName()
    .optional()
    .describe('Its name; that of the built-in or of the file unless given.'),
  count: count(1, mostObservers)
    .optional()
    .describe(
      'How many instances, named name-1, name-2 and so on; one without a number unless given.',
    ),
  options: z
    .record(z.string().max(64), z.unknown())
    .optional()
    .describe('Passed to the observer’s `setup`.'),
  onLag: z
    .enum(['block', 'lap'])
    .default('block')
    .describe('Whether the registry waits for it when the log is full, or overtakes it.'),
  role: z
    .enum(['best-effort', 'critical'])
    .default('best-effort')
    .describe(
      'Whether it votes on each transaction; a veto, or one that is not there to vote, ends the run, ' +
        'with a report of what was played.',
    ),
  restart: z
    .enum(['permanent', 'transient', 'temporary'])
    .default('permanent')
    .describe('When it is started again: always, after a failure, or never.'),
  memory: bytes()
    .optional()
    .describe('Most memory it may take, from 32MiB; the registry’s default unless given.'),
};

const builtIn = z.strictObject({
  use: z.enum(builtInNames).describe('A built-in observer.'),
  ...registration,
  host: z
    .enum(hostNames)
    .default(hostNames[0])
    .describe('Its own thread, or the registry’s. A module of your own always has a thread.'),
});
const module = z.strictObject({
  module: path().describe(
    'A module whose default export `defineObserver` made, relative to this file.',
  ),
  ...registration,
});

/** Who watches: names of built-ins, or more of each. */
export const observers = z
  .array(z.union([z.enum(builtInNames), builtIn, module]))
  .min(1)
  .max(mostObservers);

const mostFaults = 1_000;

/** Random faults on all observers, instead of one on one. */
export const chaos = 'chaos';

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

export type ObserverEntry = z.output<typeof observers>[number];
export type FaultSpec = z.output<typeof faults>[number];
