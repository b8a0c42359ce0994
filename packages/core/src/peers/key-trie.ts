import { placeWords, putPlace, putPlaceOf } from './dht-key.js';
import type { ByteRange } from './entry-reader.js';
import { noNode, TrieNodes } from './trie-nodes.js';

/**
 * The slots of all peers by their DHT keys: a crit-bit tree (Bernstein, after Morrison's PATRICIA, 1968)
 * in typed arrays. An inner node stands for the first bit in which the keys beneath it differ, so the
 * keys on the side of a target's bit are closer to it by XOR than all on the other side: a walk that
 * turns to the near side first meets them in the order of their distance, and compares no keys. The
 * distance from zero is the order of the keys themselves, in which peers are gone through: a peer's
 * place follows from its node id, so going on after one is possible also when it is gone.
 *
 * Each leaf has marks, bits that say what its peer is, and each inner node those of all leaves beneath
 * it: a walk that looks for a mark passes over what has none. Adding, removing and marking cost
 * O(log n), as does finding the first of a walk; the next ones cost O(1) if most peers have the mark,
 * else O(log n). Chosen keys can make a way as long as a place has bits, never longer.
 */
export class KeyTrie {
  /** Inner nodes and leaves that walks have looked at. */
  visited = 0;

  /** Their heads are a bit and marks. */
  readonly #nodes = new TrieNodes();
  /** An inner node, `~slot` of a leaf, or `noNode` when there are no peers. */
  #root = noNode;
  /** Places and marks of slots, in pieces, since a copy of all of them would take long. */
  readonly #places: Uint32Array[] = [];
  readonly #marks: Uint8Array[] = [];
  /** The inner nodes on the way to a leaf, and how many. */
  readonly #way = new Int32Array(placeBits);
  #depth = 0;
  /** The slot to which that way leads, if it does. */
  #finger = noFinger;
  /** What a walk has yet to look at, the next one last. */
  readonly #ahead = new Int32Array(placeBits + 1);
  readonly #target = new Uint32Array(placeWords);

  /** The marks of a slot that is in it. */
  marksOf(slot: number): number {
    return this.#marks[slot >>> pieceShift]![slot & slotMask]!;
  }

