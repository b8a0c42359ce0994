import { observerTerms } from '@panoptes/core';
import type { z } from 'zod';

/**
 * The options of a registration that an observer's entry gives as they are, with what the reference
 * says of each. A new option of a registration needs its line here, or in `observers` if a scenario
 * writes it in another way. A run's observers store nothing: the plain model could not go on from there.
 */
export const entryTerms = {
  // A run plays as fast as it can, and is to be seen whole.
  onLag: observerTerms.onLag
    .unwrap()
    .default('block')
    .describe('Whether the registry waits for it when the log is full, or overtakes it.'),
  role: observerTerms.role.describe(
    'Whether it votes on each transaction; a veto, or one that is not there to vote, ends the run, ' +
      'with a report of what was played.',
  ),
  onVoteFailure: observerTerms.onVoteFailure.describe(
    'Of one that is critical and cannot vote: the transaction is refused (`abort`), which ends the ' +
      'run, or goes on without it; `abort` unless given.',
  ),
  onUnavailable: observerTerms.onUnavailable.describe(
    'Of one that is critical and not there: as `onVoteFailure` says at once, or after a wait for it; ' +
      '`fail` unless given.',
  ),
  restart: observerTerms.restart.describe(
    'When it is started again: always, after a failure, or never.',
  ),
  keepAlive: observerTerms.keepAlive.describe(
    'Whether it may be inactive for ever while it is caught up and answers.',
  ),
  ownThreads: observerTerms.ownThreads.describe('Whether it may start threads of its own.'),
} satisfies Record<
  Exclude<keyof typeof observerTerms, 'name' | 'memoryLimitMb' | 'resume' | 'storeLimitMb'>,
  z.ZodType
>;
