import { compareClaims, type Contact, notWaiting } from './contact.js';

/**
 * The contacts for which a bucket has no place, the best claim first: a binary heap in which every
 * contact knows its position, so that one in the middle can leave in O(log n).
 */
export class ReplacementCache {
  readonly #heap: Contact[] = [];

  get size(): number {
    return this.#heap.length;
  }

  /** The contact that is promoted next, which stays. */
  get best(): Contact | undefined {
    return this.#heap[0];
  }

  /** Lets a contact wait that does not yet. */
  add(contact: Contact): void {
    this.#rise(this.#heap.length, contact);
  }

  /** Takes out a contact that waits here; its claim must not have changed since it was added. */
  remove(contact: Contact): void {
    const hole = contact.waitingAt;
    const last = this.#heap.pop()!;
    contact.waitingAt = notWaiting;
    if (last === contact) return;
    // What comes from the end may belong above the hole, when that is in another branch.
    this.#rise(this.#sink(hole, last), last);
  }

  #rise(from: number, contact: Contact): void {
    let at = from;
    while (at > 0) {
      const parent = this.#heap[(at - 1) >> 1]!;
      if (compareClaims(parent, contact) < 0) break;
      this.#place(at, parent);
      at = (at - 1) >> 1;
    }
    this.#place(at, contact);
  }

  #sink(from: number, contact: Contact): number {
    let at = from;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= this.#heap.length) return at;
      const right = left + 1;
      const child =
        right < this.#heap.length && compareClaims(this.#heap[right]!, this.#heap[left]!) < 0
          ? right
          : left;
      if (compareClaims(contact, this.#heap[child]!) < 0) return at;
      this.#place(at, this.#heap[child]!);
      at = child;
    }
  }

  #place(at: number, contact: Contact): void {
    this.#heap[at] = contact;
    contact.waitingAt = at;
  }
}
