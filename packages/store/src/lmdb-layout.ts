/**
 * How lmdb 3.5 lays out its file. Names and numbers only; `lmdb-pages.ts` reads by them.
 *
 * A file is pages of one size. Pages 0 and 1 each hold the root of a state, written in turns: transaction
 * n is at page n % 2. All other pages are copied when they change, so the older root is whole, too.
 *
 * ```
 *   page   0           8           16     18      20      22      24
 *   ┌───────────┬───────────┬──────┬───────┬───────┬───────┬────────────────────────────────────┐
 *   │ number u64│ txn u64   │ -    │ flags │ lower │ upper │ lower/2 offsets u16 … room … nodes │
 *   └───────────┴───────────┴──────┴───────┴───────┴───────┴────────────────────────────────────┘
 *   upper and offsets are counted from byte 24. Of a page that begins a large value, 20 is a u32: how
 *   many pages it takes; the value follows from byte 24 on.
 *
 *   node   0      2      4       6        8
 *   ┌──────┬──────┬───────┬────────┬──────────────┬──────────────────────────────────────────┐
 *   │ low  │ high │ flags │ key's  │ key          │ leaf: value, or where it is if it is large│
 *   │      │      │       │ length │              │ branch: nothing; the child's number is    │
 *   └──────┴──────┴───────┴────────┴──────────────┴─ low, high, flags ────────────────────────┘
 *
 *   root   24      28       32     40         48 tree of free pages  96 main tree    144        152
 *   ┌──────┬────────┬──────┬──────────┬─────────────────────┬──────────────────┬──────────┬──────────┐
 *   │ mark │version │ -    │ map size │ (its u32: page size)│                  │ last page│ txn      │
 *   └──────┴────────┴──────┴──────────┴─────────────────────┴──────────────────┴──────────┴──────────┘
 *
 *   tree   0       4        6        8          16         24          32        40
 *   ┌───────┬────────┬────────┬──────────┬──────────┬───────────┬─────────┬──────────┐
 *   │ u32   │ flags  │ depth  │ branches │ leaves   │ of values │ entries │ root page│
 *   └───────┴────────┴────────┴──────────┴──────────┴───────────┴─────────┴──────────┘
 * ```
 * A value of the tree of free pages is a count and as many numbers: a page, or minus the length of a
 * block of pages and then its first, or 0 for nothing.
 */

export const LMDB_MAGIC = 0xbeefc0de;
export const LMDB_VERSION = 2;

export const PAGE_HEADER_BYTES = 24;
export const PageOffset = {
  number: 0,
  txn: 8,
  flags: 18,
  lower: 20,
  upper: 22,
  pages: 20,
} as const;
export const PageFlag = { branch: 0x01, leaf: 0x02, value: 0x04, root: 0x08 } as const;

export const NODE_HEADER_BYTES = 8;
export const NodeOffset = { low: 0, high: 2, flags: 4, keyBytes: 6 } as const;
export const NodeFlag = { large: 0x01, tree: 0x02 } as const;
/** Where a large value is: its page, its transaction, how many pages. */
export const LARGE_VALUE_BYTES = 24;

export const RootOffset = {
  magic: 24,
  version: 28,
  mapSize: 40,
  freeTree: 48,
  mainTree: 96,
  lastPage: 144,
  txn: 152,
} as const;
/** Bytes of a page that holds a root. */
export const ROOT_BYTES = 168;

export const TREE_BYTES = 48;
export const TreeOffset = {
  pageBytes: 0,
  flags: 4,
  depth: 6,
  branches: 8,
  leaves: 16,
  values: 24,
  entries: 32,
  root: 40,
} as const;
/** Flags of the tree of free pages: its keys are numbers; and of the file, that it is no folder. */
export const FREE_TREE_FLAGS = 0x4008;
/** The root of a tree that is empty. */
export const NO_PAGE = 0xffff_ffff_ffff_ffffn;
