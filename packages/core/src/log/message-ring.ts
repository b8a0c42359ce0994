import { systemClock } from '../clock.js';
import { messageOf } from '../error-of.js';
import { maxTurnMs } from '../limits.js';
import { nextTurn } from '../turns.js';
import { LINE_BYTES, LINE_WORDS } from './log-layout.js';

/*
 * What one incarnation sends to the main thread: a ring of bytes in shared memory with one writer, the
 * observer's thread, and one reader, the main thread. Each incarnation has a ring of its own, and one
 * more to the thread of a store, if it has stored state.
 *
 *   byte 0         128           256
 *   ┌─────────────┬─────────────┬──────────────────────────────┐
 *   │ WRITTEN     │ READ        │ ringBytes                    │
 *   └─────────────┴─────────────┴──────────────────────────────┘
 *
 *   a message:  4 · length + kind, u32; then its bytes. One that is longer than the ring goes in parts.
 *
 * It stands in place of a message port, because a port reads for its owner whatever arrives, however
 * large, before the owner can look at it. Here the length of a message is seen first, nothing is read
 * faster than the main thread cares to, and what has to wait, waits in its sender's memory.
 *
 * Who wakes whom: the writer stores WRITTEN and notifies it; the reader waits for it to differ from
 * the value up to which it has read. READ is the same the other way round. Both count bytes, and wrap.
 */

/** The memory of a ring, to be handed to the observer's thread. */
export type MessageBuffer = SharedArrayBuffer;

/** What a message is, as its receiver needs to know before it reads it. */
export const MessageKind = Object.freeze({
  /** An answer to a call, small. */
  answer: 0,
  /** A command of the observer's own. */
  command: 1,
  /** What a query returned. */
  payload: 2,
  /** Changes of an observer's stored state, to the thread of a store. */
  frame: 3,
} as const);
export type MessageKind = (typeof MessageKind)[keyof typeof MessageKind];

const Word = { written: 0, read: LINE_WORDS } as const;
const bytesAt = 2 * LINE_BYTES;
const headBytes = 4;
/** Bytes that may wait to be read; a power of two. They take no room before they are written. */
const ringBytes = 262_144;

// Taken when this is loaded: an observer may put others in their place.
const { load, store, notify, waitAsync } = Atomics;

/** Makes the memory of a ring. */
export const createMessageBuffer = (): MessageBuffer => new SharedArrayBuffer(bytesAt + ringBytes);

/** The observer's end of a ring. */
export class MessageSender {
  readonly #words: Int32Array;
  readonly #ring: Buffer;
  /** What has not been written yet, in order; of the first only the rest. */
  readonly #queue: Uint8Array[] = [];
  /** Pending while there is no room for what has to be written. */
  #waiting: Promise<void> | undefined;
  #isClosed = false;

  constructor(buffer: MessageBuffer) {
    this.#words = new Int32Array(buffer, 0, bytesAt / 4);
    this.#ring = Buffer.from(buffer, bytesAt, ringBytes);
  }

