import { isUtf8 } from 'node:buffer';

/**
 * What an observer's thread sends of its stored state: which keys have other values, and the transaction
 * after which that is so. Applied to the state before it, a frame gives the state as of its cursor.
 *
 * ```
 *   byte 0        8       12
 *   ┌────────────┬───────┬─────────┐
 *   │ cursor f64 │ flags │ changes │   flags, u32: 1 in the last frame of an incarnation
 *   └────────────┴───────┴─────────┘
 *   a change:  key bytes u16, kind u8, 0 u8, value bytes u32; the key, UTF-8; the value
 * ```
 * Numbers are little-endian. A key comes once. The same form hands a whole state to a new incarnation.
 *
 * Every byte of one that was received is looked at before one is believed.
 */
export class SpaceFrame {
  /** The state that it makes is as of this transaction. */
  readonly cursor: number;
  /** Whether no more will come. */
  readonly isLast: boolean;
  readonly bytes: Buffer;

  /**
   * @param bytes - stay its own
   * @param maxChanges - most that there can be
   * @throws {Error} saying what is wrong
   */
  constructor(bytes: Buffer, maxChanges: number) {
    if (bytes.length < headBytes) throw new Error(`a frame of ${bytes.length} bytes`);
    this.cursor = bytes.readDoubleLE(0);
    if (!Number.isSafeInteger(this.cursor) || this.cursor < 0) {
      throw new Error(`a frame with the cursor ${this.cursor}`);
    }
    const flags = bytes.readUInt32LE(8);
    if ((flags & ~lastFlag) !== 0) throw new Error(`a frame with the flags ${flags}`);
    this.isLast = flags === lastFlag;
    this.bytes = bytes;
    this.#check(maxChanges);
  }

  /** Each key that has another value; the memory is the frame's. */
  *changes(): Generator<SpaceChange> {
    const { bytes } = this;
    for (let at = headBytes; at < bytes.length;) {
      const keyEnd = at + changeHeadBytes + bytes.readUInt16LE(at);
      const end = keyEnd + bytes.readUInt32LE(at + 4);
      yield {
        key: bytes.subarray(at + changeHeadBytes, keyEnd),
        kind: bytes.readUInt16LE(at + 2) as SpaceKind,
        value: bytes.subarray(keyEnd, end),
      };
      at = end;
    }
  }

  #check(maxChanges: number): void {
    const { bytes } = this;
    for (let at = headBytes; at < bytes.length;) {
      const left = bytes.length - at - changeHeadBytes;
      if (left < 0 || left < bytes.readUInt16LE(at) + bytes.readUInt32LE(at + 4)) {
        throw new Error('a frame that was cut');
      }
      at += changeHeadBytes + bytes.readUInt16LE(at) + bytes.readUInt32LE(at + 4);
    }
    const keys = new Set<string>();
    for (const change of this.changes()) {
      checkChange(change);
      const key = change.key.toString('latin1');
      if (keys.has(key)) throw new Error('a key that comes twice');
      if (keys.add(key).size > maxChanges) throw new Error('more keys than there is room for');
    }
  }
}

/** What a key has. */
export const SpaceKind = Object.freeze({
  /** The key is gone; there is no value. */
  gone: 0,
  /** A text, in UTF-8. */
  text: 1,
  bytes: 2,
} as const);
export type SpaceKind = (typeof SpaceKind)[keyof typeof SpaceKind];

/** One key and what it has now. */
export interface SpaceChange {
  readonly key: Buffer;
  readonly kind: SpaceKind;
  readonly value: Buffer;
}

/** Longest key, in bytes of UTF-8. */
export const maxSpaceKeyBytes = 512;
/** Most keys of a space: what is written for each keeps the store's thread, whatever its size. */
export const maxSpaceKeys = 65_536;
/** What each key takes of its space's room beside its own bytes and those of its value. */
const spaceEntryBytes = 32;
/** How much of a space's room a key takes, in bytes. */
export const spaceRoomOf = (keyBytes: number, valueBytes: number): number =>
  spaceEntryBytes + keyBytes + valueBytes;

/** Longest frame of a space that never has more than so many bytes: all that it had goes, and as much comes. */
export const maxFrameBytes = (bytes: number): number => headBytes + 2 * bytes;
/** Most changes in a frame of a space that never has more than so many keys; likewise. */
export const maxFrameChanges = (keys: number): number => 2 * keys;

const headBytes = 12;
const changeHeadBytes = 8;
const lastFlag = 1;

/**
 * Puts changes into one frame.
 *
 * @param allocate - gives its memory
 */
export function encodeFrame<Memory extends Uint8Array>(
  cursor: number,
  changes: readonly SpaceChange[],
  isLast: boolean,
  allocate: (bytes: number) => Memory,
): Memory {
  let length = headBytes;
  for (const { key, value } of changes) length += changeHeadBytes + key.length + value.length;
  const memory = allocate(length);
  const bytes = Buffer.from(memory.buffer, memory.byteOffset, length);
  bytes.writeDoubleLE(cursor, 0);
  bytes.writeUInt32LE(isLast ? lastFlag : 0, 8);
  let at = headBytes;
  for (const { key, kind, value } of changes) {
    bytes.writeUInt16LE(key.length, at);
    bytes.writeUInt16LE(kind, at + 2);
    bytes.writeUInt32LE(value.length, at + 4);
    bytes.set(key, at + changeHeadBytes);
    at += changeHeadBytes + key.length;
    bytes.set(value, at);
    at += value.length;
  }
  return memory;
}

function checkChange({ key, kind, value }: SpaceChange): void {
  if (key.length === 0 || key.length > maxSpaceKeyBytes) {
    throw new Error(`a key of ${key.length} bytes`);
  }
  if (kind > SpaceKind.bytes) throw new Error(`a value of kind ${kind}`);
  if (kind === SpaceKind.gone && value.length > 0) throw new Error('a value of a key that is gone');
  if (!isUtf8(key) || (kind === SpaceKind.text && !isUtf8(value))) {
    throw new Error('a text that is none');
  }
}
