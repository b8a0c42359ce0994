import { closeSync, copyFileSync, fsyncSync, mkdirSync, openSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError } from '@panoptes/core/follower';
import { openLmdb } from './lmdb-environment.js';
import { removeUnfinished } from './new-store.js';
import { regularFile } from './regular-file.js';
import { readSteadily } from './steady-file.js';
import {
  asBytes,
  decodeState,
  encodeState,
  stateKey,
  storeFiles,
  treeNames,
} from './store-layout.js';
import { storePath } from './store-path.js';
import { storeProblem } from './store-problem.js';
import { type StoreReport, verifyStore } from './store-report.js';
import { StoredFile } from './stored-file.js';
import { syncFolder } from './sync-folder.js';
import { WriterLock } from './writer-lock.js';

/**
 * Copies a store as of one transaction, also while a registry writes there. The copy is a store itself,
 * without the room that is free in the other; it was looked through, and is on disk.
 *
 * @param path - the store's folder
 * @param to - a folder for the copy, which has no store yet; made when it is not there
 * @returns what the copy holds
 * @throws {ConfigError} when one of them is no path
 * @throws {StoreError} when either cannot be had, or the store is damaged
 */
export async function backupStore(path: string, to: string): Promise<StoreReport> {
  const source = storePath(path, 'the path of the store');
  const target = storePath(to, 'the path of the copy');
  // Before lmdb believes it.
  await readSteadily(source, (file) => file.check());
  return placed(target, false, async (file) => {
    const environment = openLmdb(join(source, storeFiles.data), { readOnly: true });
    try {
      await environment.backup(file, true);
    } finally {
      await environment.close();
    }
    await settle(file);
  });
}

/**
 * Makes a store of a backup: the next registry that opens it goes on from there, in a new epoch.
 *
 * @param from - the backup's folder
 * @param path - the store's folder; made when it is not there
 * @param replace - whether a store that is there is to be overwritten. Its epochs stay used: the next is a
 * later one
 * @returns what the store holds now
 * @throws {ConfigError} when one of them is no path
 * @throws {StoreError} when either cannot be had, the backup is damaged, or there is a store already
 */
export async function restoreStore(
  from: string,
  path: string,
  replace = false,
): Promise<StoreReport> {
  const source = storePath(from, 'the path of the backup');
  const target = storePath(path, 'the path of the store');
  await readSteadily(source, (file) => file.check());
  return placed(target, replace, async (file) => {
    copyFileSync(join(source, storeFiles.data), file);
    await settle(file, epochOf(target));
  });
}

/** Has a file made in a folder, and gives it its name when it was looked through. */
async function placed(
  path: string,
  replace: boolean,
  make: (file: string) => Promise<void>,
): Promise<StoreReport> {
  let lock: WriterLock | undefined;
  try {
    mkdirSync(path, { recursive: true });
    lock = WriterLock.take(join(path, storeFiles.lock), path);
    const name = join(path, storeFiles.data);
    if (regularFile(name) !== undefined && !replace) throw existing(path);
    const unfinished = join(path, storeFiles.unfinished);
    removeUnfinished(path);
    try {
      await make(unfinished);
      const file = new StoredFile(path, { name: storeFiles.unfinished });
      try {
        file.check();
      } finally {
        file.close();
      }
      syncFile(unfinished);
      renameSync(unfinished, name);
      syncFolder(path);
    } catch (error) {
      // While what fills the disk is there.
      throw storeProblem(path, 'cannot be made', error);
    } finally {
      removeUnfinished(path);
    }
  } catch (error) {
    throw storeProblem(path, 'cannot be made', error);
  } finally {
    lock?.release();
  }
  return verifyStore(path);
}

/** The epoch of a store that is to be overwritten; 0 when there is none, or it cannot be read. */
function epochOf(path: string): number {
  try {
    const file = new StoredFile(path);
    try {
      return file.state().epoch;
    } finally {
      file.close();
    }
  } catch {
    return 0;
  }
}

/**
 * Writes the state of a copy anew, once into each root: lmdb's compact copies have but one.
 *
 * @param epoch - the next life is to begin in a later one
 */
async function settle(file: string, epoch = 0): Promise<void> {
  const environment = openLmdb(file, { overlappingSync: false, ...asBytes });
  try {
    const states = environment.openDB(treeNames.state, asBytes);
    for (let root = 0; root < 2; root++) {
      environment.transactionSync(() => {
        const state = decodeState(states.getBinary(stateKey)!)!;
        const later = { ...state, epoch: Math.max(state.epoch, epoch) };
        states.putSync(stateKey, encodeState(later));
      });
    }
  } finally {
    await environment.close();
  }
}

function syncFile(name: string): void {
  const file = openSync(name, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

const existing = (path: string): StoreError =>
  new StoreError(
    'STORE_UNAVAILABLE',
    `store ${path}: expected a folder without a store, but there is one; name another folder, or have ` +
      'it replaced',
  );