  /** Adds a slot under its peer's node id, which no other slot has. */
  add(slot: number, nodeId: string, marks: number): void {
    this.#makeRoom(slot);
    const { words, at } = this.#placeOf(slot);
    putPlace(nodeId, words, at);
    this.#setMarks(slot, marks);
    if (this.#root === noNode) this.#root = ~slot;
    else this.#insert(slot, words, at, this.#wayTo(words, at, 0), marks);
  }

  /**
   * Adds a slot as `add` does, beginning where the one before was added: near that the way is short.
   *
   * @param id - the node id's bytes
   */
  addNear(slot: number, id: ByteRange, marks: number): void {
    this.#makeRoom(slot);
    const { words, at } = this.#placeOf(slot);
    putPlaceOf(id, words, at);
    this.#setMarks(slot, marks);
    if (this.#root === noNode) {
      this.#root = ~slot;
      this.#depth = 0;
    } else this.#insert(slot, words, at, this.#wayFromFinger(words, at), marks);
    this.#finger = slot;
  }

  /** Goes to where a new place belongs. Returns the first bit in which it differs from what is there. */
  #wayFromFinger(words: Uint32Array, at: number): number {
    if (this.#finger === noFinger) return this.#wayTo(words, at, 0);
    const bit = this.#firstDifference(words, at, this.#finger);
    const depth = this.#depth;
    let level = 0;
    while (level < depth && this.#bitOf(this.#way[level]!) < bit) level++;
    // All beneath agrees with the finger up to this bit, unless the ways part here.
    if (level < depth && this.#bitOf(this.#way[level]!) === bit) {
      return this.#wayTo(words, at, level + 1);
    }
    this.#depth = level;
    return bit;
  }

  /** The same, with what is right of the way up to a level. */
  #wayTo(words: Uint32Array, at: number, level: number): number {
    const bit = this.#firstDifference(words, at, ~this.#descend(words, at, level));
    while (this.#depth > 0 && this.#bitOf(this.#way[this.#depth - 1]!) > bit) this.#depth--;
    return bit;
  }

  /** Puts a slot where the way ends, with a node above it that tells it from what is there. */
  #insert(slot: number, words: Uint32Array, at: number, bit: number, marks: number): void {
    const parent = this.#depth === 0 ? noNode : this.#way[this.#depth - 1]!;
    const beneath = parent === noNode ? this.#root : this.#beneath(parent, words, at);
    const side = bitAt(words, at, bit);
    const node = this.#nodes.take();
    this.#nodes.setHead(node, (bit << markBits) | marks | this.#marksAt(beneath));
    this.#nodes.put(node, side, ~slot);
    this.#nodes.put(node, 1 - side, beneath);
    this.#replace(this.#depth, beneath, node);
    for (let level = this.#depth - 1; level >= 0; level--) {
      const above = this.#way[level]!;
      const head = this.#nodes.head(above);
      if ((head & marks) === marks) break;
      this.#nodes.setHead(above, head | marks);
    }
    this.#way[this.#depth++] = node;
  }

  remove(slot: number): void {
    const { words, at } = this.#placeOf(slot);
    this.#descend(words, at);
    if (this.#depth === 0) {
      this.#root = noNode;
      return;
    }
    const parent = this.#way[this.#depth - 1]!;
    const sibling = this.#nodes.beneath(parent, this.#nodes.beneath(parent, 0) === ~slot ? 1 : 0);
    this.#replace(this.#depth - 1, parent, sibling);
    this.#nodes.free(parent);
    this.#markUpwards(this.#depth - 2);
  }

  /** Gives a slot other marks. */
  mark(slot: number, marks: number): void {
    if (this.marksOf(slot) === marks) return;
    this.#setMarks(slot, marks);
    const { words, at } = this.#placeOf(slot);
    this.#descend(words, at);
    this.#markUpwards(this.#depth - 1);
  }

  /** Of the slots with a mark, those of the `most` peers closest to a node id, closest first. */
  closest(target: string, most: number, mark: number): number[] {
    putPlace(target, this.#target, 0);
    this.#ahead[0] = this.#root;
    return this.#walk(this.#root === noNode ? 0 : 1, mark, most);
  }

  /**
   * The first slots with a mark in the order of places.
   *
   * @param after - the place after which to begin, as `putPlace` writes it, if not with the first
   */
  inOrder(after: Uint32Array | undefined, most: number, mark: number): number[] {
    this.#target.fill(0);
    let height = 0;
    if (this.#root === noNode) return [];
    if (after === undefined) this.#ahead[height++] = this.#root;
    else height = this.#beyond(after);
    return this.#walk(height, mark, most);
  }

  /** The place of a slot that is in it, as a copy. */
  copyPlace(slot: number, into: Uint32Array): void {
    const { words, at } = this.#placeOf(slot);
    for (let word = 0; word < placeWords; word++) into[word] = words[at + word]!;
  }

  /** All of it, as it lies in memory. */
  toJSON(): unknown {
    return [this.#root, this.#nodes.toJSON(), this.#marks.map((piece) => [...piece])];
  }

  /** Looks at what is ahead, near sides of `#target` first, until it has found enough. */
  #walk(height: number, mark: number, most: number): number[] {
    const nodes = this.#nodes;
    const ahead = this.#ahead;
    const target = this.#target;
    const found: number[] = [];
    let visited = 0;
    while (height > 0 && found.length < most) {
      let node = ahead[--height]!;
      for (visited++; node >= 0; visited++) {
        const head = nodes.head(node);
        if ((head & mark) === 0) break;
        const side = bitAt(target, 0, head >>> markBits);
        ahead[height++] = nodes.beneath(node, 1 - side);
        node = nodes.beneath(node, side);
      }
      if (node < 0 && (this.marksOf(~node) & mark) !== 0) found.push(~node);
    }
    this.visited += visited;
    return found;
  }

  /** Puts what is beyond a place ahead. Returns how much that is. */
  #beyond(place: Uint32Array): number {
    const bit = this.#firstDifference(place, 0, ~this.#descend(place, 0));
    let height = 0;
    let node = this.#root;
    while (node >= 0 && this.#bitOf(node) < bit) {
      const side = bitAt(place, 0, this.#bitOf(node));
      if (side === 0) this.#ahead[height++] = this.#nodes.beneath(node, 1);
      node = this.#nodes.beneath(node, side);
    }
    // All that is left beneath has the other value of that bit.
    if (bit < placeBits && bitAt(place, 0, bit) === 0) this.#ahead[height++] = node;
    return height;
  }

  /**
   * Goes down by the bits of a place to a leaf, which is returned, and notes the way.
   *
   * @param level - up to which the way is right already
   */
  #descend(words: Uint32Array, at: number, level = 0): number {
    const nodes = this.#nodes;
    let node = level === 0 ? this.#root : this.#beneath(this.#way[level - 1]!, words, at);
    let depth = level;
    this.#finger = noFinger;
    while (node >= 0) {
      this.#way[depth++] = node;
      node = nodes.beneath(node, bitAt(words, at, nodes.head(node) >>> markBits));
    }
    this.#depth = depth;
    return node;
  }

  /** Puts what was at a level of the way in place of what is beneath the one above. */
  #replace(level: number, old: number, next: number): void {
    if (level === 0) {
      this.#root = next;
      return;
    }
    const above = this.#way[level - 1]!;
    this.#nodes.put(above, this.#nodes.beneath(above, 0) === old ? 0 : 1, next);
  }

  /** Makes the marks right of the nodes on the way from a level upwards. */
  #markUpwards(level: number): void {
    for (let above = level; above >= 0; above--) {
      const node = this.#way[above]!;
      const head = this.#nodes.head(node);
      const marks =
        this.#marksAt(this.#nodes.beneath(node, 0)) | this.#marksAt(this.#nodes.beneath(node, 1));
      if ((head & allMarks) === marks) return;
      this.#nodes.setHead(node, (head & ~allMarks) | marks);
    }
  }

