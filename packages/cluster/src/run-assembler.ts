import {
  RUN_HEADER_BYTES,
  RunError,
  type RunHead,
  StoreError,
  UNIT_BYTES,
  checkRun,
  isA,
  maxTransactionUnits,
  messageOf,
  mostLogBytes,
} from '@panoptes/core/follower';
import type { PlacedMessage } from './run-stream.js';
import type { RunMessage } from './run-headers.js';

/**
 * Makes runs of the messages of a stream, in their order, and holds them to what a registry's writers append:
 * epochs that grow, seqs without a gap, parts that follow each other. What a writer had begun when another
 * took over was acknowledged to nobody: it is left out.
 */
export class RunAssembler {
  #id: string | undefined;
  #epoch: number;
  #lastSeq: number | undefined;
  #place: number;
  #parts: RunMessage | undefined;
  #pieces: Uint8Array[] = [];
  #bytes = 0;

  /**
   * @param from - behind which message it begins, and what is known as of that
   */
  constructor(from: StreamPoint = { place: 0, epoch: 0 }) {
    this.#id = from.id;
    this.#epoch = from.epoch;
    this.#lastSeq = from.place === 0 ? 0 : undefined;
    this.#place = from.place;
  }

  /** The place of the last message of which nothing is unfinished. */
  get place(): number {
    return this.#place;
  }

  /** Of the last message; 0 before the first. */
  get epoch(): number {
    return this.#epoch;
  }

  get id(): string | undefined {
    return this.#id;
  }

  /** The last transaction of the last whole run; undefined before the first message, when it began in the middle. */
  get lastSeq(): number | undefined {
    return this.#lastSeq;
  }

  /** Whether the next run begins with the next message. */
  get isBetween(): boolean {
    return this.#parts === undefined;
  }

  /**
   * Takes the next message.
   *
   * @returns the run that it ends
   * @throws {StoreError} `STORE_CORRUPT` when it is not what was due
   */
  take({ place, message, data }: PlacedMessage): AssembledRun | undefined {
    const { id, epoch, lastSeq } = message;
    if (this.#id !== undefined && id !== this.#id) refuse(place, `one of registry ${this.#id}`, id);
    this.#id = id;
    if (message.kind === 'epoch') {
      if (epoch <= this.#epoch) refuse(place, `an epoch after ${this.#epoch}`, epoch);
      if (lastSeq !== (this.#lastSeq ?? lastSeq))
        refuse(place, `the end of ${this.#lastSeq}`, lastSeq);
      this.#epoch = epoch;
      this.#dropParts();
      this.#whole(place, lastSeq);
      return undefined;
    }
    if (this.#epoch !== 0 && epoch !== this.#epoch) refuse(place, `epoch ${this.#epoch}`, epoch);
    this.#epoch = epoch;
    this.#takePart(place, message);
    this.#bytes += data.length;
    if (this.#bytes > mostRunBytes)
      refuse(place, `a run of ${mostRunBytes} bytes at most`, this.#bytes);
    this.#pieces.push(data);
    if (message.part < message.parts) return undefined;
    const bytes = this.#pieces.length === 1 ? data : Buffer.concat(this.#pieces);
    this.#dropParts();
    const head = headOf(place, bytes);
    const isAsSaid =
      head.id === id &&
      head.epoch === epoch &&
      head.firstSeq === message.firstSeq &&
      head.lastSeq === lastSeq;
    if (!isAsSaid) refuse(place, 'a run as its headers say', JSON.stringify(head));
    this.#whole(place, lastSeq);
    return { place, bytes, head };
  }

  #takePart(place: number, message: RunMessage): void {
    const before = this.#parts;
    const due = before === undefined ? 1 : before.part + 1;
    if (message.part !== due) refuse(place, `part ${due} of a run`, message.part);
    const firstSeq =
      before?.firstSeq ?? (this.#lastSeq === undefined ? message.firstSeq : this.#lastSeq + 1);
    if (message.firstSeq !== firstSeq) refuse(place, `transaction ${firstSeq}`, message.firstSeq);
    const isSame =
      before === undefined ||
      (before.lastSeq === message.lastSeq && before.parts === message.parts);
    if (!isSame) refuse(place, 'a part of the same run', message.lastSeq);
    this.#parts = message;
  }

  #dropParts(): void {
    this.#parts = undefined;
    this.#pieces = [];
    this.#bytes = 0;
  }

  #whole(place: number, lastSeq: number): void {
    this.#place = place;
    this.#lastSeq = lastSeq;
  }
}

/** Where in a stream to begin, and what is known as of that place. */
export interface StreamPoint {
  /** The message behind which it begins, which ended a run or began an epoch; 0: before the first. */
  readonly place: number;
  readonly epoch: number;
  readonly id?: string;
}

/** A run of a stream, whole. */
export interface AssembledRun {
  /** Of its last message. */
  readonly place: number;
  /** In the run format; its records are not checked yet. */
  readonly bytes: Uint8Array;
  readonly head: RunHead;
}

/** A run of more messages than one has one transaction, of the largest log at most. */
const mostRunBytes = RUN_HEADER_BYTES + maxTransactionUnits(mostLogBytes) * UNIT_BYTES;

function headOf(place: number, bytes: Uint8Array): RunHead {
  try {
    return checkRun(bytes);
  } catch (cause) {
    const code =
      isA(cause, RunError) && cause.problem === 'fields' ? 'STORE_FIELDS' : 'STORE_CORRUPT';
    throw new StoreError(code, `message ${place} of the stream: ${messageOf(cause)}`, { cause });
  }
}

function refuse(place: number, expected: string, got: unknown): never {
  throw new StoreError(
    'STORE_CORRUPT',
    `message ${place} of the stream: expected ${expected}, got ${String(got)}; ` +
      'has anything but a registry written there, or taken messages out?',
  );
}
