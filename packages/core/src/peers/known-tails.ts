import { type EntryLayout, type EntryMemory, type GroupNode, hasTail } from './entry-layout.js';

/**
 * The tails of entries that came encoded and were right: their texts, keys and lists, byte for byte. A
 * network's peers are seen again and again, and what changes then are numbers; a tail that has been checked
 * need not be checked again, nor its node id decoded.
 *
 * A direct-mapped cache: a line for each value of a hash of the node id's end, the newcomer takes it.
 */
export class KnownTails {
  readonly #fixedWords: number;
  readonly #firstWord: number;
  readonly #lineWords: number;
  /** The presences on which it depends what a tail means. */
  readonly #presences: number;
  // Made when first needed: not every registry has callers on other threads.
  #words = new Uint32Array(0);
  #nodeIds: string[] = [];
  /** Words of a line's tail, slots included; 0 when it holds none. */
  #lengths = new Uint16Array(0);
  #bits = new Uint32Array(0);

  /** @param layout - of the entries, of which the first text is the node id */
  constructor({ root, numbers, fixedBytes }: EntryLayout) {
    this.#fixedWords = fixedBytes / 4;
    this.#firstWord = 2 * (1 + numbers.length);
    this.#lineWords = this.#fixedWords - this.#firstWord + mostBytes / 4;
    this.#presences = presencesOf(root);
  }

  /** The node id of the entry at `base`, if its tail is one that was right before. */
  find({ u8, u32 }: EntryMemory, base: number, length: number): string | undefined {
    if (this.#lengths.length === 0) return undefined;
    const line = this.#lineOf(u8, u32, base, length);
    const b4 = base >>> 2;
    const count = (length >>> 2) - this.#firstWord;
    if (line < 0 || this.#lengths[line] !== count) return undefined;
    if (this.#bits[line] !== (u32[b4 + 1]! & this.#presences) >>> 0) return undefined;
    const words = this.#words;
    let known = this.#lineWords * line;
    let at = b4 + this.#firstWord;
    for (const end = at + count; at < end; at++, known++) {
      if (u32[at] !== words[known]) return undefined;
    }
    return this.#nodeIds[line];
  }

  /** Takes the tail of the entry at `base`, which is right, unless it is too long. */
  keep({ u8, u32 }: EntryMemory, base: number, length: number, nodeId: string): void {
    const b4 = base >>> 2;
    const count = (length >>> 2) - this.#firstWord;
    if (count > this.#lineWords) return;
    if (this.#lengths.length === 0) this.#allocate();
    const line = this.#lineOf(u8, u32, base, length);
    const from = b4 + this.#firstWord;
    this.#words.set(u32.subarray(from, from + count), this.#lineWords * line);
    this.#lengths[line] = count;
    this.#bits[line] = u32[b4 + 1]! & this.#presences;
    this.#nodeIds[line] = nodeId;
  }

  /** The line for an entry, by its node id; -1 when that is not where it must be. */
  #lineOf(u8: Buffer, u32: Uint32Array, base: number, length: number): number {
    const slot = (base >>> 2) + this.#firstWord;
    const start = 4 * this.#fixedWords;
    const bytes = u32[slot + 1]!;
    if (u32[slot] !== start || bytes === 0 || bytes > length - start) return -1;
    const end = base + start + bytes;
    let hash = bytes;
    for (let at = Math.max(base + start, end - hashed); at < end; at++) {
      hash = Math.imul(hash, 31) + u8[at]!;
    }
    return Math.imul(hash, 0x9e3779b1) >>> (32 - lineBits);
  }

  #allocate(): void {
    this.#words = new Uint32Array(this.#lineWords << lineBits);
    this.#nodeIds = new Array<string>(1 << lineBits);
    this.#lengths = new Uint16Array(1 << lineBits);
    this.#bits = new Uint32Array(1 << lineBits);
  }
}

/** Half as many again as the default cap of peers, in the next power of two. */
const lineBits = 14;
/** Bytes of the longest tail that is kept: an identity, some endpoints and protocols. */
const mostBytes = 320;
/** Bytes of the node id that choose the line; enough for ids that end in a number. */
const hashed = 8;

/** The presences of what has a tail. */
function presencesOf({ members }: GroupNode): number {
  let presences = 0;
  for (const { presence, node } of members) {
    if (!hasTail(node)) continue;
    if (presence !== undefined) presences |= 1 << presence.shift;
    if (node.kind === 'group') presences |= presencesOf(node);
  }
  return presences;
}
