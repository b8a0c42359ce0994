import { EvictionOrder, type OrderWalk } from './eviction-order.js';
import { tiers } from './fields.js';
import { type SlotRecords, noSlot } from './slot-records.js';

/** The orders of eviction within the tiers, best tier first, and what follows from them for all peers. */
export class TierOrders {
  readonly #records: SlotRecords;
  readonly #orders: readonly EvictionOrder[];

  constructor(records: SlotRecords) {
    this.#records = records;
    this.#orders = tiers.map(() => new EvictionOrder(records));
  }

  /** The order of the tier of this rank: 0 is the best. */
  of(rank: number): EvictionOrder {
    return this.#orders[rank]!;
  }

  /** The slots in each of them. */
  toJSON(): unknown {
    return this.#orders.map((order) => [...order.slots()]);
  }

  /**
   * All slots: those last seen before `expiredBefore`, longest ago first, then the lowest tier's least
   * recently seen, and so on up.
   */
  *all(expiredBefore: number): Generator<number, undefined> {
    const walks = this.#walks();
    yield* this.#expired(walks, expiredBefore);
    // What has expired comes first in the order of its tier: each walk is past it now.
    for (let rank = tiers.length - 1; rank >= 0; rank--) {
      const walk = walks[rank]!;
      for (; walk.head !== noSlot; walk.advance()) yield walk.head;
    }
  }

  /** Those last seen before a time, longest ago first. */
  expired(before: number): Generator<number, undefined> {
    return this.#expired(this.#walks(), before);
  }

  #walks(): OrderWalk[] {
    return this.#orders.map((order) => order.walk());
  }

  /** Takes those last seen before a time from walks through the orders of all tiers. */
  *#expired(walks: readonly OrderWalk[], before: number): Generator<number, undefined> {
    for (;;) {
      let first: OrderWalk | undefined;
      for (const walk of walks) {
        if (walk.head === noSlot || this.#records.lastSeen(walk.head) >= before) continue;
        if (first === undefined || this.#records.before(walk.head, first.head)) first = walk;
      }
      if (first === undefined) return;
      yield first.head;
      first.advance();
    }
  }
}
