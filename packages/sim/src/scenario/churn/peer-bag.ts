/** A set that draws and removes in constant time; its order follows from what was added and removed. */
export class PeerBag<T> {
  readonly #items: T[] = [];
  readonly #positions = new Map<T, number>();

  get size(): number {
    return this.#items.length;
  }

  /** @param position - from 0, below `size` */
  at(position: number): T {
    return this.#items[position]!;
  }

  has(item: T): boolean {
    return this.#positions.has(item);
  }

  add(item: T): void {
    this.#positions.set(item, this.#items.push(item) - 1);
  }

  remove(item: T): void {
    const position = this.#positions.get(item);
    if (position === undefined) return;
    this.#positions.delete(item);
    const last = this.#items.pop()!;
    if (last === item) return;
    this.#items[position] = last;
    this.#positions.set(last, position);
  }

  /** All of them as they are now, safe to iterate while the set changes. */
  toArray(): T[] {
    return [...this.#items];
  }
}
