import { join } from 'node:path';
import { openLmdb } from './lmdb-environment.js';
import { storeFiles } from './store-layout.js';
import { storeProblem } from './store-problem.js';
import { StoredFile } from './stored-file.js';
import { ownerOf } from './writer-lock.js';

/**
 * Reads a store's file, also while a registry writes there: pages of the newest state, and of those that
 * follow, stay as they are until `read` is done.
 *
 * @param path - the store's folder
 * @throws {StoreError} when it cannot be read, or is damaged
 */
export async function readSteadily<Result>(
  path: string,
  read: (file: StoredFile) => Result | Promise<Result>,
): Promise<Result> {
  try {
    const release =
      ownerOf(join(path, storeFiles.lock)) === undefined ? undefined : holdPages(path);
    try {
      const file = new StoredFile(path, { arePagesHeld: release !== undefined });
      try {
        return await read(file);
      } finally {
        file.close();
      }
    } finally {
      await release?.();
    }
  } catch (error) {
    throw storeProblem(path, 'cannot be read', error);
  }
}

/** A reader of lmdb keeps its writer from using pages again. The writer has looked through them. */
function holdPages(path: string): () => Promise<void> {
  const environment = openLmdb(join(path, storeFiles.data), { readOnly: true });
  const transaction = environment.useReadTransaction();
  return async () => {
    transaction.done();
    await environment.close();
  };
}