  /** Sends a message after those before it; `bytes` must not change any more. */
  send(kind: MessageKind, bytes: Uint8Array): void {
    if (this.#isClosed) return;
    const head = Buffer.alloc(headBytes);
    head.writeUInt32LE(4 * bytes.length + kind);
    this.#queue.push(head, bytes);
    if (this.#waiting === undefined) this.#write();
  }

  /** Sends nothing any more; what has not been written is dropped. */
  close(): void {
    this.#isClosed = true;
    this.#queue.length = 0;
    // A wait that is never ended would keep the memory for ever.
    notify(this.#words, Word.read);
  }

  /** Whether all of it has been written: the receiver can read it even when this thread has ended. */
  get isEmpty(): boolean {
    return this.#queue.length === 0;
  }

  /** Resolves when more has been written, or `wakeSender` was called. */
  async moved(): Promise<void> {
    await this.#waiting;
  }

  #write(): void {
    for (;;) {
      const read = load(this.#words, Word.read);
      this.#fill(read);
      if (this.#queue.length === 0) return;
      const wait = waitAsync(this.#words, Word.read, read);
      if (!wait.async) continue;
      this.#waiting = wait.value.then(() => {
        this.#waiting = undefined;
        this.#write();
      });
      return;
    }
  }

  /** Writes what there is room for. */
  #fill(read: number): void {
    const before = load(this.#words, Word.written);
    let written = before;
    for (;;) {
      const bytes = this.#queue[0];
      const room = ringBytes - ((written - read) >>> 0);
      if (bytes === undefined || (room === 0 && bytes.length > 0)) break;
      const start = written & (ringBytes - 1);
      const count = Math.min(bytes.length, room, ringBytes - start);
      this.#ring.set(bytes.subarray(0, count), start);
      written = (written + count) | 0;
      if (count === bytes.length) this.#queue.shift();
      else this.#queue[0] = bytes.subarray(count);
    }
    if (written === before) return;
    store(this.#words, Word.written, written);
    notify(this.#words, Word.written);
  }
}

/** Wakes the sender of a ring, which may wait for room: there will be none. */
export function wakeSender(buffer: MessageBuffer): void {
  notify(new Int32Array(buffer, 0, bytesAt / 4), Word.read);
}

/** What is done with messages. */
export interface MessageHandlers {
  /** Longest message of each kind that may come, in bytes. */
  readonly maxBytes: Readonly<Partial<Record<MessageKind, number>>>;
  /** Gets each message, with its own copy of the bytes. One at which it throws is none. */
  receive(kind: MessageKind, bytes: Buffer): void;
  /** Called once, when what comes is no message: nothing more is read. */
  broken(error: Error): void;
}

/** A message of which not all has come. */
interface Unfinished {
  readonly kind: MessageKind;
  readonly bytes: Buffer;
  filled: number;
}

/** The reader's end of a ring. Nothing that comes out of it is believed. */
export class MessageReceiver {
  readonly #words: Int32Array;
  readonly #ring: Buffer;
  readonly #handlers: MessageHandlers;
  #unfinished: Unfinished | undefined;
  #isClosed = false;

  constructor(buffer: MessageBuffer, handlers: MessageHandlers) {
    this.#words = new Int32Array(buffer, 0, bytesAt / 4);
    this.#ring = Buffer.from(buffer, bytesAt, ringBytes);
    this.#handlers = handlers;
    void this.#listen();
  }

  /** Reads what has been written, once the writer is no more. */
  drain(): void {
    while (!this.#isClosed && this.#take());
  }

  /** Reads nothing any more. */
  close(): void {
    this.#isClosed = true;
    // A wait that is never ended would keep the memory for ever.
    notify(this.#words, Word.written);
  }

  async #listen(): Promise<void> {
    while (!this.#isClosed) {
      const written = load(this.#words, Word.written);
      const turnEnds = systemClock.monotonic() + maxTurnMs;
      let isMore: boolean;
      do isMore = this.#take();
      while (isMore && systemClock.monotonic() < turnEnds);
      if (this.#isClosed) return;
      const wait = isMore ? undefined : waitAsync(this.#words, Word.written, written);
      if (wait?.async === true) await wait.value;
      // More is there already; a writer that never stops must not keep others from their turn.
      else await nextTurn();
    }
  }

  /**
   * Takes a message, or a part of one.
   *
   * @returns false when there is nothing to be taken now
   */
  #take(): boolean {
    const read = load(this.#words, Word.read);
    const filled = (load(this.#words, Word.written) - read) >>> 0;
    if (filled > ringBytes) return this.#break('more than the ring holds');
    if (this.#unfinished === undefined) {
      if (filled < headBytes) return false;
      const head = this.#copy(read, Buffer.alloc(headBytes)).readUInt32LE();
      const kind = (head % 4) as MessageKind;
      const length = Math.floor(head / 4);
      const most = this.#handlers.maxBytes[kind];
      if (most === undefined) return this.#break('a message of no known kind');
      if (length > most) return this.#break(`a message of ${length} bytes, of ${most} at most`);
      this.#unfinished = { kind, bytes: Buffer.alloc(length), filled: 0 };
      this.#advance(read + headBytes);
      return this.#finish(this.#unfinished);
    }
    const { bytes, filled: have } = this.#unfinished;
    const count = Math.min(filled, bytes.length - have);
    if (count === 0) return false;
    this.#copy(read, bytes.subarray(have, have + count));
    this.#unfinished.filled += count;
    this.#advance(read + count);
    return this.#finish(this.#unfinished);
  }

  /** Hands over a message that is complete. */
  #finish({ kind, bytes, filled }: Unfinished): boolean {
    if (filled < bytes.length) return true;
    this.#unfinished = undefined;
    try {
      this.#handlers.receive(kind, bytes);
      return true;
    } catch (error) {
      return this.#break(messageOf(error));
    }
  }

  #break(what: string): false {
    this.#isClosed = true;
    this.#handlers.broken(
      new Error(`the observer's thread sent what its runtime does not: ${what}`),
    );
    return false;
  }

  #advance(read: number): void {
    store(this.#words, Word.read, read | 0);
    notify(this.#words, Word.read);
  }

  #copy(at: number, into: Buffer): Buffer {
    const start = at & (ringBytes - 1);
    const first = Math.min(into.length, ringBytes - start);
    this.#ring.copy(into, 0, start, start + first);
    this.#ring.copy(into, first, 0, into.length - first);
    return into;
  }
}
