import { readSync } from 'node:fs';
import {
  FREE_TREE_FLAGS,
  LMDB_MAGIC,
  LMDB_VERSION,
  PageFlag,
  PageOffset,
  ROOT_BYTES,
  RootOffset,
  TREE_BYTES,
  TreeOffset,
} from './lmdb-layout.js';
import { DamagedPages } from './damaged-pages.js';

/** Where a state of an lmdb file begins. */
export interface LmdbRoot {
  readonly pageBytes: number;
  readonly lastPage: number;
  /** The transaction that wrote it. */
  readonly txn: bigint;
  readonly freeTree: TreeBytes;
  readonly mainTree: TreeBytes;
}

/**
 * Reads the newest state's root, the one that lmdb takes. Both roots must be right: if one is not, there is
 * no telling which state is the newest.
 *
 * @throws {NotLmdb} when the file is of another kind
 * @throws {DamagedPages} when a root makes no sense
 */
export function newestRoot(file: number): LmdbRoot {
  const bytes = Buffer.alloc(ROOT_BYTES);
  const isShort = readSync(file, bytes, 0, ROOT_BYTES, 0) < ROOT_BYTES;
  const magic = bytes.readUInt32LE(RootOffset.magic);
  const version = bytes.readUInt32LE(RootOffset.version);
  if (isShort || magic !== LMDB_MAGIC || version !== LMDB_VERSION) {
    throw new NotLmdb(isShort ? 'it is too short' : 'its mark is another');
  }
  const pageBytes = bytes.readUInt32LE(RootOffset.freeTree + TreeOffset.pageBytes);
  if (pageBytes < 512 || pageBytes > 65_536 || (pageBytes & (pageBytes - 1)) !== 0) {
    throw new DamagedPages(`it has pages of ${pageBytes} bytes`);
  }
  const even = rootIn(bytes, 0, pageBytes);
  if (readSync(file, bytes, 0, ROOT_BYTES, pageBytes) < ROOT_BYTES) {
    throw new DamagedPages('it has no second root: the file was cut off');
  }
  const odd = rootIn(bytes, 1, pageBytes);
  const apart = even.txn - odd.txn;
  if (apart !== 1n && apart !== -1n) {
    throw new DamagedPages(`it has roots of the transactions ${even.txn} and ${odd.txn}`);
  }
  return apart === 1n ? even : odd;
}

/** What lmdb keeps of a tree, as `TreeOffset` says. */
export type TreeBytes = Buffer;

/** The file is none of lmdb's. */
export class NotLmdb extends Error {
  override readonly name = 'NotLmdb';
}

function rootIn(bytes: Buffer, page: number, pageBytes: number): LmdbRoot {
  const treeAt = (at: number): TreeBytes => Buffer.from(bytes.subarray(at, at + TREE_BYTES));
  const freeTree = treeAt(RootOffset.freeTree);
  const mainTree = treeAt(RootOffset.mainTree);
  const lastPage = bytes.readBigUInt64LE(RootOffset.lastPage);
  const mapSize = bytes.readBigUInt64LE(RootOffset.mapSize);
  const txn = bytes.readBigUInt64LE(RootOffset.txn);
  const isRight =
    bytes.readUInt32LE(RootOffset.magic) === LMDB_MAGIC &&
    bytes.readUInt32LE(RootOffset.version) === LMDB_VERSION &&
    bytes.readUInt16LE(PageOffset.flags) === PageFlag.root &&
    freeTree.readUInt32LE(TreeOffset.pageBytes) === pageBytes &&
    freeTree.readUInt16LE(TreeOffset.flags) === FREE_TREE_FLAGS &&
    mainTree.readUInt16LE(TreeOffset.flags) === 0 &&
    txn < largestTxn &&
    Number(txn % 2n) === page &&
    lastPage >= 1n &&
    (lastPage + 1n) * BigInt(pageBytes) <= mapSize &&
    mapSize <= largestMap;
  if (!isRight) throw new DamagedPages(`it has a root that makes no sense, in page ${page}`);
  return { pageBytes, lastPage: Number(lastPage), txn, freeTree, mainTree };
}

/** More than any store has; what is more is damage. */
const largestTxn = 2n ** 53n;
const largestMap = 2n ** 46n;
