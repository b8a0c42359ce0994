import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import {
  PanoptesError,
  StoreError,
  type StoreErrorCode,
  isA,
  messageOf,
} from '@panoptes/core/follower';
import { hasRoom } from './disk-room.js';
import { DamagedPages } from './damaged-pages.js';
import { NotLmdb } from './lmdb-root.js';
import { storeFiles } from './store-layout.js';

/**
 * Makes of what went wrong with a store an error that says what to do about it.
 *
 * @param path - the store's folder
 * @param doing - what was not done, as in `cannot be opened`
 */
export function storeProblem(path: string, doing: string, cause: unknown): PanoptesError {
  if (isA(cause, PanoptesError)) return cause;
  const told = `store ${path} ${doing}: `;
  if (isA(cause, DamagedPages)) {
    return new StoreError(
      'STORE_CORRUPT',
      `${told}it is damaged: ${cause.message}; bring a backup back with 'panoptes store restore', or ` +
        'move it away to begin anew',
      { cause },
    );
  }
  if (isA(cause, NotLmdb)) {
    return new StoreError(
      'STORE_FORMAT',
      `${told}expected a file of lmdb there, but ${cause.message}; give it the path of a store, or ` +
        'of a folder that is empty or is not there yet',
      { cause },
    );
  }
  const name = nameOf(cause);
  const isFull = full.has(name) || (name === 'EIO' && !hasRoom(path));
  const [code, remedy] = isFull ? noRoom(path) : unavailable.has(name) ? noAccess : other;
  return new StoreError(code, `${told}${messageOf(cause)}; ${remedy}`, { cause });
}

const noRoom = (path: string): readonly [StoreErrorCode, string] => {
  const isThere = existsSync(join(path, storeFiles.data));
  const then = isThere
    ? 'then open it again: all that was durable is there'
    : 'then try again: nothing was begun';
  return ['STORE_FULL', `make room there, ${then}`];
};
const noAccess = [
  'STORE_UNAVAILABLE',
  'give it a folder that this process may read and write',
] as const;
const other = ['STORE_FAILED', 'the cause says more'] as const;

const names: Readonly<Record<string, string>> = {
  'no space left on device': 'ENOSPC',
  'disk quota exceeded': 'EDQUOT',
  'file too large': 'EFBIG',
  'input/output error': 'EIO',
};
const full = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const unavailable = new Set([
  ...['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR', 'EISDIR', 'EEXIST', 'ELOOP'],
  'ENAMETOOLONG',
]);

/** The name of the system's error; lmdb only tells its number, or its words. */
function nameOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  if (typeof code === 'string') return code;
  if (code === undefined) return names[messageOf(error).toLowerCase()] ?? '';
  return Object.entries(constants.errno).find(([, number]) => number === code)?.[0] ?? '';
}
