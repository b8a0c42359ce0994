import { closeSync, fsyncSync, openSync } from 'node:fs';

/** Has the names of a folder on disk. */
export function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
