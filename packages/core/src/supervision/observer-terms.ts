import { z } from 'zod';
import { memoryLimitOption } from '../config.js';
import type { Given } from '../parse-options.js';

/** What an observer's owner may say of it, besides where it runs; what is left out gets its default. */
export type ObserverTerms = Given<typeof observerTerms>;

const nameLength = 'expected 1 to 128 characters';
const formatName = z
  .string(nameLength)
  .min(1, nameLength)
  .max(128, nameLength)
  .refine((name) => name.isWellFormed(), 'expected a text without half a character');
/** Longer frames cannot be said (message-ring.ts). */
const mostStoreMb = 256;

/**
 * The schema of each option that an observer's owner may give, whatever the observer is. The one place
 * for a new one: types, checks, defaults and the section of a scenario follow from it.
 */
export const observerTerms = Object.freeze({
  /** Unique among the registered. Default: the module's file name, as in `routing` for routing.observer.js. */
  name: z.string(nameLength).min(1, nameLength).max(128, nameLength).optional(),
  /**
   * What happens when it is so slow that the log is full: `lap` (default), it is overtaken and gets a
   * new snapshot; `block`, the registry waits for it, at most `blockTimeoutMs` at a time.
   */
  onLag: z.enum(['lap', 'block']).default('lap'),
  /** When it is started again: always (`permanent`, default), after a failure (`transient`), never. */
  restart: z.enum(['permanent', 'transient', 'temporary']).default('permanent'),
  /** Whether it may be inactive for ever while it is caught up and answers. Default false. */
  keepAlive: z.boolean().default(false),
  /** Most memory, heap and buffers together, in megabytes. Default: the registry's. */
  memoryLimitMb: memoryLimitOption.optional(),
  /**
   * Whether it may start threads of its own. Their memory and loops are not seen, and nothing keeps
   * them from the main thread. Default false: `new Worker` throws there.
   */
  ownThreads: z.boolean().default(false),
  /**
   * Whether it votes on each transaction before it commits (`critical`; it needs an `onProposal`), or
   * only follows (`best-effort`, default). A critical one is waited for as with `onLag: 'block'`.
   */
  role: z.enum(['critical', 'best-effort']).default('best-effort'),
  /**
   * Whether it stores state of its own in the registry's store (`ctx.store`), and goes on from there when
   * it is started again, in place of a snapshot. A text names the format of that state: what is stored in
   * another is removed. Default false.
   */
  resume: z
    .union([z.boolean(), formatName], 'expected true, false or the name of a format')
    .default(false),
  /** How much an observer with `resume` may store, in megabytes; others have none. Default 16. */
  storeLimitMb: z.int().min(1).max(mostStoreMb).optional(),
  /**
   * What happens to a transaction when a critical observer cannot vote on it, because it failed, is too
   * late or is not there: it is refused (`abort`, default), or goes on without it (`proceed`).
   */
  onVoteFailure: z.enum(['abort', 'proceed']).optional(),
  /**
   * What happens while a critical observer is not there: `onVoteFailure` at once (`fail`, default), or
   * commands `wait` for it, at most `unavailableWaitMs` from when it went.
   */
  onUnavailable: z.enum(['fail', 'wait']).optional(),
});

/** The options given that do not belong there, each with why: only other observers have them. */
export function misplacedTerms(given: GivenTerms): MisplacedTerm[] {
  const misplaced: MisplacedTerm[] = [];
  const isResuming = given.resume !== undefined && given.resume !== false;
  if (given.storeLimitMb !== undefined && !isResuming) {
    misplaced.push({ term: 'storeLimitMb', why: "only an observer with 'resume' has it" });
  }
  if (given.role === 'critical') return misplaced;
  for (const term of ['onVoteFailure', 'onUnavailable'] as const) {
    if (given[term] === undefined) continue;
    misplaced.push({ term, why: "only an observer with role 'critical' has it" });
  }
  return misplaced;
}

/** An option that does not belong where it was given, and why. */
export interface MisplacedTerm {
  readonly term: keyof GivenTerms;
  readonly why: string;
}

type GivenTerms = Pick<
  ObserverTerms,
  'role' | 'onVoteFailure' | 'onUnavailable' | 'resume' | 'storeLimitMb'
>;

/**
 * The schema of a registration: its terms, checked and with their defaults, and its module and options
 * as they are given.
 *
 * @param hosts - names of the hosts that there are; the first is the default
 * @param hostTerms - schemas of options that only some of them have, which come out beside the others
 */
export const registrationSchema = (
  hosts: readonly [string, ...string[]],
  hostTerms: Readonly<Record<string, z.ZodType>> = {},
) =>
  z
    .strictObject({
      ...(hostTerms as object),
      ...observerTerms,
      host: z.enum(hosts).default(hosts[0]),
      module: z.unknown().optional(),
      options: z.unknown().optional(),
    })
    .superRefine((given, context) => {
      for (const { term, why } of misplacedTerms(given)) {
        context.addIssue({ code: 'custom', path: [term], message: why });
      }
    })
    .transform(
      ({ onVoteFailure = 'abort', onUnavailable = 'fail', storeLimitMb = 16, ...rest }) => {
        return { ...rest, onVoteFailure, onUnavailable, storeLimitMb };
      },
    );

/** What was asked for when an observer was registered, all defaults filled in. */
export type ObserverSpec = {
  readonly [Name in keyof typeof observerTerms]-?: NonNullable<
    z.output<(typeof observerTerms)[Name]>
  >;
} & {
  /** Name of the host that it runs on, for the factory of hosts. */
  readonly host: string;
  /** What that host was told besides, checked by whoever makes hosts; undefined where there is nothing to tell. */
  readonly hostTerms: unknown;
  /** URL of the module whose default export is the observer. */
  readonly module: string;
  /** Passed to the observer's `setup`; must be clonable. */
  readonly options: unknown;
};
