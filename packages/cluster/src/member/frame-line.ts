import type { CarriedRecords } from '@panoptes/core';
import type { EntryMemory } from '@panoptes/core/follower';
import { type CommandFrame, FrameKind, encodeFrame, usualFrameBytes } from './command-frame.js';

/**
 * One end of the way of commands between a member and the primary, over messages that may be lost or come
 * twice: records are taken out of a caller's memory and go in numbered frames, a window of them under way;
 * what comes is put into the memory in its order, each frame once.
 */
export class FrameLine {
  readonly #records: CarriedRecords;
  readonly #listener: FrameListener;
  /** Sends a frame; undefined between two lines. */
  #send: ((frame: Uint8Array) => void) | undefined;
  /** Taken out and not acknowledged, in order; so many of them are sent. */
  #out: OutFrame[] = [];
  #sent = 0;
  /** Of the first of them. */
  #firstNumber = 1;
  /** Come and not put in, in order, and from where on the first is left. */
  #in: CommandFrame[] = [];
  #inAt = 0;
  /** The last that came in its turn, and the last that was put in. */
  #received = 0;
  #taken = 0;
  /** The last that ended with a whole command. */
  #whole = 0;
  #owesAck = false;

  constructor(records: CarriedRecords, listener: FrameListener) {
    this.#records = records;
    this.#listener = listener;
  }

  /** Those that wait to be sent or acknowledged. */
  get waiting(): readonly OutFrame[] {
    return this.#out;
  }

  /** The last frame that was put in and ended with a whole command. */
  get whole(): number {
    return this.#whole;
  }

  /** Whether a part of a frame is put in. */
  get isAmid(): boolean {
    return this.#inAt > 0;
  }

  /** Begins a line, on which what waits goes first. */
  begin(send: (frame: Uint8Array) => void): void {
    this.#send = send;
    this.#sent = 0;
    this.#firstNumber = 1;
    this.#received = this.#taken = this.#whole = 0;
  }

  /**
   * Ends the line. What came is still put in; what was sent and not acknowledged is dropped.
   *
   * @param lastTaken - the last frame that was taken, if that is known: those behind it wait for the next line
   * @returns the ids of the commands in those that wait though they were sent
   */
  end(lastTaken = Number.POSITIVE_INFINITY): number[] {
    this.#send = undefined;
    this.#in = this.#in.map((frame) => ({ ...frame, number: 0 }));
    const dropped = Math.min(Math.max(0, lastTaken + 1 - this.#firstNumber), this.#sent);
    const kept = this.#out.slice(dropped, this.#sent);
    for (const frame of kept) frame.isSent = false;
    this.#out.splice(0, dropped);
    this.#sent = 0;
    return kept.flatMap(({ ids }) => ids);
  }

  /** Takes back those that wait and are older than this. */
  dropOlder(at: number): number[] {
    const old = this.#out.findIndex((frame) => frame.at > at);
    return this.#out.splice(0, old < 0 ? this.#out.length : old).flatMap(({ ids }) => ids);
  }

  /** Puts records in that did not come: they are behind all that came. */
  tell(memory: EntryMemory): void {
    this.#in.push({ ...noFrame, memory, bytes: memory.u8.length });
  }

  /**
   * Takes a frame that came.
   *
   * @throws {Error} when nobody sends such a one
   */
  receive(frame: CommandFrame): void {
    const { kind, number, ack } = frame;
    if (ack >= this.#firstNumber + this.#sent) throw new Error(`frame ${ack} was never sent`);
    const acked = Math.max(0, ack + 1 - this.#firstNumber);
    this.#out.splice(0, acked);
    this.#sent -= acked;
    this.#firstNumber += acked;
    if (kind === FrameKind.ask) this.#sendAgain();
    // One that comes again: its acknowledgement was lost.
    if (kind === FrameKind.ask || (number > 0 && number <= this.#received)) this.#owesAck = true;
    if (number !== this.#received + 1 || this.#in.length >= mostFrames) return;
    this.#received = number;
    this.#in.push(frame);
    this.#owesAck = true;
  }

  /**
   * Brings on what can be brought on.
   *
   * @param mayPut - whether what came may be put in; one of which some is there already is put in whole
   * @throws {Error} when what came is no records
   */
  pump(mayPut = true): void {
    this.#records.look();
    this.#put(mayPut);
    while (this.#out.length < mostFrames) {
      const ids: number[] = [];
      const records = this.#records.take(usualFrameBytes, (id, isLeading) => {
        if (isLeading) return;
        ids.push(id);
        this.#listener.took(id);
      });
      if (records === undefined) break;
      this.#out.push({ records, ids, at: this.#listener.now() });
    }
    if (this.#send === undefined) return;
    while (this.#sent < this.#out.length) this.#sendOne(this.#sent++);
    if (!this.#owesAck) return;
    this.#owesAck = false;
    this.#send(encodeFrame(FrameKind.records, 0, this.#taken));
  }

  /** Sends again what was not acknowledged, and has the other end do so, too. */
  ask(): void {
    this.#sendAgain();
    this.#send?.(encodeFrame(FrameKind.ask, 0, this.#taken));
  }

  #put(mayBegin: boolean): void {
    for (let frame = this.#in[0]; frame !== undefined; frame = this.#in[0]) {
      if (!mayBegin && !this.isAmid) return;
      const { memory, bytes, number } = frame;
      let isWhole = true;
      try {
        this.#inAt = this.#records.put(memory, bytes, this.#inAt, (id, isLeading) => {
          isWhole = !isLeading;
          if (!isLeading) this.#listener.put(id);
        });
      } catch (error) {
        this.#in.shift();
        this.#inAt = 0;
        throw error;
      }
      if (this.#inAt < bytes) return;
      this.#in.shift();
      this.#inAt = 0;
      if (number === 0) continue;
      this.#taken = number;
      if (isWhole) this.#whole = number;
      this.#owesAck = true;
    }
  }

  #sendAgain(): void {
    for (let index = 0; index < this.#sent; index++) this.#sendOne(index);
  }

  #sendOne(index: number): void {
    const frame = this.#out[index]!;
    if (!frame.isSent) this.#listener.sent(frame.ids);
    frame.isSent = true;
    this.#owesAck = false;
    this.#send!(
      encodeFrame(FrameKind.records, this.#firstNumber + index, this.#taken, frame.records),
    );
  }
}

/** Is told what happens on a line. */
export interface FrameListener {
  /** A record was taken out that is a command, or the outcome of one. */
  readonly took: (id: number) => void;
  /** One was put in. */
  readonly put: (id: number) => void;
  /** Those of a frame are sent for the first time. */
  readonly sent: (ids: readonly number[]) => void;
  readonly now: () => number;
}

/** Records that go together. */
export interface OutFrame {
  readonly records: Uint8Array;
  readonly ids: readonly number[];
  /** When they were taken out, on the monotonic clock. */
  readonly at: number;
  isSent?: boolean;
}

/** Under way, or come and not put in: a MiB of them. */
const mostFrames = 32;
const noFrame = { kind: FrameKind.records, number: 0, ack: 0 } as const;
