/**
 * Slots by 32-bit hashes, outside the JavaScript heap: extendible hashing (Fagin, Nievergelt, Pippenger
 * and Strong, 1979). A directory says by the first bits of a hash in which segment its slot is; a
 * segment that is full is split in two, so that growing never moves more than one segment's slots,
 * however many there are. Within a segment a slot is found by linear probing.
 *
 * It knows hashes and not what they are of: who looks one up goes through the slots with its hash.
 */
export class SlotHash {
  #directory: Segment[];
  /** How many bits of a hash the directory goes by. */
  #depth = 0;
  readonly #mostDepth: number;
  #size = 0;
  /** Slots that were put elsewhere to make room. */
  #moved = 0;

  /** @param mostDepth - bits that the directory goes by at most; then segments grow instead */
  constructor(mostDepth = 16) {
    this.#mostDepth = mostDepth;
    this.#directory = [new Segment(0, leastCells)];
  }

  get size(): number {
    return this.#size;
  }

  get moved(): number {
    return this.#moved;
  }

  /** The first slot with a hash, or -1; `next` finds more of them. */
  first(hash: number): number {
    return this.#segmentOf(hash).find(hash, hash);
  }

  /** The next slot with a hash after the one that was found last, which is still there, or -1. */
  next(hash: number): number {
    return this.#segmentOf(hash).findNext(hash);
  }

  /** Adds a slot that is not in it. */
  add(hash: number, slot: number): void {
    let segment = this.#segmentOf(hash);
    while (segment.isFull) {
      this.#makeRoom(segment, hash);
      segment = this.#segmentOf(hash);
    }
    segment.add(hash, slot);
    this.#size++;
  }

  /** Removes a slot that was added with this hash. False if it is not there. */
  remove(hash: number, slot: number): boolean {
    if (!this.#segmentOf(hash).remove(hash, slot)) return false;
    this.#size--;
    return true;
  }

  /** All slots, in the order of their numbers. */
  slots(): number[] {
    const segments = new Set(this.#directory);
    return Array.from(segments, (segment) => segment.slots())
      .flat()
      .sort((a, b) => a - b);
  }

  #segmentOf(hash: number): Segment {
    return this.#directory[firstBits(hash, this.#depth)]!;
  }

  /** Splits a full segment, or makes it larger where more bits of its hashes would not tell. */
  #makeRoom(segment: Segment, hash: number): void {
    this.#moved += segment.size;
    if (segment.depth === this.#mostDepth) return segment.grow();
    if (segment.depth === this.#depth) {
      this.#directory = this.#directory.flatMap((one) => [one, one]);
      this.#depth++;
    }
    const other = segment.split();
    // What is in the directory for a segment stands together; the second half is now the other's.
    const span = 1 << (this.#depth - segment.depth);
    const start = (firstBits(hash, segment.depth - 1) * 2 + 1) * span;
    this.#directory.fill(other, start, start + span);
  }
}

/** A table of slots whose hashes have their first `depth` bits in common. */
class Segment {
  depth: number;
  /** Two numbers a cell: a hash, and a slot plus 1, or 0 where there is none. */
  #cells: Int32Array;
  #mask: number;
  #count = 0;
  /** The cell in which the last one was found. */
  #at = 0;

  constructor(depth: number, cells: number) {
    this.depth = depth;
    this.#cells = new Int32Array(2 * cells);
    this.#mask = cells - 1;
  }

  get size(): number {
    return this.#count;
  }

  get isFull(): boolean {
    return 4 * this.#count >= 3 * (this.#mask + 1);
  }

  /** @param from - the cell to begin with, by its last bits */
  find(hash: number, from: number): number {
    const cells = this.#cells;
    for (let cell = from & this.#mask; ; cell = (cell + 1) & this.#mask) {
      const slot = cells[2 * cell + 1]!;
      if (slot === 0) return -1;
      if (cells[2 * cell] !== hash) continue;
      this.#at = cell;
      return slot - 1;
    }
  }

  findNext(hash: number): number {
    return this.find(hash, this.#at + 1);
  }

  add(hash: number, slot: number): void {
    let cell = hash & this.#mask;
    while (this.#cells[2 * cell + 1] !== 0) cell = (cell + 1) & this.#mask;
    this.#cells[2 * cell] = hash;
    this.#cells[2 * cell + 1] = slot + 1;
    this.#count++;
  }

  remove(hash: number, slot: number): boolean {
    let found = this.find(hash, hash);
    while (found !== slot) {
      if (found === -1) return false;
      found = this.findNext(hash);
    }
    this.#count--;
    // Those behind the hole move up that are not where they belong: no cell is left as a tombstone.
    const cells = this.#cells;
    const mask = this.#mask;
    let hole = this.#at;
    for (let cell = (hole + 1) & mask; cells[2 * cell + 1] !== 0; cell = (cell + 1) & mask) {
      const way = (cell - cells[2 * cell]!) & mask;
      if (way < ((cell - hole) & mask)) continue;
      cells[2 * hole] = cells[2 * cell]!;
      cells[2 * hole + 1] = cells[2 * cell + 1]!;
      hole = cell;
    }
    cells[2 * hole + 1] = 0;
    return true;
  }

  /** Keeps the slots with a 0 in the next bit of their hashes, and gives the others away. */
  split(): Segment {
    const other = new Segment(++this.depth, this.#mask + 1);
    this.#refill(this.#mask + 1, (hash) => (firstBits(hash, this.depth) & 1 ? other : this));
    return other;
  }

  grow(): void {
    this.#refill(2 * (this.#mask + 1), () => this);
  }

  slots(): number[] {
    return [...this.#cells]
      .filter((slot, at) => at % 2 === 1 && slot !== 0)
      .map((slot) => slot - 1);
  }

  #refill(cells: number, segmentOf: (hash: number) => Segment): void {
    const old = this.#cells;
    this.#cells = new Int32Array(2 * cells);
    this.#mask = cells - 1;
    this.#count = 0;
    for (let at = 0; at < old.length; at += 2) {
      const slot = old[at + 1]!;
      if (slot !== 0) segmentOf(old[at]!).add(old[at]!, slot - 1);
    }
  }
}

/** Cells of a segment, unless it had to grow: 8 KiB, of which three quarters are used at most. */
const leastCells = 1_024;

/** The first bits of a hash as a number. */
const firstBits = (hash: number, bits: number): number => (bits === 0 ? 0 : hash >>> (32 - bits));
