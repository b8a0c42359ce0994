import { type EntryMemory, entryMemory } from '@panoptes/core/follower';

/*
 * What a member and the primary send each other about commands, as data of a message without headers. All
 * numbers are little endian.
 *
 *   byte 0        4       8          16       24
 *   ┌────────────┬───────┬──────────┬────────┬─────────────────────────────────────────┐
 *   │ 'PNC1'     │ kind  │ number,  │ ack,   │ records, as a caller and a registry of  │
 *   │            │ u32   │ f64      │ f64    │ one process have them (caller-record.ts)│
 *   └────────────┴───────┴──────────┴────────┴─────────────────────────────────────────┘
 *
 * Frames with records are numbered from 1 on, each way; `ack` is the last one that was taken of the other way.
 * One that is not acknowledged is sent again as it is, and one that was taken already is not taken again.
 */

/** A frame as it came. */
export interface CommandFrame {
  readonly kind: number;
  readonly number: number;
  readonly ack: number;
  /** Its records, from byte 0 on; their bytes are not looked at yet. */
  readonly memory: EntryMemory;
  readonly bytes: number;
}

/** What a frame is for. */
export const FrameKind = Object.freeze({
  /** Records, or none: then it acknowledges. */
  records: 0,
  /** Begins a line; answered with the same. */
  hello: 1,
  /** No more is taken: what is behind `ack` was not. */
  ended: 2,
  /** The line is not known, or is broken: what became of what was sent on it, nobody tells. */
  lost: 3,
  /** The member has gone. */
  bye: 4,
  /** Nothing has come for a while: what was not acknowledged is to be sent again. */
  ask: 5,
} as const);

/** Makes the bytes of a frame. */
export function encodeFrame(
  kind: number,
  number: number,
  ack: number,
  records: Uint8Array = none,
): Uint8Array {
  const bytes = new Uint8Array(headBytes + records.length);
  const head = new DataView(bytes.buffer);
  head.setUint32(0, mark, true);
  head.setUint32(4, kind, true);
  head.setFloat64(8, number, true);
  head.setFloat64(16, ack, true);
  bytes.set(records, headBytes);
  return bytes;
}

/** Reads a frame, or gives undefined for what is none. */
export function decodeFrame(data: Uint8Array): CommandFrame | undefined {
  if (data.length < headBytes || data.length > mostFrameBytes) return undefined;
  const head = new DataView(data.buffer, data.byteOffset, headBytes);
  const kind = head.getUint32(4, true);
  const [number, ack] = [head.getFloat64(8, true), head.getFloat64(16, true)];
  const isRight = [number, ack].every((count) => Number.isSafeInteger(count) && count >= 0);
  if (head.getUint32(0, true) !== mark || kind > FrameKind.ask || !isRight) return undefined;
  const bytes = data.length - headBytes;
  if (bytes % 8 !== 0) return undefined;
  // Records are read as words, so they begin at a whole one.
  const memory = entryMemory(new ArrayBuffer(bytes));
  memory.u8.set(data.subarray(headBytes));
  return { kind, number, ack, memory, bytes };
}

/** Records of one frame, unless one alone is larger. */
export const usualFrameBytes = 32 * 1024;
const mostFrameBytes = 1024 * 1024;
const headBytes = 24;
/** 'PNC1'. */
const mark = 0x31434e50;
const none = new Uint8Array(0);
