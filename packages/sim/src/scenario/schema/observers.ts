import { hardLimitMb, memoryLimitOption } from '@panoptes/core';
import { type HostName, builtInNames, hostNames } from '@panoptes/workers';
import { z } from 'zod';
import { entryTerms } from './entry-terms.js';
import { processEntry } from './process-entry.js';
import { actorName, bytes, count, path } from './quantities.js';

/** The registry takes 50 observers by default, and one place is the log digest's. */
export const mostObservers = 49;

/** The registry's own limit, so that a scenario is refused before it runs. */
const leastMemoryMb = memoryLimitOption.minValue!;
const memoryRange = `${leastMemoryMb}MiB to ${hardLimitMb / 1024}GiB`;

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
  ...entryTerms,
  memory: bytes()
    .refine((size) => size >= leastMemoryMb * 2 ** 20 && size <= hardLimitMb * 2 ** 20, {
      error: `expected a size from ${memoryRange}`,
    })
    .optional()
    .describe(`Most memory it may take, from ${memoryRange}; the registry’s default unless given.`),
};

/** The hosts on which code that nobody knows may run. */
const isolatingHosts = ['thread', 'process'] as const satisfies readonly HostName[];

const builtIn = z.strictObject({
  use: z.enum(builtInNames).describe('A built-in observer.'),
  ...registration,
  host: z
    .enum(hostNames)
    .default(hostNames[0])
    .describe('Its own thread, its own process, or the registry’s thread.'),
  process: processEntry,
});
const module = z.strictObject({
  module: path().describe(
    'A module whose default export `defineObserver` made, relative to this file.',
  ),
  ...registration,
  host: z
    .enum(isolatingHosts)
    .default('thread')
    .describe('Its own thread, or its own process. It never has the registry’s thread.'),
  process: processEntry,
});

/** Who watches: names of built-ins, or more of each; nobody, where the registry alone is looked at. */
export const observers = z
  .array(z.union([z.enum(builtInNames), builtIn, module]))
  .max(mostObservers);

export type ObserverEntry = z.output<typeof observers>[number];
