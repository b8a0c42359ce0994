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
 * Reads the beginning of a file, with both roots in one read. Whoever writes there changes it.
 *
 * @returns less when the file is shorter
 */
export function readHead(file: number): Buffer {
  const bytes = Buffer.alloc(largestPage + ROOT_BYTES);
  return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, 0));
}

/**
 * Says where the newest state begins, the one that lmdb takes. Both roots must be right: if one is not,
 * there is no telling which state is the newest.
 *
 * @param head - of the file
 * @throws {NotLmdb} when the file is of another kind
 * @throws {DamagedPages} when a root makes no sense
 */
export function newestRoot(head: Buffer): LmdbRoot {
  if (head.length < ROOT_BYTES) throw new NotLmdb('it is too short');
  const magic = head.readUInt32LE(RootOffset.magic);
  const version = head.readUInt32LE(RootOffset.version);
  if (magic !== LMDB_MAGIC || version !== LMDB_VERSION) throw new NotLmdb('its mark is another');
  const pageBytes = head.readUInt32LE(RootOffset.freeTree + TreeOffset.pageBytes);
  if (pageBytes < 512 || pageBytes > largestPage || (pageBytes & (pageBytes - 1)) !== 0) {
    throw new DamagedPages(`it has pages of ${pageBytes} bytes`);
  }
  const even = rootIn(head, 0, pageBytes);
  const second = head.subarray(pageBytes);
  if (second.length < ROOT_BYTES) {
    throw new DamagedPages('it has no second root: the file was cut off');
  }
  const odd = rootIn(second, 1, pageBytes);
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

const largestPage = 65_536;
/** More than any store has; what is more is damage. */
const largestTxn = 2n ** 53n;
const largestMap = 2n ** 46n;
