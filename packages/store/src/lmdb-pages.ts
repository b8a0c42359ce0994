import { readSync } from 'node:fs';
import {
  LARGE_VALUE_BYTES,
  NODE_HEADER_BYTES,
  NO_PAGE,
  NodeFlag,
  NodeOffset,
  PAGE_HEADER_BYTES,
  PageFlag,
  PageOffset,
  TREE_BYTES,
  TreeOffset,
} from './lmdb-layout.js';
import { DamagedPages } from './damaged-pages.js';
import type { LmdbRoot, TreeBytes } from './lmdb-root.js';

/**
 * Reads a state of an lmdb file page by page, and believes nothing: lmdb itself takes its file's bytes on
 * trust, and a wrong one may crash the process. A state whose trees were all walked to their end here, with
 * `freePages`, is one that lmdb can read and write safely.
 */
export class LmdbPages {
  readonly #file: number;
  readonly #fileBytes: number;
  readonly #root: LmdbRoot;
  /** A bit for each page that was seen. */
  readonly #seen: Uint8Array;
  /** A page of memory for each level of a tree. */
  readonly #levels: Buffer[] = [];
  #large = Buffer.alloc(0);

  /**
   * @param file - its descriptor
   * @param fileBytes - its length
   */
  constructor(file: number, fileBytes: number, root: LmdbRoot) {
    this.#file = file;
    this.#fileBytes = fileBytes;
    this.#root = root;
    this.#seen = new Uint8Array(Math.ceil((root.lastPage + 1) / 8));
    this.#seen[0] = 3;
  }

  /**
   * Walks a tree, in the order of its keys.
   *
   * @param tree - the bytes that describe it
   * @returns each entry; its bytes are good until the next one
   * @throws {DamagedPages} where a page makes no sense
   */
  *entries(tree: TreeBytes, order: KeyOrder = inBytes): Generator<LmdbEntry> {
    const walk: Walk = { order, branches: 0, leaves: 0, values: 0, entries: 0 };
    const root = tree.readBigUInt64LE(TreeOffset.root);
    const depth = tree.readUInt16LE(TreeOffset.depth);
    if (root !== NO_PAGE) {
      if (depth === 0 || depth > deepest) throw damaged(`a tree of depth ${depth}`);
      for (const page of this.#leaves(Number(root), 1, depth, undefined, undefined, walk)) {
        const nodes = page.readUInt16LE(PageOffset.lower) / 2;
        for (let index = 0; index < nodes; index++)
          yield this.#entry(page, nodeAt(page, index), walk);
      }
    } else if (depth !== 0) throw damaged(`an empty tree of depth ${depth}`);
    for (const count of ['branches', 'leaves', 'values', 'entries'] as const) {
      const told = tree.readBigUInt64LE(TreeOffset[count]);
      if (told !== BigInt(walk[count])) {
        throw damaged(`a tree that says it has ${told} ${count} and has ${walk[count]}`);
      }
    }
  }

