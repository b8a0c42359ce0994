/**
 * The inner nodes of a tree of bits: each has a head, which is the tree's business, and something
 * beneath it for a bit of 0 and for one of 1. They lie outside the JavaScript heap, in pieces, since a
 * copy of all of them would take long; a node that was freed serves again.
 */
export class TrieNodes {
  /** `nodeInts` numbers a node: its head, and what is beneath it. */
  readonly #pieces: Int32Array[] = [];
  #count = 0;
  /** The first node that is free; in place of what is beneath it for 0 stands the next one. */
  #free = noNode;

  head(node: number): number {
    return this.#pieces[node >>> pieceShift]![(node & nodeMask) * nodeInts]!;
  }

  setHead(node: number, head: number): void {
    this.#pieces[node >>> pieceShift]![(node & nodeMask) * nodeInts] = head;
  }

  /** What is beneath a node for a bit. */
  beneath(node: number, bit: number): number {
    return this.#pieces[node >>> pieceShift]![(node & nodeMask) * nodeInts + 1 + bit]!;
  }

  put(node: number, bit: number, beneath: number): void {
    this.#pieces[node >>> pieceShift]![(node & nodeMask) * nodeInts + 1 + bit] = beneath;
  }

  /** A node of which nothing is known. */
  take(): number {
    const free = this.#free;
    if (free !== noNode) {
      this.#free = this.beneath(free, 0);
      return free;
    }
    if (this.#count === this.#pieces.length << pieceShift) {
      this.#pieces.push(new Int32Array(nodeInts << pieceShift));
    }
    return this.#count++;
  }

  free(node: number): void {
    this.put(node, 0, this.#free);
    this.#free = node;
  }

  /** All of it, as it lies in memory. */
  toJSON(): unknown {
    const numbers = this.#pieces.flatMap((piece) => [...piece]);
    return [this.#free, numbers.slice(0, this.#count * nodeInts)];
  }
}

/** Stands for "no node"; it is neither a node nor the complement of a slot. */
export const noNode = -(2 ** 31);

const nodeInts = 3;
/** Nodes of a piece, 192 KiB. */
const pieceShift = 14;
const nodeMask = (1 << pieceShift) - 1;
