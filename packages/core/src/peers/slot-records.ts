import { noBlock } from './entry-store.js';

/**
 * What the table keeps of each slot, outside the JavaScript heap: one record a slot, so that a change
 * of a peer touches one place in memory, in pieces, since a copy of all records would keep the
 * registry's thread for long. One serves the orders of all tiers: a slot is in one of them.
 */
export class SlotRecords {
  readonly #pieces: Piece[] = [];

  /** Makes room for slots up to `slots` - 1, each with an empty record. */
  grow(slots: number): void {
    while (this.#pieces.length * pieceSlots < slots) this.#pieces.push(emptyPiece());
  }

  /** When the peer was last seen, Unix milliseconds. */
  lastSeen(slot: number): number {
    return this.#piece(slot).numbers[(slot & slotMask) * recordNumbers]!;
  }

  /** When it was last changed, as a count of changes. */
  touched(slot: number): number {
    return this.#piece(slot).numbers[(slot & slotMask) * recordNumbers + 1]!;
  }

  /** Notes when it was last seen and changed. */
  touch(slot: number, lastSeen: number, touched: number): void {
    const { numbers } = this.#piece(slot);
    const at = (slot & slotMask) * recordNumbers;
    numbers[at] = lastSeen;
    numbers[at + 1] = touched;
  }

  /** Whether slot `a` goes before slot `b`. */
  before(a: number, b: number): boolean {
    const seenA = this.lastSeen(a);
    const seenB = this.lastSeen(b);
    return seenA < seenB || (seenA === seenB && this.touched(a) < this.touched(b));
  }

  /** Where it is in its order's heap, or `noPosition`. */
  position(slot: number): number {
    return this.#piece(slot).ints[intOf(slot, Int.position)]!;
  }

  setPosition(slot: number, position: number): void {
    this.#piece(slot).ints[intOf(slot, Int.position)] = position;
  }

  /** The one before it in its order's list, or `noSlot`. */
  previous(slot: number): number {
    return this.#piece(slot).ints[intOf(slot, Int.previous)]!;
  }

  setPrevious(slot: number, previous: number): void {
    this.#piece(slot).ints[intOf(slot, Int.previous)] = previous;
  }

  /** The one behind it in its order's list, or `noSlot`. */
  next(slot: number): number {
    return this.#piece(slot).ints[intOf(slot, Int.next)]!;
  }

  setNext(slot: number, next: number): void {
    this.#piece(slot).ints[intOf(slot, Int.next)] = next;
  }

  /** Its entry's block in the store, or `noBlock`. */
  block(slot: number): number {
    return this.#piece(slot).ints[intOf(slot, Int.block)]!;
  }

  setBlock(slot: number, block: number): void {
    this.#piece(slot).ints[intOf(slot, Int.block)] = block;
  }

  /** How often its peer was removed: a slot and this stand for one peer alone. */
  generation(slot: number): number {
    return this.#piece(slot).ints[intOf(slot, Int.generation)]!;
  }

  setGeneration(slot: number, generation: number): void {
    this.#piece(slot).ints[intOf(slot, Int.generation)] = generation;
  }

  /** The numbers in which, from `sumsAt(slot)` on, is what its entry's stamp is made of. */
  sumsOf(slot: number): Int32Array {
    return this.#piece(slot).ints;
  }

  sumsAt(slot: number): number {
    return intOf(slot, Int.sums);
  }

  /** All of a record, as it lies in memory. */
  all(slot: number): number[] {
    const { numbers, ints } = this.#piece(slot);
    const [number, int] = [(slot & slotMask) * recordNumbers, (slot & slotMask) * recordInts];
    return [
      ...numbers.subarray(number, number + 2),
      ...ints.subarray(int + Int.position, int + recordInts),
    ];
  }

  #piece(slot: number): Piece {
    return this.#pieces[slot >>> pieceShift]!;
  }
}

/** Stands for "no slot" in a list, and for "in no heap". */
export const noSlot = -1;
export const noPosition = -1;

/** The same memory as numbers and as whole numbers. */
interface Piece {
  readonly numbers: Float64Array;
  readonly ints: Int32Array;
}

/** A record is 48 bytes: two numbers, and these whole numbers behind them. */
const Int = {
  position: 4,
  previous: 5,
  next: 6,
  block: 7,
  generation: 8,
  sums: 9,
} as const;
const recordInts = 12;
const recordNumbers = recordInts / 2;

/** Slots of a piece, 384 KiB. */
const pieceShift = 13;
const pieceSlots = 1 << pieceShift;
const slotMask = pieceSlots - 1;

const intOf = (slot: number, int: number): number => (slot & slotMask) * recordInts + int;

function emptyPiece(): Piece {
  const ints = new Int32Array(pieceSlots * recordInts);
  for (let slot = 0; slot < pieceSlots; slot++) {
    ints[intOf(slot, Int.position)] = noPosition;
    ints[intOf(slot, Int.previous)] = noSlot;
    ints[intOf(slot, Int.next)] = noSlot;
    ints[intOf(slot, Int.block)] = noBlock;
  }
  return { ints, numbers: new Float64Array(ints.buffer) };
}