  /** The trees that have a name, by their names. */
  namedTrees(): Map<string, TreeBytes> {
    const trees = new Map<string, TreeBytes>();
    for (const { key, value, isTree } of this.entries(this.#root.mainTree)) {
      if (!isTree) throw damaged('a value among the trees');
      const flags = value.readUInt16LE(TreeOffset.flags);
      if (flags !== 0) throw damaged(`a tree with the flags ${flags}`);
      // Names end with a NUL.
      trees.set(key.toString('utf8', 0, key.length - 1), Buffer.from(value));
    }
    return trees;
  }

  /**
   * Looks through the pages that are said to be free; none of them may be in use, nor be named twice. To be
   * called when all trees were walked.
   *
   * @throws {DamagedPages} where one is
   */
  checkFreePages(): void {
    const { freeTree, txn } = this.#root;
    const free: number[] = [];
    for (const { key, value } of this.entries(freeTree, byNumber)) {
      if (numberIn(key) > txn) throw damaged('free pages of a later transaction');
      if (value.length < 8 || value.length % 8 !== 0) throw damaged('a list of free pages');
      const count = value.readBigInt64LE(0);
      if (count < 0n || count > BigInt(value.length / 8 - 1)) throw damaged('a list of free pages');
      for (let at = 8; at <= 8 * Number(count); at += 8) {
        const page = Number(value.readBigInt64LE(at));
        if (page === 0) continue;
        const isBlock = page < 0;
        if (isBlock && (at += 8) > 8 * Number(count)) throw damaged('a list of free pages');
        free.push(isBlock ? Number(value.readBigInt64LE(at)) : page, isBlock ? -page : 1);
      }
    }
    // Only now: the pages of the list itself are none of these either.
    for (let at = 0; at < free.length; at += 2) this.#see(free[at]!, free[at + 1]!);
  }

  /** The leaves of a tree, checked, from left to right. */
  *#leaves(
    number: number,
    level: number,
    depth: number,
    from: Buffer | undefined,
    before: Buffer | undefined,
    walk: Walk,
  ): Generator<Buffer> {
    const page = this.#page(number, level);
    const isLeaf = level === depth;
    const nodes = this.#nodes(page, number, isLeaf);
    if (isLeaf) walk.leaves++;
    else walk.branches++;
    let last: Buffer | undefined;
    // A branch's first key is of no meaning: what it leads to begins where the branch does.
    for (let index = isLeaf ? 0 : 1; index < nodes; index++) {
      const key = keyAt(page, nodeAt(page, index));
      const order = walk.order(key, last ?? from ?? key);
      if (order < 0 || (order === 0 && last !== undefined)) throw damaged('keys out of order');
      last = key;
    }
    if (last !== undefined && before !== undefined && walk.order(last, before) >= 0) {
      throw damaged('a key in the wrong place');
    }
    if (isLeaf) {
      walk.entries += nodes;
      yield page;
      return;
    }
    for (let index = 0; index < nodes; index++) {
      const at = nodeAt(page, index);
      const child =
        page.readUInt16LE(at + NodeOffset.low) +
        page.readUInt16LE(at + NodeOffset.high) * 2 ** 16 +
        page.readUInt16LE(at + NodeOffset.flags) * 2 ** 32;
      const first = index === 0 ? from : keyAt(page, at);
      const next = index + 1 < nodes ? keyAt(page, nodeAt(page, index + 1)) : before;
      yield* this.#leaves(child, level + 1, depth, first, next, walk);
    }
  }

