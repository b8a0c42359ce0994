import { rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type RootDatabase, type RootDatabaseOptions, open } from 'lmdb';
import { probeRoom } from './disk-room.js';
import { regularFile } from './regular-file.js';

/**
 * Opens a file by lmdb, when neither it nor the lock beside it can end the process. What is in the file is
 * for others to look through.
 *
 * @param file - its path
 * @throws {StoreError} `STORE_UNAVAILABLE` when one of them is no file
 * @throws what lmdb says, or the system: also that there is no room for a first transaction
 */
export function openLmdb(
  file: string,
  options: RootDatabaseOptions = {},
): RootDatabase<Buffer, Buffer> {
  regularFile(file);
  // lmdb may crash when it finds no room for its first pages.
  if (options.readOnly !== true) probeRoom(dirname(file));
  const lock = `${file}-lock`;
  try {
    reserve(lock);
  } catch (error) {
    const isReading = options.readOnly === true && readOnly.has((error as { code?: string }).code);
    if (!isReading) throw error;
  }
  return open<Buffer, Buffer>({ path: file, noSubdir: true, ...options });
}

/**
 * Has a lock's bytes on disk. lmdb maps a file of holes, and where the disk has no room for what is written
 * into one the system ends the process.
 */
function reserve(lock: string): void {
  const stats = regularFile(lock);
  if (stats !== undefined && stats.size > 0n) return;
  try {
    // Another may be making it: nothing of that is cut off.
    writeFileSync(lock, Buffer.alloc(lockBytes), { flag: 'a' });
  } catch (error) {
    if (stats === undefined) rmSync(lock, { force: true });
    throw error;
  }
}

/** More than lmdb asks for. */
const lockBytes = 16_384;
/** lmdb reads where it cannot write. */
const readOnly = new Set<string | undefined>(['EROFS', 'EACCES', 'EPERM']);
