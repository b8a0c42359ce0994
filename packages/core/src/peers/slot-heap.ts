import TinyQueue from 'tinyqueue';
import { type SlotRecords, noPosition } from './slot-records.js';

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

  /** The slots in order, found one by one: taking m of n costs O(m log m), whatever n is. */
  *inOrder(): Generator<number, undefined> {
    // Of the positions not yet yielded, those whose parent has been: the next one is among them.
    const frontier = new TinyQueue<number>(this.#size > 0 ? [0] : [], (a, b) =>
      this.#records.before(this.#heap[a]!, this.#heap[b]!) ? -1 : 1,
    );
    for (let at = frontier.pop(); at !== undefined; at = frontier.pop()) {
      yield this.#heap[at]!;
      const end = Math.min(4 * at + 5, this.#size);
      for (let child = 4 * at + 1; child < end; child++) frontier.push(child);
    }
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
