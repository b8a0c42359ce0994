import { crc32 } from 'node:zlib';

/**
 * How a store keeps what observers have stored: each has a space, in the tree `spaces`.
 *
 * ```
 *   head   key    name bytes u16, big end first; the observer's name, UTF-8
 *          value  0      4        12        20      28    36
 *                 ┌──────┬────────┬─────────┬───────┬─────┬────────┐   crc: of the key and all that
 *                 │ crc  │ cursor │ entries │ bytes │ sum │ format │   follows it. bytes: of all keys
 *                 │ u32  │ f64    │ f64     │ f64   │ f64 │ UTF-8  │   and values, as a space counts
 *                 └──────┴────────┴─────────┴───────┴─────┴────────┘   them. sum: of the entries' CRCs
 *   entry  key    that of the head; the observer's key, UTF-8
 *          value  0      4      5
 *                 ┌──────┬──────┬───────┐
 *                 │ crc  │ kind │ value │   crc: of the key and all that follows it.
 *                 │ u32  │ u8   │       │   kind: as of a frame (space-frame.ts)
 *                 └──────┴──────┴───────┘
 * ```
 * An observer's key has a byte at least: so the head stands before its entries, and apart from them.
 */
export interface SpaceHead {
  /** What is stored is as of this transaction. */
  readonly cursor: number;
  readonly entries: number;
  readonly bytes: number;
  readonly sum: number;
  readonly format: string;
}

const headAt = 36;

/** The key of a space's head: what all of its keys begin with. */
export function spaceKey(name: string): Buffer {
  const bytes = Buffer.from(name);
  const key = Buffer.alloc(2 + bytes.length);
  key.writeUInt16BE(bytes.length);
  key.set(bytes, 2);
  return key;
}

/** How long the key of the head is that this key begins with; undefined when it is too short for that. */
export function spaceKeyBytes(key: Buffer): number | undefined {
  const bytes = key.length < 2 ? Number.POSITIVE_INFINITY : 2 + key.readUInt16BE();
  return bytes <= key.length ? bytes : undefined;
}

export function encodeHead(key: Buffer, head: SpaceHead): Buffer {
  const format = Buffer.from(head.format);
  const value = Buffer.alloc(headAt + format.length);
  [head.cursor, head.entries, head.bytes, head.sum].forEach((number, index) =>
    value.writeDoubleLE(number, 4 + 8 * index),
  );
  value.set(format, headAt);
  value.writeUInt32LE(crcOf(key, value), 0);
  return value;
}

/** The head in a value; undefined when it is none, or damaged. */
export function decodeHead(key: Buffer, value: Buffer): SpaceHead | undefined {
  if (value.length < headAt || !isWholeSpaceValue(key, value)) return undefined;
  const [cursor, entries, bytes, sum] = [4, 12, 20, 28].map((at) => value.readDoubleLE(at));
  return {
    cursor: cursor!,
    entries: entries!,
    bytes: bytes!,
    sum: sum!,
    format: value.toString('utf8', headAt),
  };
}

/** Bytes before an entry's own value. */
export const spaceValueAt = 5;
/** Where an entry's kind stands. */
export const spaceKindAt = 4;

export function encodeSpaceEntry(key: Buffer, kind: number, value: Buffer): Buffer {
  const bytes = Buffer.alloc(spaceValueAt + value.length);
  bytes.writeUInt8(kind, spaceKindAt);
  bytes.set(value, spaceValueAt);
  bytes.writeUInt32LE(crcOf(key, bytes), 0);
  return bytes;
}

/** Whether a key and its value, a head's or an entry's, are whole. */
export const isWholeSpaceValue = (key: Buffer, value: Buffer): boolean =>
  value.length >= spaceValueAt && crcOf(key, value) === value.readUInt32LE(0);

const crcOf = (key: Buffer, value: Buffer): number => crc32(value.subarray(4), crc32(key));