  #beneath(node: number, words: Uint32Array, at: number): number {
    return this.#nodes.beneath(node, bitAt(words, at, this.#bitOf(node)));
  }

  #bitOf(node: number): number {
    return this.#nodes.head(node) >>> markBits;
  }

  /** The marks of a leaf, or of all leaves beneath an inner node. */
  #marksAt(node: number): number {
    return node < 0 ? this.marksOf(~node) : this.#nodes.head(node) & allMarks;
  }

  /** The first bit in which a place differs from a slot's, `placeBits` when it is that place. */
  #firstDifference(words: Uint32Array, at: number, slot: number): number {
    const other = this.#placeOf(slot);
    for (let word = 0; word < placeWords; word++) {
      const difference = words[at + word]! ^ other.words[other.at + word]!;
      if (difference !== 0) return 32 * word + Math.clz32(difference);
    }
    return placeBits;
  }

  #placeOf(slot: number): { readonly words: Uint32Array; readonly at: number } {
    return {
      words: this.#places[slot >>> pieceShift]!,
      at: (slot & slotMask) * placeWords,
    };
  }

  #setMarks(slot: number, marks: number): void {
    this.#marks[slot >>> pieceShift]![slot & slotMask] = marks;
  }

  #makeRoom(slot: number): void {
    if (slot >>> pieceShift < this.#places.length) return;
    this.#places.push(new Uint32Array(pieceSlots * placeWords));
    this.#marks.push(new Uint8Array(pieceSlots));
  }
}

const noFinger = -1;
const placeBits = 32 * placeWords;
const markBits = 8;
const allMarks = (1 << markBits) - 1;
/** Slots whose places lie in one piece, 160 KiB. */
const pieceShift = 12;
const pieceSlots = 1 << pieceShift;
const slotMask = pieceSlots - 1;

const bitAt = (words: Uint32Array, at: number, bit: number): number =>
  (words[at + (bit >>> 5)]! >>> (31 - (bit & 31))) & 1;
