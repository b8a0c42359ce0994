import { constants } from 'node:os';
import { z } from 'zod';
import { absolutePath, grantedPath } from './granted-path.js';

/**
 * The options of an observer with `host: 'process'`, beside those that every observer has. The one place
 * for a new one: types, checks and defaults follow from it.
 */
export const processTerms = z
  .strictObject({
    /**
     * Observers that name the same group share one process, which costs some 40 MB, and its fate: all of
     * them are to say the same of it. Default: a process of its own.
     */
    group: text(64).optional(),
    /**
     * The program that runs the observer, with its arguments; the path of the module is added as the
     * last one. It speaks the protocol of docs/PROCESS-PROTOCOL.md. Default: this Node.
     */
    command: z.array(text(4_096)).min(1, 'expected a program').max(100).optional(),
    /** The environment: nothing but this. Default: empty. */
    env: z
      .record(
        z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,255}$/, 'expected the name of a variable'),
        text(32_768, 0),
      )
      .transform((variables) => Object.entries(variables))
      .default([]),
    /**
     * The folder in which it works, from which its relative paths lead: an absolute path, or a URL. In a
     * sandbox it may read there what is granted, and nothing more. Default: the root of the file system.
     */
    cwd: absolutePath().optional(),
    /**
     * Runs it in Node's sandbox, in which it may do what is granted here, and read the file of its own
     * module and those of Panoptes. Refused where the runtime cannot hold it. docs/SECURITY.md says what
     * it holds. Default: no sandbox.
     */
    permissions: z
      .strictObject({
        /** Files that it may read, and folders with all that is in them: absolute paths, or URLs. Default: none. */
        read: z.array(grantedPath()).max(1_000).default([]),
        /** Files and folders that it may write. Default: none. */
        write: z.array(grantedPath()).max(1_000).default([]),
        /** Whether it may use the network; to refuse it takes Node 25 or later. Default false. */
        net: z.boolean().default(false),
        /** Whether it may start programs, on which no sandbox holds. Default false. */
        childProcess: z.boolean().default(false),
        /** Whether it may start threads, on which no sandbox holds; with `ownThreads`. Default false. */
        worker: z.boolean().default(false),
        /** Whether it may load native code, on which no sandbox holds. Default false. */
        addons: z.boolean().default(false),
      })
      .optional(),
    /** Whether it may make code of texts, by `eval` and the like. Default true. */
    eval: z.boolean().default(true),
    /**
     * Most memory that the process may have in use, all of it, in megabytes: it is warned of at 80 %, and
     * ended above. Default: what its observers may use (`memoryLimitMb`), and 256 more.
     */
    residentLimitMb: z.int().min(64).max(1_048_576).optional(),
    /** Its priority, from -20 to 19, the lowest. Less than 0 takes rights that few have. Default 0. */
    nice: z
      .int()
      .min(constants.priority.PRIORITY_HIGHEST)
      .max(constants.priority.PRIORITY_LOW)
      .default(0),
    /** Most files and sockets that it may have open, where the platform has such a limit. Default: the platform's. */
    openFiles: z.int().min(32).max(1_048_576).optional(),
  })
  .superRefine(({ command, permissions, eval: evaluates }, context) => {
    if (command === undefined) return;
    const why = "only Node has it, and 'command' runs another program";
    if (permissions !== undefined) {
      context.addIssue({ code: 'custom', path: ['permissions'], message: `expected none: ${why}` });
    }
    if (!evaluates) {
      context.addIssue({ code: 'custom', path: ['eval'], message: `expected true: ${why}` });
    }
  });

/** How a process for observers is to be run, as a registration says it. */
export type ProcessOptions = z.input<typeof processTerms>;

/** How a process for observers is to be run, checked and with all defaults. */
export type ProcessTerms = z.output<typeof processTerms>;

/** What a sandbox lets its process do. */
export type Permissions = NonNullable<ProcessTerms['permissions']>;

/** A text that can be handed to another program. */
function text(most: number, least = 1) {
  const length = `expected ${least} to ${most} characters, none of them zero`;
  return z
    .string(length)
    .min(least, length)
    .max(most, length)
    .refine((value) => !value.includes('\0') && value.isWellFormed(), length);
}
