import { z } from 'zod';
import { parseOptions } from '../parse-options.js';
import { placeWords, putPlace } from './dht-key.js';
import { peerLayout } from './entry-layout.js';
import { type PeerView, compileView } from './entry-view.js';
import { textArgument } from './identity-arguments.js';
import type { PeerEntry } from './peer-entry.js';
import type { PeerTable } from './peer-table.js';
import { TableReader } from './table-reader.js';

/**
 * Some of the peers, to be gone through with `for … of`, as often as wanted: views of them, made one by
 * one, whose fields are read when they are asked for. The order is that of the DHT keys of their node ids,
 * so it follows from who is there and from nothing else. The registry may change meanwhile, in the middle
 * of the loop or between one page and the next: a peer that belongs to the selection throughout comes
 * exactly once, any other one once at most, and none that does not belong to it when its turn comes.
 */
export class PeerSelection implements Iterable<PeerView> {
  readonly #table: PeerTable;
  readonly #mark: number;
  readonly #page: PageOptions;

  /**
   * @param mark - what its peers have
   * @throws {ConfigError} when the limit is none
   * @throws {PeerValidationError} when `after` is no text
   */
  constructor(table: PeerTable, mark: number, page: PageOptions = {}) {
    this.#table = table;
    this.#mark = mark;
    const { limit, after } = parseOptions(pageOptions, page, 'page');
    if (after !== undefined) textArgument('peerId.nodeId', after);
    this.#page = { limit, after: after as string | undefined };
  }

  *[Symbol.iterator](): Generator<PeerView, undefined> {
    for (const slot of this.slots()) yield viewOf(this.#table, slot);
  }

  /** Copies of their entries, all at once. */
  entries(): PeerEntry[] {
    return Array.from(this.slots(), (slot) => this.#table.entryAt(slot));
  }

  /** Their slots, each as long as its peer is there. */
  *slots(): Generator<number, undefined> {
    const { limit, after } = this.#page;
    let place: Uint32Array | undefined;
    if (after !== undefined) putPlace(after, (place = new Uint32Array(placeWords)), 0);
    for (let left = limit ?? Number.POSITIVE_INFINITY; left > 0;) {
      // Looked at anew each time: the table may have been replaced by another.
      const { trie } = this.#table;
      const wanted = Math.min(left, slotsAtATime);
      const found = trie.inOrder(place, wanted, this.#mark);
      if (found.length === 0) return;
      // By its value: the last one may be gone when the next ones are looked for.
      trie.copyPlace(found.at(-1)!, (place ??= new Uint32Array(placeWords)));
      const generations = found.map((slot) => this.#table.generationOf(slot));
      for (const [at, slot] of found.entries()) {
        if (this.#table.generationOf(slot) !== generations[at]) continue;
        if ((trie.marksOf(slot) & this.#mark) === 0) continue;
        yield slot;
        left--;
      }
    }
  }
}

const TableView = compileView<TableReader>(peerLayout);

/** A view of the peer in a slot, which reads it as it is by then. */
export const viewOf = (table: PeerTable, slot: number, nodeId?: string): PeerView =>
  new TableView(new TableReader(table, slot, nodeId));

/** Slots that are looked for at a time: finding the first one costs as much as some of the next ones. */
const slotsAtATime = 64;

const pageOptions = z.strictObject({
  /** Most peers of it; all unless given. */
  limit: z.int().min(0).optional(),
  /** Node id of the last peer of the page before, whether or not it is still there. */
  after: z.unknown().optional(),
});

/** A part of a selection: at most `limit` peers, those after the one with the node id `after`. */
export interface PageOptions {
  /** Most peers of it; all unless given. */
  readonly limit?: number | undefined;
  /** Node id of the last peer of the page before, whether or not it is still there. */
  readonly after?: string | undefined;
}
