/**
 * The change log in memory: one SharedArrayBuffer, one writer, many readers. Names and numbers
 * only; `log-memory.ts` makes it, `log-writer.ts` and `log-reader.ts` follow the protocols below.
 *
 * ```
 *   byte 0        128         256         384         512          640         640+128·readers
 *   ┌───────────┬───────────┬───────────┬───────────┬────────────┬── … ──────┬──────────────────────┐
 *   │ what it is│ CLAIMED   │ PUBLISHED │ SLEEPERS  │ PROGRESS   │ a line for│ data: a power of two │
 *   │ CLOSED    │ EPOCH     │           │           │ MAIN_WAITS │ each reader                      │
 *   └───────────┴───────────┴───────────┴───────────┴────────────┴── … ──────┴──────────────────────┘
 *    fixed        writer      writer      readers,    readers,     its reader,  writer
 *                                         writer      main thread  main thread             (who writes)
 * ```
 * Words that different threads write stand 128 bytes apart: processors fetch 64-byte lines in pairs
 * (x64) or have 128-byte lines (Apple's ARM64), and two writers on one line slow each other down.
 *
 * **Position.** Counts units of 8 bytes ever written. Shared words hold its low 32 bits and wrap;
 * two of them are compared by `(a - b) | 0`. A unit's place in the data is `position & (units - 1)`.
 * EPOCH holds the claimed position in steps of 2^24 units (128 MiB), so that a reader who slept for
 * a multiple of 2^32 units (32 GiB) cannot take the wrapped difference for a small one.
 *
 * **Record.** Starts on a unit, never wraps the end of the data.
 * ```
 *   byte 0          4       5         6         8              16             24
 *   ┌──────────────┬───────┬─────────┬─────────┬──────────────┬──────────────┬────────────────────┐
 *   │ length u32   │ kind  │ reason  │ flags   │ seq f64      │ time f64     │ payload, filled up │
 *   │ in units     │ u8    │ u8      │ u16     │              │ Unix ms      │ to whole units     │
 *   └──────────────┴───────┴─────────┴─────────┴──────────────┴──────────────┴────────────────────┘
 * ```
 * `length` counts the header too. Where the next record would wrap, a record of kind 0 fills the
 * rest; it may be a single unit and then has neither seq nor time. A transaction is one or more
 * records of one seq, all but the last with the flag MORE; its time, when its command was handed in,
 * stands in each of them. Numbers are little-endian, as the machine's.
 *
 * **Write.** Claim, encode, publish, ring:
 * 1. CLAIMED := end of what is going to be overwritten (ahead of need, so that one claim serves many
 *    records), then load it. On ARM64 a releasing store alone lets later plain stores pass it; the
 *    acquiring load behind it does not, and cannot itself pass the store.
 * 2. Plain stores of header and payload.
 * 3. PUBLISHED := end of the last whole transaction. A releasing store: who sees it sees the bytes.
 * 4. If SLEEPERS was 1, set it to 0 and notify all who wait on PUBLISHED (`doorbell.ts`).
 *
 * The claim never passes `position + units` of a gating reader's line: such a reader is waited for.
 *
 * **Read.** Copy, look again, only then parse:
 * 1. Load PUBLISHED, and CLAIMED: claimed - own position > units means lapped.
 * 2. Copy a run of bytes to private memory.
 * 3. HEARTBEAT + 1, stored atomically: on ARM64 this keeps the copy's plain loads from being delayed
 *    past the next load.
 * 4. Load CLAIMED again. A reader that saw a byte of the next lap also sees the claim before it:
 *    if claimed - own position > units, the copy may be torn and is thrown away: lapped.
 * 5. Cut the private copy after its last whole transaction; POSITION := its end, which hands the
 *    space back to the writer. After the handler has finished: SEQ := last seq of the run.
 *
 * **Park** (reader). Arm, raise, look again:
 * 1. `waitAsync(PUBLISHED, own position)`: returns at once if there is more to read.
 * 2. SLEEPERS := 1.
 * 3. Load PUBLISHED again; sleep only if it still equals the own position.
 *
 * The flag is raised after the wait is armed, not before: a writer that published first and rings
 * only now would otherwise take the flag between the two steps, notify no reader, and the reader would
 * sleep with the flag down. With this order either the writer's exchange comes before step 2, then
 * its publish comes before step 3 and the reader sees it; or it comes after, finds the flag, and its
 * notify finds the reader armed. A flag once raised stays up until someone notifies.
 *
 * **Wait for readers** (main thread). Arm on PROGRESS, MAIN_WAITS := 1, look at the cursors, sleep.
 * A reader that has moved its cursor and finds MAIN_WAITS takes it, adds 1 to PROGRESS and notifies.
 * The same argument holds, with the parts exchanged (`progress.ts`).
 */

