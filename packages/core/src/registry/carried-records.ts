import { type Bell, type CallerBuffer, CallerMemory } from '../log/caller-memory.js';
import { type RecordRing, RecordReader, RecordWriter, fillerKind } from '../log/record-ring.js';
import { type EntryMemory, copyWords, entryMemory, maxEntryBytes } from '../peers/entry-layout.js';
import { unpackedError } from '../error-copy.js';
import { CommandKind, ResultKind, mostCommandBytes, mostResultBytes } from './caller-record.js';

/**
 * One side of a caller's memory, for whoever carries what is written on the other side elsewhere, where there
 * is such memory, too: a caller and a registry that are not on one machine. What crosses is records as they
 * lie in the rings, one behind another, each with its head.
 */
export class CarriedRecords {
  readonly #reader: RecordReader;
  readonly #writer: RecordWriter;
  readonly #into: RecordRing;
  readonly #ownBell: Bell;
  readonly #otherBell: Bell;
  readonly #mayBe: (kind: number, memory: EntryMemory, at: number, bytes: number) => boolean;
  readonly #scratch: EntryMemory;
  /** Whether the last record that was taken leads another. */
  #isLeading = false;
  #rings = 0;

  /** @param side - the one that is stood in for: the registry's, where a caller is, or the caller's */
  constructor(buffer: CallerBuffer, side: 'caller' | 'registry') {
    const { commands, results, callerBell, registryBell } = new CallerMemory(buffer);
    const isRegistry = side === 'registry';
    this.#reader = new RecordReader(isRegistry ? commands : results);
    this.#into = isRegistry ? results : commands;
    this.#writer = new RecordWriter(this.#into);
    this.#ownBell = isRegistry ? registryBell : callerBell;
    this.#otherBell = isRegistry ? callerBell : registryBell;
    this.#mayBe = isRegistry ? mayBeResult : mayBeCommand;
    this.#scratch = entryMemory(new ArrayBuffer(mostCarriedBytes));
  }

  /** To be called before looking what there is, and what room: `moved` tells of what comes after this. */
  look(): void {
    this.#rings = this.#ownBell.rings;
  }

  /**
   * Takes records that were written, of so many bytes or, if it is longer, one alone. A command and what leads
   * it may be in several, which begin with the first of those that lead it.
   *
   * @param taken - is told of each
   * @returns undefined when there are none
   * @throws {RecordRingError} when what is there is none
   */
  take(mostBytes: number, taken: (id: number, isLeading: boolean) => void): Uint8Array | undefined {
    let bytes = 0;
    while (this.#reader.find()) {
      const { kind, id, bodyBytes } = this.#reader;
      const isLeading = (kind & CommandKind.step) !== 0;
      if (kind !== fillerKind) {
        const begins = isLeading && !this.#isLeading;
        if (bytes > 0 && (begins || bytes + headBytes + bodyBytes > mostBytes)) break;
        this.#isLeading = isLeading;
        this.#scratch.u32[bytes >>> 2] = (((headBytes + bodyBytes) / headBytes) << 8) | kind;
        this.#scratch.u32[(bytes >>> 2) + 1] = id;
        this.#reader.copyBody(this.#scratch, bytes + headBytes);
        bytes += headBytes + bodyBytes;
        taken(id, isLeading);
      }
      this.#reader.advance();
    }
    if (this.#reader.publish()) this.#otherBell.ring();
    return bytes === 0 ? undefined : Uint8Array.from(this.#scratch.u8.subarray(0, bytes));
  }

  /**
   * Puts in records from byte `from` on.
   *
   * @param memory - that of the records, from its beginning
   * @param put - is told of each
   * @returns where those begin for which there is no room now
   * @throws {Error} when they are none
   */
  put(
    memory: EntryMemory,
    bytes: number,
    from: number,
    put: (id: number, isLeading: boolean) => void,
  ): number {
    let at = from;
    while (at < bytes) {
      const head = memory.u32[at >>> 2]!;
      const length = (head >>> 8) * headBytes;
      const kind = head & 255;
      const bodyBytes = length - headBytes;
      const fits = bytes % headBytes === 0 && length >= headBytes && length <= bytes - at;
      if (!fits || !this.#mayBe(kind, memory, at + headBytes, bodyBytes)) {
        throw new Error(
          `expected a record at byte ${at} of ${bytes}, got one of kind ${kind} and ${length} bytes`,
        );
      }
      const place = this.#writer.place(bodyBytes);
      if (place < 0) break;
      copyWords(memory, at + headBytes, this.#into.memory, place, bodyBytes);
      const id = memory.u32[(at >>> 2) + 1]!;
      this.#writer.write(kind, id, bodyBytes);
      put(id, (kind & CommandKind.step) !== 0);
      at += length;
    }
    if (this.#writer.publish()) this.#otherBell.ring();
    return at;
  }

  /** Waits until there may be more to be taken, or room, than at the last look. Undefined when there may be already. */
  moved(): Promise<unknown> | undefined {
    return this.#ownBell.wait(this.#rings);
  }

  /** Ends a wait. One that is never ended would keep the memory for ever. */
  wake(): void {
    this.#ownBell.ring();
  }
}

/** Makes records of outcomes that are refusals, of as many as are given. */
export function refusedRecords(ids: readonly number[], packed: Uint8Array): EntryMemory {
  const body = 8 + ((packed.length + 7) & ~7);
  const memory = entryMemory(new ArrayBuffer(ids.length * (headBytes + body)));
  for (const [index, id] of ids.entries()) {
    const at = index * (headBytes + body);
    memory.u32[at >>> 2] = (((headBytes + body) / headBytes) << 8) | ResultKind.refused;
    memory.u32[(at >>> 2) + 1] = id;
    memory.u32[(at + headBytes) >>> 2] = packed.length;
    memory.u8.set(packed, at + headBytes + 8);
  }
  return memory;
}

const headBytes = 8;
/** More than the longest record. */
const mostCarriedBytes = 2 * maxEntryBytes + 2 * mostCommandBytes;

/** Whether it is short enough; the rest is for who takes it to see. */
const mayBeCommand = (_kind: number, _memory: EntryMemory, _at: number, bytes: number): boolean =>
  bytes <= mostCommandBytes;

/** Whether a caller can be told of it as it is. */
function mayBeResult(kind: number, memory: EntryMemory, at: number, bytes: number): boolean {
  const numbers = (from: number, to: number): boolean =>
    memory.f64
      .subarray((at >>> 3) + from, (at >>> 3) + to)
      .every((number) => Number.isSafeInteger(number) && number >= 0);
  switch (kind) {
    case ResultKind.unchanged:
    case ResultKind.added:
    case ResultKind.updated:
    case ResultKind.removed:
      return bytes === 8 && numbers(0, 1);
    case ResultKind.batched:
      return bytes === 48 && numbers(0, 6) && memory.f64[(at >>> 3) + 5]! <= 1;
    case ResultKind.refused: {
      if (bytes < 8 || bytes > mostResultBytes) return false;
      const length = memory.u32[at >>> 2]!;
      return length <= bytes - 8 && isError(memory.u8.subarray(at + 8, at + 8 + length));
    }
    default:
      return false;
  }
}

function isError(packed: Uint8Array): boolean {
  try {
    return unpackedError(packed) instanceof Error;
  } catch {
    return false;
  }
}
