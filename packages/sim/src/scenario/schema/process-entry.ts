import { processTerms } from '@panoptes/workers';
import { z } from 'zod';
import { bytes, path } from './quantities.js';

/** How the process of an observer with `host: process` is run, as a scenario writes it. */
export const processEntry = z
  .strictObject({
    group: processTerms.shape.group.describe(
      'Observers of one group share one process, and its fate.',
    ),
    command: processTerms.shape.command.describe(
      'The program that runs the observer, with its arguments; the module’s path is added. It speaks ' +
        'the protocol of docs/PROCESS-PROTOCOL.md.',
    ),
    env: processTerms.shape.env.describe('Its environment: nothing but this.'),
    cwd: path()
      .optional()
      .describe(
        'The folder in which it works, relative to this file. Default: the root of the file system.',
      ),
    permissions: z
      .strictObject({
        read: z
          .array(path())
          .max(1_000)
          .default([])
          .describe('Files and folders that it may read, relative to this file.'),
        write: z
          .array(path())
          .max(1_000)
          .default([])
          .describe('Files and folders that it may write, relative to this file.'),
        net: permissions().net.describe(
          'Whether it may use the network; refusing it takes Node 25 or later.',
        ),
        childProcess: permissions().childProcess.describe('Whether it may start programs.'),
        worker: permissions().worker.describe('Whether it may start threads.'),
        addons: permissions().addons.describe('Whether it may load native code.'),
      })
      .optional()
      .describe('Runs it in Node’s sandbox, where it may do what is granted here alone.'),
    eval: processTerms.shape.eval.describe('Whether it may make code of texts.'),
    residentLimit: bytes()
      .refine(
        (size) => size >= leastResident(),
        `expected at least ${leastResident() / 2 ** 20}MiB`,
      )
      .optional()
      .describe('Most memory that the process may have in use; above it is ended.'),
    nice: processTerms.shape.nice.describe('Its priority, from -20 to 19, the lowest.'),
    openFiles: processTerms.shape.openFiles.describe(
      'Most files and sockets that it may have open.',
    ),
  })
  .optional()
  .describe('How its process is run; only with `host: process`.');

export type ProcessEntry = NonNullable<z.output<typeof processEntry>>;

/** What may be granted. */
function permissions() {
  return processTerms.shape.permissions.unwrap().shape;
}

/** The registry's own limit, in bytes. */
function leastResident(): number {
  return processTerms.shape.residentLimitMb.unwrap().minValue! * 2 ** 20;
}
