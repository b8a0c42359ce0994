import type { RunHead, RunOrigin } from '../log/run-format.js';
import { ReplicaError } from '../replica-errors.js';

/**
 * Says whether a run has something new, by what is applied.
 *
 * @param applied - which registry and life it is of, and the last transaction
 * @returns 'known' when all of it is applied
 * @throws {ReplicaError} when it does not go on from there
 */
export function checkHead(head: RunHead, applied: RunOrigin & { readonly seq: number }): RunNews {
  const { firstSeq, lastSeq, epoch } = head;
  checkId(head, applied);
  const { seq } = applied;
  if (epoch > applied.epoch && firstSeq <= seq) {
    throw new ReplicaError(
      'REPLICA_DIVERGED',
      `life ${epoch} of the primary has a transaction ${firstSeq} of its own, and up to ${seq} those of ` +
        `life ${applied.epoch} are applied; make the replica anew, from a snapshot of its primary`,
    );
  }
  if (lastSeq <= seq) return 'known';
  checkEpoch(head, applied);
  if (firstSeq <= seq + 1) return 'new';
  throw new ReplicaError(
    'REPLICA_HOLE',
    `expected transaction ${seq + 1}, got a run from ${firstSeq} to ${lastSeq}; a source that has lost ` +
      `some says so with REPLICA_GAP`,
  );
}

/**
 * Checks that something is of the registry that is replicated, and of no earlier life.
 *
 * @throws {ReplicaError} when it is not
 */
export function checkOrigin(given: RunOrigin, applied: RunOrigin): void {
  checkId(given, applied);
  checkEpoch(given, applied);
}

type RunNews = 'new' | 'known';

function checkId(given: RunOrigin, { id }: RunOrigin): void {
  if (given.id === id) return;
  const message = `expected transactions of registry ${id}, got those of ${given.id}`;
  throw new ReplicaError('REPLICA_FOREIGN', message);
}

function checkEpoch(given: RunOrigin, { epoch }: RunOrigin): void {
  if (given.epoch >= epoch) return;
  throw new ReplicaError(
    'REPLICA_EPOCH',
    `expected transactions of life ${epoch} or later, got those of life ${given.epoch}, whose primary has ` +
      `been replaced`,
  );
}
