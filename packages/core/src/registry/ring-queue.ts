/** First in, first out: a queue in a circular array that grows as needed. Nothing is moved to take one away. */
export class RingQueue<Item extends object> {
  #places: (Item | undefined)[] = new Array<undefined>(64).fill(undefined);
  #first = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(item: Item): void {
    if (this.#size === this.#places.length) this.#grow();
    this.#places[(this.#first + this.#size++) & (this.#places.length - 1)] = item;
  }

  /** The one whose turn it is. */
  peek(): Item | undefined {
    return this.#places[this.#first];
  }

  /** Takes away the one whose turn it was. */
  shift(): void {
    this.#places[this.#first] = undefined;
    this.#first = (this.#first + 1) & (this.#places.length - 1);
    this.#size--;
  }

  /** Takes away all, in order. */
  takeAll(): Item[] {
    const all: Item[] = [];
    for (let next = this.peek(); next !== undefined; next = this.peek()) {
      this.shift();
      all.push(next);
    }
    return all;
  }

  #grow(): void {
    const places = this.#places;
    const inOrder = [...places.slice(this.#first), ...places.slice(0, this.#first)];
    this.#places = inOrder.concat(new Array<undefined>(places.length).fill(undefined));
    this.#first = 0;
  }
}
