import { describe } from '../describe.js';
import { StoreError } from '../store-error.js';
import type { KeptState } from './registry-store.js';
import { fromStore } from './store-calls.js';

/**
 * What a store says it has kept, copied, if a registry could have left it and can go on from there.
 *
 * @throws {StoreError} when it is not so, or cannot be read
 */
export function keptState(given: unknown): KeptState {
  const { id, epoch, lastSeq, lastTime, peers } = fromStore('open', () => {
    const kept = given as KeptState;
    return {
      id: kept.id,
      epoch: kept.epoch,
      lastSeq: kept.lastSeq,
      lastTime: kept.lastTime,
      peers: kept.peers,
    };
  });
  const kept = { id, epoch, lastSeq, lastTime, peers };
  const fault = stateFault(kept);
  if (fault === undefined) return Object.freeze(kept);
  throw new StoreError(
    'STORE_CORRUPT',
    `the store's open() gave no state of a registry: expected kept.${fault}; restore it from a backup`,
  );
}

/** Says what of a state no registry could have left, if something is. */
export function stateFault({ id, epoch, lastSeq, lastTime, peers }: KeptState): string | undefined {
  const isOfPeers = isCount(peers) && (peers === 0 || lastSeq > 0);
  return (
    fault('id', 'a UUID in lower case', id, typeof id === 'string' && uuid.test(id)) ??
    fault('epoch', `a whole number from 1 to ${most}`, epoch, isCount(epoch) && epoch > 0) ??
    fault('lastSeq', `a whole number from 0 to ${most}`, lastSeq, isCount(lastSeq)) ??
    fault('lastTime', 'a time in Unix milliseconds', lastTime, Number.isFinite(lastTime)) ??
    fault('peers', 'a whole number from 0 on, and 0 before the first transaction', peers, isOfPeers)
  );
}

const fault = (
  name: keyof KeptState,
  expected: string,
  got: unknown,
  isRight: boolean,
): string | undefined => (isRight ? undefined : `${name} to be ${expected}, got ${describe(got)}`);

/** With as many again above it: no registry gets there. */
const most = 2 ** 52;
const isCount = (value: number): boolean =>
  Number.isSafeInteger(value) && value >= 0 && value <= most;
const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
