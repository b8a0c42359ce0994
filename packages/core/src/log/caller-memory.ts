import { type EntryMemory, entryMemory } from '../peers/entry-layout.js';
import { LINE_BYTES, LINE_WORDS } from './log-layout.js';
import type { RecordRing } from './record-ring.js';

/*
 * What a caller on another thread shares with the registry: a ring for its commands, a ring for their
 * results, and a bell for each side. Each caller has memory of its own.
 *
 *   byte 0       128     256       384     512         640           768
 *   ┌───────────┬───────┬─────────┬───────┬───────────┬─────────────┬──────────┬─────────┐
 *   │ commands: │ READ  │ results:│ READ  │ BELL of   │ BELL of the │ commands │ results │
 *   │ WRITTEN   │       │ WRITTEN │       │ registry  │ caller      │          │         │
 *   └───────────┴───────┴─────────┴───────┴───────────┴─────────────┴──────────┴─────────┘
 *
 * Who wakes whom: a side first publishes what it wrote, or that it has made room, and then adds to the
 * other's bell and notifies it. A side that falls asleep looks at its bell first, then at the rings, and
 * waits for the bell to differ. So no ring is lost.
 */

/** The parts of a caller's memory. */
export class CallerMemory {
  readonly commands: RecordRing;
  readonly results: RecordRing;
  readonly registryBell: Bell;
  readonly callerBell: Bell;

  constructor(buffer: CallerBuffer) {
    const memory = entryMemory(buffer);
    const words = new Int32Array(buffer);
    const commandBytes = buffer.byteLength - headBytes - resultBytes;
    this.commands = ringAt(memory, words, 0, headBytes, commandBytes);
    this.results = ringAt(memory, words, 2, headBytes + commandBytes, resultBytes);
    this.registryBell = new Bell(words, 4 * LINE_WORDS);
    this.callerBell = new Bell(words, 5 * LINE_WORDS);
  }
}

/** The memory of a caller, to be handed to its thread. */
export type CallerBuffer = SharedArrayBuffer;

/** Least room for commands: four times the longest one, see `RecordWriter.place`, and a power of two. */
export const leastCommandBytes = 512 * 1024;
/** Room for results: the same of the longest one. */
const resultBytes = 512 * 1024;
const headBytes = 6 * LINE_BYTES;

// Taken when this is loaded: other code of the thread may put others in their place.
const { add, load, notify, waitAsync } = Atomics;

/** @param commandBytes - room for commands, a power of two */
export const createCallerBuffer = (commandBytes: number): CallerBuffer =>
  new SharedArrayBuffer(headBytes + commandBytes + resultBytes);

/** Whether a value can be the memory of a caller. */
export const isCallerBuffer = (value: unknown): value is CallerBuffer =>
  value instanceof SharedArrayBuffer &&
  value.byteLength >= headBytes + leastCommandBytes + resultBytes;

/** What a side of a caller's memory sleeps beside. */
export class Bell {
  readonly #words: Int32Array;
  readonly #at: number;

  constructor(words: Int32Array, at: number) {
    this.#words = words;
    this.#at = at;
  }

  /** How often it was rung. To be asked before looking for what it is rung for. */
  get rings(): number {
    return load(this.#words, this.#at);
  }

  ring(): void {
    add(this.#words, this.#at, 1);
    notify(this.#words, this.#at);
  }

  /**
   * Waits for the next ring. A wait must not be left: it would keep the memory for ever.
   *
   * @param rings - as of before there was nothing to be found
   * @returns undefined when it was rung since
   */
  wait(rings: number): Promise<unknown> | undefined {
    const wait = waitAsync(this.#words, this.#at, rings);
    return wait.async ? wait.value : undefined;
  }
}

const ringAt = (
  memory: EntryMemory,
  words: Int32Array,
  line: number,
  base: number,
  bytes: number,
): RecordRing => ({
  memory,
  words,
  writtenAt: line * LINE_WORDS,
  readAt: (line + 1) * LINE_WORDS,
  base,
  units: bytes / 8,
});
