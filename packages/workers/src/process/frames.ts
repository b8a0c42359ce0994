/**
 * What goes over the two pipes between a registry's process and one in which observers run. The data
 * pipe (descriptor 3 there) brings what handlers take, in the order in which they take it; the control
 * pipe (descriptor 4) brings calls and their answers, both ways. docs/PROCESS-PROTOCOL.md explains it to
 * who writes an observer in another language.
 *
 * ```
 *   byte 0              4         8       10      12
 *   ┌──────────────────┬─────────┬───────┬───────┬─────────┐
 *   │ bytes of payload │ channel │ kind  │ 0     │ payload │
 *   │ u32              │ u32     │ u16   │ u16   │         │
 *   └──────────────────┴─────────┴───────┴───────┴─────────┘
 * ```
 * A channel is one incarnation of one observer; 0 is the process itself. Numbers are little-endian.
 *
 * @param payload - may be in several pieces
 * @returns the frame as it is sent: its header, and those pieces, or all in one piece
 */
export function encodeFrame(
  channel: number,
  kind: DataKind | CallKind | ReplyKind,
  ...payload: readonly Uint8Array[]
): Buffer[] {
  const bytes = payload.reduce((sum, { length }) => sum + length, 0);
  const isSmall = bytes <= mostCopiedBytes;
  const header = Buffer.alloc(FRAME_HEADER_BYTES + (isSmall ? bytes : 0));
  header.writeUInt32LE(bytes, 0);
  header.writeUInt32LE(channel, 4);
  header.writeUInt16LE(kind, 8);
  if (!isSmall) {
    const pieces = payload.map(({ buffer, byteOffset, length }) =>
      Buffer.from(buffer, byteOffset, length),
    );
    return [header, ...pieces];
  }
  let at = FRAME_HEADER_BYTES;
  for (const piece of payload) {
    header.set(piece, at);
    at += piece.length;
  }
  return [header];
}

/** A payload that is no larger is copied behind its header: one piece is written sooner than two. */
const mostCopiedBytes = 512;

/** Bytes before a frame's payload. */
export const FRAME_HEADER_BYTES = 12;

/** Counts incompatible changes of what goes over the pipes. */
export const PROCESS_PROTOCOL = 1;

/** To the process, by the data pipe: each is answered with one `handled`, or with `failed`. */
export const DataKind = Object.freeze({
  /** A snapshot follows: its seq, its time, how many entries and how many bytes they are; four f64. */
  snapshot: 1,
  /** The next bytes of the snapshot's entries, as they lie in the table. Not answered; the last is. */
  entries: 2,
  /** A run of the change log, in the run format. */
  run: 3,
  /** A run of the proposal log, in the run format: numbers of proposals in place of seqs. */
  proposals: 4,
} as const);
export type DataKind = (typeof DataKind)[keyof typeof DataKind];

/** To the process, by the control pipe. */
export const CallKind = Object.freeze({
  /** Set the observer up: id u32, bytes of JSON u32, `StartTerms` as JSON, then its options, encoded. */
  start: 16,
  /** A query: id u32, bytes of its name u32, the name, then its arguments, encoded as an array. */
  query: 17,
  /** id u32, then a `Question` as JSON. */
  ask: 18,
  /** The outcome of a command: its id u32, then `{ result }` or `{ error }` as JSON. */
  outcome: 19,
  /** The next bytes of what the observer has stored; before `start`, which says how many there are. */
  state: 20,
  /** How many more frames of the space are on disk, u32; and whether no more are taken, u32. */
  written: 21,
  /** The observer ends at once, without a teardown. Answered with `ended`. */
  end: 22,
} as const);
export type CallKind = (typeof CallKind)[keyof typeof CallKind];

/** From the process, by the control pipe. */
export const ReplyKind = Object.freeze({
  /** The first of all, on channel 0: a `Hello` as JSON. */
  hello: 32,
  /** To `start` and `ask`: the id u32, then `{ value }` or `{ error }` as JSON. Also to a query that failed. */
  answer: 33,
  /** To a query, and to `metrics`: the id u32, then the answer, encoded. */
  payload: 34,
  /** A command of the observer's own: an id u32, then `{ method, args }` as JSON. */
  command: 35,
  /**
   * What came next by the data pipe is done: the last seq in it (of proposals, the last number), how long
   * its handlers took in milliseconds, heap and external bytes in use; four f64.
   */
  handled: 36,
  /** A handler has failed, after which nothing more is handled: `{ error, seq? }` as JSON. */
  failed: 37,
  /** Votes, as JSON: an array of `[number, verdict, reason?, details?]`. */
  votes: 38,
  /** Changes of what the observer has stored: a frame (core's space-frame.ts). */
  frame: 39,
  /** Its loop turns, though nothing was done yet: it votes one by one, or goes through much. */
  turning: 40,
  /** The channel's observer has ended: nothing more comes from it. */
  ended: 41,
} as const);
export type ReplyKind = (typeof ReplyKind)[keyof typeof ReplyKind];

/**
 * The codes with which a process ends that has no more to do or cannot go on; its observers' code may
 * end it with any.
 */
export const ProcessExit = Object.freeze({
  /** The other end of a pipe was closed. */
  closed: 0,
  /** Nobody caught an error, which was its last word. */
  error: 70,
  /** What came over a pipe is none of this protocol: an error in its last word says what. */
  protocol: 71,
} as const);
export type ProcessExit = (typeof ProcessExit)[keyof typeof ProcessExit];

/**
 * Begins the last line on stderr of a process that ends by an error: an `ErrorMessage` follows, as JSON.
 * It may be a lie, as all that comes from there.
 */
export const lastWordsMark = 'panoptes: last words: ';
/** Longest error there, in bytes of UTF-8. What is longer is cut, and may be no JSON then. */
export const maxLastWordsBytes = 64 * 1024;

/** Longest piece of a snapshot, or of a state, in bytes: between two, others have their turn. */
export const maxPieceBytes = 256 * 1024;
