import { type HeapWalk, SlotHeap } from './slot-heap.js';
import { type SlotRecords, noPosition, noSlot } from './slot-records.js';

/**
 * Which peer goes first: slots ordered by the time they were last seen, equal times by the order
 * in which they were last changed.
 *
 * A peer seen again was usually seen later than all others: such slots make a list, and going to its
 * end costs the same however many there are. Those that come out of order, old news of a peer or a
 * clock that is behind, wait in a heap, in O(log n). The first of the two firsts goes first. Reading
 * the order does not change it, so a transaction can choose peers to evict and still be refused.
 */
export class EvictionOrder {
  readonly #records: SlotRecords;
  readonly #late: SlotHeap;
  #first = noSlot;
  #last = noSlot;
  #listed = 0;

  constructor(records: SlotRecords) {
    this.#records = records;
    this.#late = new SlotHeap(records);
  }

  get size(): number {
    return this.#listed + this.#late.size;
  }

  add(slot: number): void {
    if (this.#last === noSlot || this.#records.before(this.#last, slot)) this.#append(slot);
    else this.#late.add(slot);
  }

  remove(slot: number): void {
    if (this.#records.position(slot) === noPosition) this.#unlink(slot);
    else this.#late.remove(slot);
  }

  /** Puts a slot whose key changed where it belongs. */
  moved(slot: number): void {
    this.remove(slot);
    this.add(slot);
  }

  /** The slots in no particular order. */
  *slots(): Generator<number> {
    for (let slot = this.#first; slot !== noSlot; slot = this.#records.next(slot)) yield slot;
    yield* this.#late.slots();
  }

  /** The slots in order. The order must not change meanwhile. */
  walk(): OrderWalk {
    return new OrderWalk(this.#records, this.#first, this.#late.walk());
  }

  #append(slot: number): void {
    this.#records.setPrevious(slot, this.#last);
    this.#records.setNext(slot, noSlot);
    if (this.#last === noSlot) this.#first = slot;
    else this.#records.setNext(this.#last, slot);
    this.#last = slot;
    this.#listed++;
  }

  #unlink(slot: number): void {
    const before = this.#records.previous(slot);
    const after = this.#records.next(slot);
    if (before === noSlot) this.#first = after;
    else this.#records.setNext(before, after);
    if (after === noSlot) this.#last = before;
    else this.#records.setPrevious(after, before);
    this.#listed--;
  }
}

/** A walk through the slots of an order: taking m of n costs O(m log m), whatever n is. */
export class OrderWalk {
  readonly #records: SlotRecords;
  readonly #late: HeapWalk;
  #listed: number;

  /** @param listed - the first one of the list, or `noSlot` */
  constructor(records: SlotRecords, listed: number, late: HeapWalk) {
    this.#records = records;
    this.#listed = listed;
    this.#late = late;
  }

  /** The slot whose turn it is, or `noSlot` at the end. */
  get head(): number {
    const listed = this.#listed;
    const late = this.#late.head;
    if (late === noSlot) return listed;
    return listed !== noSlot && this.#records.before(listed, late) ? listed : late;
  }

  /** Goes on to the next one. */
  advance(): void {
    if (this.head === this.#listed) this.#listed = this.#records.next(this.#listed);
    else this.#late.advance();
  }
}
