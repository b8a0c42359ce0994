/**
 * A set that draws and removes in constant time; its order follows from what was added and removed. Each
 * item notes where it stands: a map of a million of them would take as much room as they do themselves.
 */
export class PeerBag<Place extends string, T extends Record<Place, number>> {
  readonly #items: T[] = [];

  /** @param place - where an item notes its position: sets that have one at the same time need one each */
  constructor(private readonly place: Place) {}

  get size(): number {
    return this.#items.length;
  }

  /** @param position - from 0, below `size` */
  at(position: number): T {
    return this.#items[position]!;
  }

  has(item: T): boolean {
    return this.#items[item[this.place]] === item;
  }

  add(item: T): void {
    this.#stand(item, this.#items.length);
  }

  remove(item: T): void {
    if (!this.has(item)) return;
    const last = this.#items.pop()!;
    if (last !== item) this.#stand(last, item[this.place]);
  }

  /** All of them as they are now, safe to iterate while the set changes. */
  toArray(): T[] {
    return [...this.#items];
  }

  #stand(item: T, position: number): void {
    this.#items[position] = item;
    (item as Record<Place, number>)[this.place] = position;
  }
}
