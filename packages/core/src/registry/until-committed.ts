import { type Cancel, systemClock } from '../clock.js';
import { RegistryClosedError } from '../errors.js';
import type { ChangeLog } from '../log/change-log.js';
import { ReplicaError } from '../replica-errors.js';

/**
 * Resolves when transaction `seq` is committed.
 *
 * @param hopeless - says why there will be no more, if there will not
 * @throws {ReplicaError} `REPLICA_BEHIND` when it is not in time
 * @throws {RegistryClosedError} when the log has ended before, and what `hopeless` says
 */
export async function untilCommitted(
  log: ChangeLog,
  seq: number,
  limitMs: number,
  hopeless: () => Error | undefined,
): Promise<void> {
  let isLate = false;
  let wake = (): void => undefined;
  // Whatever ends the wait rings: a commit, the end of the log, of the registry, of the replication.
  const unhear = log.doorbell.hear(() => wake());
  let cancel: Cancel = () => undefined;
  if (limitMs !== Number.POSITIVE_INFINITY) {
    cancel = systemClock.after(limitMs, () => {
      isLate = true;
      wake();
    });
  }
  try {
    while (log.writer.lastSeq < seq) {
      const reason = hopeless();
      if (reason !== undefined) throw reason;
      if (log.writer.isClosed) throw new RegistryClosedError('the registry is closed');
      if (isLate) throw behind(log.writer.lastSeq, seq, limitMs);
      await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    cancel();
    unhear();
  }
}

const behind = (lastSeq: number, seq: number, limitMs: number): ReplicaError =>
  new ReplicaError(
    'REPLICA_BEHIND',
    `transaction ${seq} has not come within ${limitMs} ms (timeoutMs); the last one here is ${lastSeq}`,
  );
