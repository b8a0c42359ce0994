import { isA, messageWithCause } from '../error-of.js';
import { type PanoptesError, TransactionTooLargeError } from '../errors.js';
import { ReceivedRun } from '../log/received-run.js';
import { RunError } from '../log/run-error.js';
import type { RunHead } from '../log/run-format.js';
import { ReplicaError } from '../replica-errors.js';

/**
 * Checks a run that a source gave, in turns.
 *
 * @throws {ReplicaError} when it is none
 */
export async function receivedRun(bytes: Uint8Array): Promise<ReceivedRun> {
  try {
    return await ReceivedRun.inTurns(bytes);
  } catch (cause) {
    if (!isA(cause, RunError)) throw cause;
    const message = `the source gave a run that is none: ${messageWithCause(cause)}`;
    throw new ReplicaError('REPLICA_RUN', message, { cause });
  }
}

/** What became of a run of which not all could be applied. */
export function refusedRun(cause: PanoptesError, { firstSeq, lastSeq }: RunHead): PanoptesError {
  if (!(cause instanceof TransactionTooLargeError)) return cause;
  const message = `a transaction from ${firstSeq} to ${lastSeq} does not fit into the log: ${cause.message}`;
  return new ReplicaError('REPLICA_LOG', message, { cause });
}
