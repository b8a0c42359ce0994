import { types } from 'node:util';
import { describe } from '../describe.js';
import { errorOf } from '../error-of.js';
import type { SpaceMemory } from '../log/space-memory.js';
import type { OpenedSpace } from './registry-store.js';
import { type StoreCall, askStore, fromStore } from './store-calls.js';

/**
 * A space that a store gave, if it has all that one has: it may be of users' own. Its end comes, at the
 * latest when the call may take no longer.
 *
 * @param end - how its end is called
 * @throws {StoreError} when it is none
 */
export function checkedSpace(given: unknown, end: StoreCall): OpenedSpace {
  const { space, memory, cursor, broken } = fromStore('space', () => partsOf(given as OpenedSpace));
  return {
    memory,
    cursor,
    // What breaks it is another thread's doing; a promise that fails says no less.
    broken: broken.then(errorOf, errorOf),
    async end(isOver) {
      // Nobody waits for more than that it takes nothing; what was not written is not there next time.
      await askStore(end, () => space.end(isOver)).catch(() => undefined);
    },
  };
}

function partsOf(space: OpenedSpace): SpaceParts {
  const { memory, cursor, broken } = space;
  const isWhole = typeof space.end === 'function' && typeof broken.then === 'function';
  if (!isWhole) throw new TypeError('expected the promise broken and the method end');
  if (cursor !== undefined && (!Number.isSafeInteger(cursor) || cursor < 0)) {
    throw new TypeError(`expected its cursor to be a seq or undefined, got ${describe(cursor)}`);
  }
  return { space, memory: memoryOf(memory), cursor, broken: Promise.resolve(broken) };
}

function memoryOf({ state, room, ring, words }: SpaceMemory): SpaceMemory {
  const isState = state === undefined || isSharedBytes(state);
  const isShared = [ring, words].every((part) => types.isSharedArrayBuffer(part));
  if (!isState || !isShared || !(Number.isFinite(room) && room >= 0)) {
    throw new TypeError('expected its memory to be that of createSpaceMemory()');
  }
  return { state, room, ring, words };
}

const isSharedBytes = (value: unknown): boolean =>
  types.isUint8Array(value) && types.isSharedArrayBuffer(value.buffer);

interface SpaceParts extends Pick<OpenedSpace, 'memory' | 'cursor'> {
  readonly space: OpenedSpace;
  readonly broken: Promise<unknown>;
}
