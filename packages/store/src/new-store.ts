import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { open } from 'lmdb';
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
 */
export async function makeStore(path: string, state: StoredState): Promise<void> {
  const file = join(path, storeFiles.unfinished);
  const remove = (): void => {
    for (const name of [file, `${file}-lock`]) rmSync(name, { force: true });
  };
  // Of one that died here.
  remove();
  const environment = open({ path: file, noSubdir: true, overlappingSync: false, ...asBytes });
  try {
    const [states] = Object.values(treeNames).map((name) => environment.openDB(name, asBytes));
    environment.transactionSync(() => states!.putSync(stateKey, encodeState(state)));
  } finally {
    await environment.close();
  }
  renameSync(file, join(path, storeFiles.data));
  remove();
  // A file is as durable as the name by which it is found.
  syncFolder(path);
}
