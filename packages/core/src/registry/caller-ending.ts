import { packedError, unpackedError } from '../error-copy.js';
import { ConnectionClosedError } from '../connection-errors.js';
import { PanoptesError } from '../errors.js';
import type { LateAnswer } from './caller-answer.js';
import { mostResultBytes } from './caller-record.js';
import type { BatchResult, CommandResult } from './commands.js';

/** What a caller on another thread is told at the end: plain data, to be sent to its thread. */
export interface CallerEnding {
  /** Why it ended, as `packedError` makes it. */
  readonly reason: Uint8Array;
  /** What was committed or refused before, for which there was no room in the shared memory. */
  readonly outcomes: readonly PackedOutcome[];
}

/** The outcome of a command: what it did, or why it is refused. */
export type PackedOutcome =
  | { readonly id: number; readonly result: CommandResult<string> | BatchResult }
  | { readonly id: number; readonly refusal: Uint8Array };

export function callerEnding(reason: PanoptesError, late: readonly LateAnswer[]): CallerEnding {
  const outcomes = late.flatMap(({ id, answer }): PackedOutcome[] => {
    // A question that was not answered has changed nothing.
    if ('asksFor' in answer) return [];
    if (!(answer instanceof Error)) return [{ id, result: answer }];
    return [{ id, refusal: packedError(answer, mostResultBytes) }];
  });
  return { reason: packedError(reason, mostResultBytes), outcomes };
}

/** The reason that an ending gives. */
export function reasonOf({ reason }: CallerEnding): PanoptesError {
  const error = unpackedError(reason);
  if (error instanceof PanoptesError) return error;
  return new ConnectionClosedError(error.message, { cause: error });
}
