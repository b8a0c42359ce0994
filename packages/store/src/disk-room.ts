import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { storeFiles } from './store-layout.js';

/**
 * Whether there is room in a folder for a little more. lmdb tells of a write that was cut short as of a
 * broken disk, but it usually is a full one.
 */
export function hasRoom(path: string): boolean {
  const name = join(path, storeFiles.unfinished);
  let file: number | undefined;
  try {
    file = openSync(name, 'wx');
    return writeSync(file, Buffer.alloc(probeBytes)) === probeBytes;
  } catch {
    return false;
  } finally {
    if (file !== undefined) {
      closeSync(file);
      rmSync(name, { force: true });
    }
  }
}

const probeBytes = 2 ** 20;
