import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { probeRoom } from './disk-room.js';
import { openLmdb } from './lmdb-environment.js';
import { regularFile } from './regular-file.js';
import { storeProblem } from './store-problem.js';
import { syncFolder } from './sync-folder.js';
import {
  type StoredState,
  asBytes,
  encodeState,
  stateKey,
  storeFiles,
  treeNames,
} from './store-layout.js';

/**
 * Makes the file of a store in which nothing is kept yet. It has its name only when it is whole: what has
 * that name and is empty was damaged.
 *
 * @throws {StoreError} `STORE_UNAVAILABLE` when something else is in its way, `STORE_FULL`, `STORE_FAILED`;
 * nothing is left then
 */
export async function makeStore(path: string, state: StoredState): Promise<void> {
  const file = join(path, storeFiles.unfinished);
  // Of one that died here.
  removeUnfinished(path);
  try {
    const environment = openLmdb(file, { overlappingSync: false, ...asBytes });
    try {
      const [states] = Object.values(treeNames).map((name) => environment.openDB(name, asBytes));
      environment.transactionSync(() => states!.putSync(stateKey, encodeState(state)));
    } finally {
      await environment.close();
    }
    // It is to be opened next; a store that cannot be is not begun.
    probeRoom(path);
    renameSync(file, join(path, storeFiles.data));
  } catch (error) {
    // While what fills the disk is there.
    throw storeProblem(path, 'cannot be made', error);
  } finally {
    removeUnfinished(path);
  }
  // A file is as durable as the name by which it is found.
  syncFolder(path);
}

/**
 * Removes what was being made in a folder.
 *
 * @throws {StoreError} `STORE_UNAVAILABLE` when something else is there
 */
export function removeUnfinished(path: string): void {
  const file = join(path, storeFiles.unfinished);
  for (const name of [file, `${file}-lock`]) {
    if (regularFile(name) !== undefined) rmSync(name, { force: true });
  }
}
