import { hashOfEnd, lineOf } from './end-hash.js';

/**
 * Where peers were found whose node ids callers name again and again: a text that is there is compared,
 * which is nothing for the same text, instead of being written as bytes and hashed.
 *
 * A direct-mapped cache. One in a few of those that are found takes its line: few peers are soon all
 * there, and many do not push one another out for nothing. What a line says is right while the slot's
 * generation is the one that it had then, for a peer keeps its slot and its node id.
 */
export class FoundSlots {
  readonly #generations: Generations;
  // Made when first needed: not every table is asked by texts.
  #nodeIds: (string | undefined)[] = [];
  /** Of each line the hash of its node id, so that others are told apart without a look at the text. */
  #lines = new Int32Array(0);
  /** The hash of what was looked for last. */
  #hash = 0;
  #found = 0;

  constructor(generations: Generations) {
    this.#generations = generations;
  }

  /** The slot of a peer that was found before and is still there, or -1. */
  slotOf(nodeId: string): number {
    this.#hash = hashOfEnd(nodeId);
    const line = lineOf(this.#hash, lineBits);
    const at = Field.all * line;
    const lines = this.#lines;
    if (lines[at + Field.hash] !== this.#hash || this.#nodeIds[line] !== nodeId) return -1;
    const slot = lines[at + Field.slot]!;
    return this.#generations.generationOf(slot) === lines[at + Field.generation] ? slot : -1;
  }

  /** Notes where the peer is that `slotOf` was asked for last. */
  note(nodeId: string, slot: number): void {
    if (this.#found++ % oneIn !== 0) return;
    if (this.#lines.length === 0) this.#allocate();
    const line = lineOf(this.#hash, lineBits);
    const at = Field.all * line;
    this.#nodeIds[line] = nodeId;
    this.#lines[at + Field.hash] = this.#hash;
    this.#lines[at + Field.slot] = slot;
    this.#lines[at + Field.generation] = this.#generations.generationOf(slot);
  }

  #allocate(): void {
    this.#nodeIds = new Array<string | undefined>(1 << lineBits).fill(undefined);
    this.#lines = new Int32Array(Field.all << lineBits);
  }
}

/** Tells the peers that a slot holds one after the other apart. */
export interface Generations {
  generationOf(slot: number): number;
}

/** What a line has, and how many numbers that is. */
const Field = { hash: 0, slot: 1, generation: 2, all: 4 } as const;
/** Half as many again as the default cap of peers, in the next power of two. */
const lineBits = 14;
/** How many are found for one that is noted. */
const oneIn = 4;
