import { type EntryMemory, peerLayout } from './entry-layout.js';

/*
 * A network's peers are seen again and again, and an entry's identity is half of its text. What it
 * encoded to is kept here and copied when the same three texts come again, which takes a third of
 * the time of checking and writing them.
 *
 * A direct-mapped cache: a line for each value of a hash of the node id's end, the newcomer takes it.
 * Texts never change, so a line cannot grow stale; keys given as bytes can, and are not kept.
 */

/** Half as many again as the default cap of peers, in the next power of two. */
const lineBits = 14;
/** 8-byte words of a line: three slots, and 232 bytes of text. */
const lineWords = 32;
const slots = 3;
/** Characters of the node id that choose the line; enough for ids that end in a number. */
const hashed = 8;

const firstSlot = 1 + peerLayout.numbers.length;
const tail = peerLayout.fixedBytes >>> 3;

/** The encoded identities of peers seen not long ago. */
export class IdentityCache {
  // Made when first needed: threads that only read entries need none.
  #texts: unknown[] = [];
  #words = new BigUint64Array(0);
  #bytes = new Uint8Array(0);

  /**
   * Writes an identity that is known into the entry at `base`: its slots and its texts, which are the
   * first of the tail.
   *
   * @returns how many bytes of the tail it takes; 0 when it is not known, and nothing was written
   */
  recall(
    nodeId: unknown,
    publicKey: unknown,
    did: unknown,
    { u64 }: EntryMemory,
    base: number,
  ): number {
    if (typeof nodeId !== 'string') return 0;
    const line = lineOf(nodeId);
    const texts = this.#texts;
    const at = slots * line;
    if (texts[at] !== nodeId || texts[at + 1] !== publicKey || texts[at + 2] !== did) return 0;
    const words = this.#words;
    const bytes = this.#bytes[line]!;
    let from = lineWords * line;
    let to = (base >>> 3) + firstSlot;
    for (let slot = 0; slot < slots; slot++) u64[to++] = words[from++]!;
    to = (base >>> 3) + tail;
    // What the last word holds behind the texts is written over by what follows them.
    const end = from + ((bytes + 7) >>> 3);
    while (from < end) u64[to++] = words[from++]!;
    return bytes;
  }

  /** Keeps the identity of the entry at `base`, which takes so many bytes of its tail. */
  keep(
    nodeId: unknown,
    publicKey: unknown,
    did: unknown,
    { u64 }: EntryMemory,
    base: number,
    bytes: number,
  ): void {
    if (typeof publicKey !== 'string' || bytes > 8 * (lineWords - slots)) return;
    if (this.#words.length === 0) this.#allocate();
    const line = lineOf(nodeId as string);
    const words = this.#words;
    let to = lineWords * line;
    let from = (base >>> 3) + firstSlot;
    for (let slot = 0; slot < slots; slot++) words[to++] = u64[from++]!;
    from = (base >>> 3) + tail;
    const end = from + ((bytes + 7) >>> 3);
    while (from < end) words[to++] = u64[from++]!;
    this.#bytes[line] = bytes;
    this.#texts[slots * line] = nodeId;
    this.#texts[slots * line + 1] = publicKey;
    this.#texts[slots * line + 2] = did;
  }

  #allocate(): void {
    this.#texts = new Array<unknown>(slots << lineBits).fill(undefined);
    this.#words = new BigUint64Array(lineWords << lineBits);
    this.#bytes = new Uint8Array(1 << lineBits);
  }
}

function lineOf(nodeId: string): number {
  let hash = nodeId.length;
  for (let at = Math.max(0, nodeId.length - hashed); at < nodeId.length; at++) {
    hash = Math.imul(hash, 31) + nodeId.charCodeAt(at);
  }
  return Math.imul(hash, 0x9e3779b1) >>> (32 - lineBits);
}
