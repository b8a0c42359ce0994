import { HISTOGRAM_BUCKETS, countDuration, countFrom, quantile } from './duration-histogram.js';
import { OUTPUT_BYTES, OutputRing } from './output-ring.js';

/**
 * What one incarnation shows of itself, in shared memory: written on its thread, read on the main
 * thread, even while the first is stuck or after it has died. Each incarnation has a board of its
 * own, so that one that does not end cannot write on another's.
 *
 * Figures are stored without order: a reader may see one a moment before another. Decisions are
 * made of several looks, never of one.
 */
export class HealthBoard {
  readonly buffer: HealthBuffer;
  readonly output: OutputRing;
  readonly #numbers: Float64Array;
  readonly #durations: Float64Array;

  constructor(buffer: HealthBuffer = createHealthBuffer()) {
    this.buffer = buffer;
    this.#numbers = new Float64Array(buffer, 0, NUMBERS);
    this.#durations = new Float64Array(buffer, NUMBERS * 8, HISTOGRAM_BUCKETS);
    this.output = new OutputRing(buffer, RING_AT);
  }

  /** What the thread said last of its memory; 0 before it said anything. */
  get memory(): MemoryUse {
    return { heapBytes: this.#read(Place.heap), externalBytes: this.#read(Place.external) };
  }

  /** The transactions that a handler is at, or was at when its thread ended. */
  get inHand(): SeqRange | undefined {
    const [first, last] = [this.#read(Place.first), this.#read(Place.last)];
    return first === 0 || last < first ? undefined : { first, last };
  }

  /** Calls of handlers that have ended. */
  get calls(): number {
    return this.#read(Place.calls);
  }

  /** A number that changes whenever it begins or has done voting on a group of proposals. */
  get votes(): number {
    return this.#read(Place.votes);
  }

  /** Whether it is voting on proposals. */
  get isVoting(): boolean {
    return this.votes % 2 === 1;
  }

  /** Messages that the observer wanted to send by itself and that went nowhere. */
  get messages(): number {
    return this.#read(Place.messages);
  }

  /** How long a share of the handler's calls took at most, in milliseconds. */
  handlerMs(share: number): number {
    return quantile(this.#durations, share) / 1000;
  }

  /** How many calls of the handler took so many milliseconds or more. */
  callsFrom(ms: number): number {
    return countFrom(this.#durations, ms * 1000);
  }

  /** A handler is about to get these transactions. */
  begin(first: number, last: number): void {
    this.#numbers[Place.last] = last;
    this.#numbers[Place.first] = first;
  }

  /** The handler has finished them. */
  finish(durationMs: number): void {
    this.#numbers[Place.first] = 0;
    this.#numbers[Place.calls] = this.#numbers[Place.calls]! + 1;
    countDuration(this.#durations, durationMs * 1000);
  }

  /** It begins, or has done, voting. */
  noteVoting(): void {
    this.#numbers[Place.votes] = this.#numbers[Place.votes]! + 1;
  }

  noteMemory(heapBytes: number, externalBytes: number): void {
    this.#numbers[Place.heap] = heapBytes;
    this.#numbers[Place.external] = externalBytes;
  }

  noteMessage(): void {
    this.#numbers[Place.messages] = this.#numbers[Place.messages]! + 1;
  }

  /** Its thread can write anything there; what is no count is taken for 0. */
  #read(place: number): number {
    const number = this.#numbers[place]!;
    return Number.isSafeInteger(number) && number >= 0 ? number : 0;
  }
}

/** The memory of a health board, to be handed to its observer's thread. */
export type HealthBuffer = SharedArrayBuffer;

/** Memory that a thread uses, in bytes. */
export interface MemoryUse {
  /** Used heap, with what the garbage collector has not collected yet. */
  readonly heapBytes: number;
  /** Outside of the heap: buffers above all. */
  readonly externalBytes: number;
}

/** The transactions that a handler was given. */
export interface SeqRange {
  readonly first: number;
  readonly last: number;
}

/** Numbers at the start of a board. */
const Place = {
  /** Bytes. */
  heap: 0,
  external: 1,
  /** The batch that the handler is at: its first and last seq; 0 when there is none. */
  first: 2,
  last: 3,
  /** Calls of handlers. */
  calls: 4,
  /** Odd while it votes: both ends of each call are counted. */
  votes: 6,
  /** Messages that the observer wanted to send to the main thread by itself. */
  messages: 5,
} as const;
const NUMBERS = 8;
const RING_AT = (NUMBERS + HISTOGRAM_BUCKETS) * 8;
const BOARD_BYTES = RING_AT + 16 + OUTPUT_BYTES;

/** Makes the memory of a board. */
const createHealthBuffer = (): HealthBuffer => new SharedArrayBuffer(BOARD_BYTES);
