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
  check('id', 'a UUID in lower case', id, typeof id === 'string' && uuid.test(id));
  check('epoch', `a whole number from 1 to ${most}`, epoch, isCount(epoch) && epoch > 0);
  check('lastSeq', `a whole number from 0 to ${most}`, lastSeq, isCount(lastSeq));
  check('lastTime', 'a time in Unix milliseconds', lastTime, Number.isFinite(lastTime));
  const isOfPeers = isCount(peers) && (peers === 0 || lastSeq > 0);
  check('peers', 'a whole number from 0 on, and 0 before the first transaction', peers, isOfPeers);
  return Object.freeze({ id, epoch, lastSeq, lastTime, peers });
}

function check(name: keyof KeptState, expected: string, got: unknown, isRight: boolean): void {
  if (isRight) return;
  throw new StoreError(
    'STORE_CORRUPT',
    `the store's open() gave no state of a registry: expected kept.${name} to be ${expected}, got ` +
      `${describe(got)}; restore it from a backup`,
  );
}

/** With as many again above it: no registry gets there. */
const most = 2 ** 52;
const isCount = (value: number): boolean =>
  Number.isSafeInteger(value) && value >= 0 && value <= most;
const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
