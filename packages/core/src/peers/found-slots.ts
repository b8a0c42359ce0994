import { lineOfText } from './text-line.js';

/**
 * Where peers were found whose node ids callers name again and again: a text that is there is compared,
 * which is nothing for the same text, instead of being written as bytes and hashed.
 *
 * A direct-mapped cache: whoever was found last has the line. What it says is right while the slot's
 * generation is the one that it had then, for a peer keeps its slot and its node id.
 */
export class FoundSlots {
  readonly #generations: Generations;
  // Made when first needed: not every table is asked by texts.
  #nodeIds: (string | undefined)[] = [];
  #slots = new Int32Array(0);
  #found = new Int32Array(0);

  constructor(generations: Generations) {
    this.#generations = generations;
  }

  /** The line in which a node id is looked for. */
  lineOf(nodeId: string): number {
    return lineOfText(nodeId, lineBits);
  }

  /** The slot of a peer that was found before and is still there, or -1. */
  slotIn(line: number, nodeId: string): number {
    if (this.#nodeIds[line] !== nodeId) return -1;
    const slot = this.#slots[line]!;
    return this.#generations.generationOf(slot) === this.#found[line] ? slot : -1;
  }

  /** Notes that a peer was found. */
  note(line: number, nodeId: string, slot: number): void {
    if (this.#nodeIds.length === 0) this.#allocate();
    this.#nodeIds[line] = nodeId;
    this.#slots[line] = slot;
    this.#found[line] = this.#generations.generationOf(slot);
  }

  #allocate(): void {
    this.#nodeIds = new Array<string | undefined>(1 << lineBits).fill(undefined);
    this.#slots = new Int32Array(1 << lineBits);
    this.#found = new Int32Array(1 << lineBits);
  }
}

/** Tells the peers that a slot holds one after the other apart. */
export interface Generations {
  generationOf(slot: number): number;
}

/** Half as many again as the default cap of peers, in the next power of two. */
const lineBits = 14;