/** Bytes from one writer's words to the next writer's. */
export const LINE_BYTES = 128;
/** Int32 words in a line. */
export const LINE_WORDS = LINE_BYTES / 4;

/** 'PNOP' */
export const LOG_MAGIC = 0x504e4f50;
/** Counts incompatible changes of this layout. */
export const LOG_VERSION = 2;

/** Int32 words of the header, counted from the start of the buffer. */
export const Word = {
  magic: 0,
  version: 1,
  /** Size of the data, a power of two. */
  logBytes: 2,
  /** How many reader lines there are. */
  readers: 3,
  /** 1 when the time of its records is of a clock of the registry's own, and not the machine's. */
  ownTime: 4,
  /** When it begins by that clock: an f64, Unix milliseconds. */
  began: 6,
  /** 1 once the writer will write no more. */
  closed: 8,
  /** Everything before this may be overwritten or half written. */
  claimed: LINE_WORDS,
  /** The claimed position in steps of `EPOCH_UNITS`; stored before `claimed`. */
  epoch: LINE_WORDS + 1,
  /** End of the last transaction that may be read; idle readers wait on this word. */
  published: 2 * LINE_WORDS,
  /** 1 when some reader may be waiting. */
  sleepers: 3 * LINE_WORDS,
  /** Changes when a reader moved its cursor while the main thread waited; it waits on this word. */
  progress: 4 * LINE_WORDS,
  /** 1 when the main thread may be waiting. */
  mainWaits: 4 * LINE_WORDS + 1,
} as const;

/** Where the reader lines start. */
export const HEADER_BYTES = 5 * LINE_BYTES;

/** Int32 words of a reader's line, counted from its start. Who writes it stands in brackets. */
export const LineWord = {
  /** What the reader still needs starts here: low 32 bits of a position (reader). */
  position: 0,
  /** The cursor, last seq it has finished: low 32 bits (reader). */
  seq: 1,
  /** 1 while it waits for something to read (reader). */
  parked: 2,
  /** Changes whenever the reader's loop turns (reader). */
  heartbeat: 3,
  /** Number of the incarnation that owns the line (main thread). */
  incarnation: 4,
  /** A `ReaderState` (main thread until the reader runs, then the reader). */
  state: 5,
  /** 1 when the writer must not overrun it (main thread). */
  gating: 6,
  /** Transactions finished since the line was allocated, a 64-bit count (reader). */
  deliveredLow: 8,
  deliveredHigh: 9,
} as const;

/** What a reader's line says about its reader. */
export const ReaderState = Object.freeze({
  /** Free. */
  free: 0,
  /** Allocated or placed at a new snapshot; its reader does not read yet. */
  starting: 1,
  /** Reads the log. */
  following: 2,
  /** Was overtaken and needs a snapshot. */
  lapped: 3,
  /** Ended its loop. */
  stopped: 4,
} as const);
export type ReaderState = (typeof ReaderState)[keyof typeof ReaderState];

/** Bytes in a unit of position. */
export const UNIT_BYTES = 8;
/** Units of a record's header. */
export const HEADER_UNITS = 3;
/** Bytes of a record's header; its payload starts behind it. */
export const RECORD_HEADER_BYTES = HEADER_UNITS * UNIT_BYTES;
/** Byte offsets inside a record, for those who read a run. */
export const RecordOffset = Object.freeze({
  length: 0,
  kind: 4,
  reason: 5,
  flags: 6,
  seq: 8,
  time: 16,
} as const);
/** Kind and flags in a record's second word, which holds kind, reason and flags. */
export const kindIn = (head: number): number => head & 0xff;
export const flagsIn = (head: number): number => head >>> 16;
/** Kind of the record that fills up the end of the data. */
export const KIND_PADDING = 0;
/** Flag of every record of a transaction but the last. */
export const FLAG_MORE = 1;

/** Units between two values of EPOCH. */
export const EPOCH_UNITS = 2 ** 24;
/**
 * A reader further behind than this many epochs was lapped whatever the low 32 bits say: more than
 * the largest log can hold (8), less than a wrap of 32 bits (256).
 */
export const EPOCHS_BEHIND_MAX = 128;

/** Smallest size of the data, in bytes. */
export const LOG_BYTES_MIN = 4 * 1024;
/** Most reader lines a log may have. */
export const READERS_MAX = 4096;
/** A record may take this share of the data, a transaction that. */
export const RECORD_SHARE = 1 / 8;
export const TRANSACTION_SHARE = 1 / 2;
