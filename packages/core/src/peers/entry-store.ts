import { type EntryMemory, entryMemory, maxEntryBytes } from './entry-layout.js';

/**
 * Memory for encoded entries outside the JavaScript heap, so that a million peers cost the garbage
 * collector nothing. A slab allocator (after Bonwick, USENIX 1994): chunks of 1 MiB are cut into
 * blocks of a multiple of 64 bytes, and a freed block waits in the list of its size.
 */
export class EntryStore {
  readonly #chunks: EntryMemory[] = [];
  /** First free block of each size; a free block holds the number of the next one. */
  readonly #free = new Int32Array(sizes).fill(noBlock);
  #nextUnit = 0;
  #usedBytes = 0;

  /** Bytes in blocks that are in use. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Bytes taken from the system; never given back while the store exists. */
  get reservedBytes(): number {
    return this.#chunks.length * chunkBytes;
  }

  /** The chunk in which a block lies; read and write at `baseOf(block)`. */
  memoryOf(block: number): EntryMemory {
    return this.#chunks[block >>> unitsPerChunkShift]!;
  }

  /** Where a block starts in its chunk, in bytes. */
  baseOf(block: number): number {
    return (block << blockShift) & (chunkBytes - 1);
  }

  /** Takes a block for an entry of so many bytes. */
  allocate(bytes: number): number {
    const units = unitsFor(bytes);
    this.#usedBytes += units << blockShift;
    const free = this.#free[units]!;
    if (free !== noBlock) {
      this.#free[units] = this.memoryOf(free).u32[this.baseOf(free) >>> 2]! | 0;
      return free;
    }
    return this.#cut(units);
  }

  /** Gives back a block that was taken for an entry of so many bytes. */
  release(block: number, bytes: number): void {
    const units = unitsFor(bytes);
    this.#usedBytes -= units << blockShift;
    this.#push(block, units);
  }

  /** Whether entries of these lengths take blocks of the same size. */
  fitsSame(oldBytes: number, newBytes: number): boolean {
    return unitsFor(oldBytes) === unitsFor(newBytes);
  }

  #push(block: number, units: number): void {
    this.memoryOf(block).u32[this.baseOf(block) >>> 2] = this.#free[units]!;
    this.#free[units] = block;
  }

  #cut(units: number): number {
    const unitsPerChunk = 1 << unitsPerChunkShift;
    const used = this.#nextUnit & (unitsPerChunk - 1);
    const left = used === 0 ? 0 : unitsPerChunk - used;
    if (units > left) {
      if (left > 0) this.#push(this.#nextUnit, Math.min(left, sizes - 1));
      this.#nextUnit = this.#chunks.length << unitsPerChunkShift;
      this.#chunks.push(entryMemory(new ArrayBuffer(chunkBytes)));
    }
    const block = this.#nextUnit;
    this.#nextUnit += units;
    return block;
  }
}

const blockShift = 6;
const chunkShift = 20;
const chunkBytes = 1 << chunkShift;
const unitsPerChunkShift = chunkShift - blockShift;
const sizes = (maxEntryBytes >> blockShift) + 1;

/** Stands for "no block". */
export const noBlock = -1;

const unitsFor = (bytes: number): number => (bytes + (1 << blockShift) - 1) >> blockShift;
