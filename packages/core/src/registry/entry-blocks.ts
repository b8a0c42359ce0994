import type { EntryBlock } from './registry-store.js';

/** Encoded entries, one after another, as the blocks in which a store hands them over. */
export class EntryBlocks {
  readonly #entries: Iterator<Buffer>;
  /** The entry that did not fit into the block before. */
  #left: Buffer | undefined;

  /** @param entries - each is read before the next one is asked for */
  constructor(entries: Iterator<Buffer>) {
    this.#entries = entries;
  }

  /**
   * As many entries as fit into a block; undefined after the last.
   *
   * @param buffer - memory of a block that was read
   */
  next(buffer = new ArrayBuffer(blockBytes)): EntryBlock | undefined {
    const bytes = Buffer.from(buffer);
    let size = 0;
    let end = 0;
    for (;;) {
      const entry = this.#left ?? (this.#entries.next().value as Buffer | undefined);
      this.#left = entry;
      if (entry === undefined || end + entry.length > blockBytes) {
        return size === 0 ? undefined : { buffer, size };
      }
      bytes.set(entry, end);
      this.#left = undefined;
      end += entry.length;
      size++;
    }
  }
}

/** So large that few messages wake the threads; the largest entry fits many times. */
const blockBytes = 2 ** 20;
