import TinyQueue from 'tinyqueue';
import { type SlotRecords, noPosition, noSlot } from './slot-records.js';

/** Slots in an indexed 4-ary heap (LaMarca and Ladner, 1996) over typed arrays. */
export class SlotHeap {
  readonly #records: SlotRecords;
  #heap = new Int32Array(64);
  #size = 0;

  constructor(records: SlotRecords) {
    this.#records = records;
  }

  get size(): number {
    return this.#size;
  }

  add(slot: number): void {
    if (this.#size === this.#heap.length) {
      const grown = new Int32Array(this.#heap.length * 2);
      grown.set(this.#heap);
      this.#heap = grown;
    }
    this.#rise(this.#size++, slot);
  }

  remove(slot: number): void {
    const hole = this.#records.position(slot);
    const last = this.#heap[--this.#size]!;
    this.#records.setPosition(slot, noPosition);
    if (last !== slot) this.#settle(hole, last);
  }

  /** The slots in no particular order. */
  *slots(): Generator<number> {
    for (let at = 0; at < this.#size; at++) yield this.#heap[at]!;
  }

  /** The slot at a position, or `noSlot` behind the last one. */
  slotAt(position: number): number {
    return position < this.#size ? this.#heap[position]! : noSlot;
  }

  /** The slots in order. The heap must not change meanwhile. */
  walk(): HeapWalk {
    return new HeapWalk(this, this.#records);
  }

  #settle(at: number, slot: number): void {
    if (at > 0 && this.#records.before(slot, this.#heap[(at - 1) >> 2]!)) this.#rise(at, slot);
    else this.#sink(at, slot);
  }

  #rise(at: number, slot: number): void {
    const heap = this.#heap;
    const records = this.#records;
    while (at > 0) {
      const parent = (at - 1) >> 2;
      const above = heap[parent]!;
      if (!records.before(slot, above)) break;
      heap[at] = above;
      records.setPosition(above, at);
      at = parent;
    }
    heap[at] = slot;
    records.setPosition(slot, at);
  }

  #sink(at: number, slot: number): void {
    const heap = this.#heap;
    const records = this.#records;
    for (;;) {
      const first = 4 * at + 1;
      if (first >= this.#size) break;
      let least = first;
      const end = Math.min(first + 4, this.#size);
      for (let child = first + 1; child < end; child++) {
        if (records.before(heap[child]!, heap[least]!)) least = child;
      }
      const below = heap[least]!;
      if (!records.before(below, slot)) break;
      heap[at] = below;
      records.setPosition(below, at);
      at = least;
    }
    heap[at] = slot;
    records.setPosition(slot, at);
  }
}

/** A walk through the slots of a heap in order: taking m of n costs O(m log m), whatever n is. */
export class HeapWalk {
  readonly #heap: SlotHeap;
  readonly #records: SlotRecords;
  #at = 0;
  /** Of the positions not yet passed, those whose parent has been: the next one is among them. */
  #frontier: TinyQueue<number> | undefined;

  constructor(heap: SlotHeap, records: SlotRecords) {
    this.#heap = heap;
    this.#records = records;
  }

  /** The slot whose turn it is, or `noSlot` at the end. */
  get head(): number {
    return this.#heap.slotAt(this.#at);
  }

  /** Goes on to the next one. */
  advance(): void {
    const heap = this.#heap;
    this.#frontier ??= new TinyQueue<number>([], (a, b) =>
      this.#records.before(heap.slotAt(a), heap.slotAt(b)) ? -1 : 1,
    );
    const end = Math.min(4 * this.#at + 5, heap.size);
    for (let child = 4 * this.#at + 1; child < end; child++) this.#frontier.push(child);
    this.#at = this.#frontier.pop() ?? heap.size;
  }
}