  #entry(page: Buffer, at: number, walk: Walk): LmdbEntry {
    const key = keyAt(page, at);
    const flags = page.readUInt16LE(at + NodeOffset.flags);
    const bytes = valueBytes(page, at);
    const start = at + NODE_HEADER_BYTES + key.length;
    if (flags === NodeFlag.large) {
      const first = page.readBigUInt64LE(start);
      const pages = page.readBigUInt64LE(start + 16);
      // There may be more pages than it needs: what replaces a large value in its own transaction takes
      // its place, as does a shorter list of free pages.
      const needed = BigInt(Math.ceil((PAGE_HEADER_BYTES + bytes) / this.#root.pageBytes));
      if (pages < needed) throw damaged(`a value of ${bytes} bytes in ${pages} pages`);
      walk.values += Number(pages);
      return { key, value: this.#value(Number(first), Number(pages), bytes), isTree: false };
    }
    const isTree = flags === NodeFlag.tree;
    if ((flags !== 0 && !isTree) || (isTree && bytes !== TREE_BYTES)) throw damaged('a bad node');
    return { key, value: page.subarray(start, start + bytes), isTree };
  }

  /** Reads a large value. */
  #value(first: number, pages: number, bytes: number): Buffer {
    this.#see(first, pages);
    const all = PAGE_HEADER_BYTES + bytes;
    if (this.#large.length < all) this.#large = Buffer.allocUnsafe(all);
    this.#read(this.#large, all, first);
    this.#checkHeader(this.#large, first, PageFlag.value);
    if (this.#large.readUInt32LE(PageOffset.pages) !== pages) throw damaged('a large value');
    return this.#large.subarray(PAGE_HEADER_BYTES, all);
  }

  #page(number: number, level: number): Buffer {
    const { pageBytes } = this.#root;
    const page = (this.#levels[level] ??= Buffer.allocUnsafe(pageBytes));
    this.#see(number, 1);
    this.#read(page, pageBytes, number);
    return page;
  }

  /** Checks that a page's nodes fill it from its end to `upper`, and says how many there are. */
  #nodes(page: Buffer, number: number, isLeaf: boolean): number {
    this.#checkHeader(page, number, isLeaf ? PageFlag.leaf : PageFlag.branch);
    const room = page.length - PAGE_HEADER_BYTES;
    const lower = page.readUInt16LE(PageOffset.lower);
    const upper = page.readUInt16LE(PageOffset.upper);
    const nodes = lower / 2;
    if (lower % 2 !== 0 || nodes < (isLeaf ? 1 : 2) || lower > upper || upper > room) {
      throw damaged(`a page from ${lower} to ${upper}`);
    }
    let used = 0;
    for (let index = 0; index < nodes; index++) {
      const at = nodeAt(page, index);
      const end = at + NODE_HEADER_BYTES;
      if (at < upper + PAGE_HEADER_BYTES || at % 2 !== 0 || end > page.length) {
        throw damaged('a node outside of its page');
      }
      let bytes = NODE_HEADER_BYTES + page.readUInt16LE(at + NodeOffset.keyBytes);
      if (isLeaf) {
        const isLarge = (page.readUInt16LE(at + NodeOffset.flags) & NodeFlag.large) !== 0;
        bytes += isLarge ? LARGE_VALUE_BYTES : valueBytes(page, at);
      }
      bytes += bytes % 2;
      if (at + bytes > page.length) throw damaged('a node outside of its page');
      used += bytes;
    }
    if (used !== room - upper) throw damaged('nodes that leave holes');
    return nodes;
  }

  #checkHeader(page: Buffer, number: number, flags: number): void {
    if (
      page.readBigUInt64LE(PageOffset.number) !== BigInt(number) ||
      page.readUInt16LE(PageOffset.flags) !== flags ||
      page.readBigUInt64LE(PageOffset.txn) > this.#root.txn
    ) {
      throw damaged(`page ${number}, which is not what it should be`);
    }
  }

  /** Notes that pages are in use, or free; each may be one of these once. */
  #see(first: number, pages: number): void {
    const end = first + pages;
    if (!Number.isSafeInteger(first) || first < 2 || end > this.#root.lastPage + 1) {
      throw damaged(`page ${first}, which is not there`);
    }
    for (let page = first; page < end; page++) {
      const bit = 1 << (page & 7);
      if ((this.#seen[page >>> 3]! & bit) !== 0) throw damaged(`page ${page} in two places`);
      this.#seen[page >>> 3]! |= bit;
    }
  }

  #read(to: Buffer, bytes: number, page: number): void {
    const { pageBytes } = this.#root;
    const at = page * pageBytes;
    // Whole pages must be there, for lmdb maps them.
    const end = at + Math.ceil(bytes / pageBytes) * pageBytes;
    if (end > this.#fileBytes) throw damaged(`no page ${page}: the file was cut off`);
    for (let read = 0; read < bytes;) {
      const more = readSync(this.#file, to, read, bytes - read, at + read);
      if (more === 0) throw damaged(`no page ${page}: the file was cut off`);
      read += more;
    }
  }
}

/** One entry of a tree. */
export interface LmdbEntry {
  readonly key: Buffer;
  readonly value: Buffer;
  /** Whether the value describes another tree. */
  readonly isTree: boolean;
}

/** How keys are ordered: less than 0 when the first comes first. */
type KeyOrder = (a: Buffer, b: Buffer) => number;

/** lmdb's own limit. */
const deepest = 32;

/** What is being counted of a tree. */
interface Walk {
  readonly order: KeyOrder;
  branches: number;
  leaves: number;
  values: number;
  entries: number;
}

const damaged = (what: string): DamagedPages => new DamagedPages(`it has ${what}`);

const nodeAt = (page: Buffer, index: number): number =>
  PAGE_HEADER_BYTES + page.readUInt16LE(PAGE_HEADER_BYTES + 2 * index);

function keyAt(page: Buffer, at: number): Buffer {
  const start = at + NODE_HEADER_BYTES;
  return page.subarray(start, start + page.readUInt16LE(at + NodeOffset.keyBytes));
}

const valueBytes = (page: Buffer, at: number): number =>
  page.readUInt16LE(at + NodeOffset.low) + page.readUInt16LE(at + NodeOffset.high) * 2 ** 16;

function numberIn(key: Buffer): bigint {
  if (key.length !== 8) throw damaged('a key of free pages');
  return key.readBigUInt64LE(0);
}

const inBytes: KeyOrder = (a, b) => a.compare(b);
const byNumber: KeyOrder = (a, b) => Number(numberIn(a) - numberIn(b));
