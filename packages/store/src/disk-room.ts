import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { regularFile } from './regular-file.js';
import { storeFiles } from './store-layout.js';

/**
 * Whether there is room in a folder for a little more. lmdb tells of a write that was cut short as of a
 * broken disk, but it usually is a full one.
 */
export function hasRoom(path: string): boolean {
  try {
    probeRoom(path, 2 ** 20);
    return true;
  } catch {
    return false;
  }
}

/**
 * Looks whether there is room in a folder for so many bytes: unless given, for more than lmdb's lock, a new
 * store and a first transaction take.
 *
 * @throws what the system says when there is none
 */
export function probeRoom(path: string, bytes = 2 ** 17): void {
  const file = join(path, storeFiles.probe);
  regularFile(file);
  try {
    writeFileSync(file, Buffer.alloc(bytes));
  } finally {
    rmSync(file, { force: true });
  }
}
