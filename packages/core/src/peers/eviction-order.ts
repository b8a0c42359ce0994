import TinyQueue from 'tinyqueue';

/**
 * Which peer goes first: slots ordered by the time they were last seen, equal times by the order
 * in which they were last changed.
 *
 * An indexed 4-ary heap (LaMarca and Ladner, 1996) over typed arrays: moving a slot costs O(log n),
 * and a peer seen again is mostly a leaf already, so it moves nowhere. Reading the order does not
 * change it, so a transaction can choose whom it would evict and still be refused.
 */
export class EvictionOrder {
  readonly #keys: SlotKeys;
  #heap = new Int32Array(64);
  #size = 0;

  constructor(keys: SlotKeys) {
    this.#keys = keys;
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
    const hole = this.#keys.position[slot]!;
    const last = this.#heap[--this.#size]!;
    if (last !== slot) this.#settle(hole, last);
  }

  /** Puts a slot whose key changed where it belongs. */
  moved(slot: number): void {
    this.#settle(this.#keys.position[slot]!, slot);
  }

  /** The slots in no particular order. */
  *slots(): Generator<number> {
    for (let at = 0; at < this.#size; at++) yield this.#heap[at]!;
  }

  /**
   * The slots in order, found one by one: taking m of n costs O(m log m), whatever n is. The order
   * must not change meanwhile.
   */
  *inOrder(): Generator<number, undefined> {
    // Of the positions not yet yielded, those whose parent has been: the next one is among them.
    const frontier = new TinyQueue<number>(this.#size > 0 ? [0] : [], (a, b) =>
      this.#keys.before(this.#heap[a]!, this.#heap[b]!) ? -1 : 1,
    );
    for (let at = frontier.pop(); at !== undefined; at = frontier.pop()) {
      yield this.#heap[at]!;
      const end = Math.min(4 * at + 5, this.#size);
      for (let child = 4 * at + 1; child < end; child++) frontier.push(child);
    }
  }

  #settle(at: number, slot: number): void {
    if (at > 0 && this.#keys.before(slot, this.#heap[(at - 1) >> 2]!)) this.#rise(at, slot);
    else this.#sink(at, slot);
  }

  #rise(at: number, slot: number): void {
    const heap = this.#heap;
    const keys = this.#keys;
    while (at > 0) {
      const parent = (at - 1) >> 2;
      const above = heap[parent]!;
      if (!keys.before(slot, above)) break;
      heap[at] = above;
      keys.position[above] = at;
      at = parent;
    }
    heap[at] = slot;
    keys.position[slot] = at;
  }

  #sink(at: number, slot: number): void {
    const heap = this.#heap;
    const keys = this.#keys;
    for (;;) {
      const first = 4 * at + 1;
      if (first >= this.#size) break;
      let least = first;
      const end = Math.min(first + 4, this.#size);
      for (let child = first + 1; child < end; child++) {
        if (keys.before(heap[child]!, heap[least]!)) least = child;
      }
      const below = heap[least]!;
      if (!keys.before(below, slot)) break;
      heap[at] = below;
      keys.position[below] = at;
      at = least;
    }
    heap[at] = slot;
    keys.position[slot] = at;
  }
}

/** What the orders know of each slot. One serves the orders of all tiers: a slot is in one of them. */
export class SlotKeys {
  /** When the peer was last seen, Unix milliseconds. */
  lastSeen = new Float64Array(64);
  /** When it was last changed, as a count of changes. */
  touched = new Float64Array(64);
  /** Where it is in its order's heap. */
  position = new Int32Array(64);

  /** Makes room for slots up to `slots` - 1. */
  grow(slots: number): void {
    if (slots <= this.position.length) return;
    const size = Math.max(slots, 2 * this.position.length);
    const { lastSeen, touched, position } = this;
    this.lastSeen = new Float64Array(size);
    this.lastSeen.set(lastSeen);
    this.touched = new Float64Array(size);
    this.touched.set(touched);
    this.position = new Int32Array(size);
    this.position.set(position);
  }

  /** Whether slot `a` goes before slot `b`. */
  before(a: number, b: number): boolean {
    const seenA = this.lastSeen[a]!;
    const seenB = this.lastSeen[b]!;
    return seenA < seenB || (seenA === seenB && this.touched[a]! < this.touched[b]!);
  }
}
