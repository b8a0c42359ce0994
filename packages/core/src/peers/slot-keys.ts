/** What the orders know of each slot. One serves the orders of all tiers: a slot is in one of them. */
export class SlotKeys {
  /** When the peer was last seen, Unix milliseconds. */
  lastSeen = new Float64Array(64);
  /** When it was last changed, as a count of changes. */
  touched = new Float64Array(64);
  /** Where it is in its order's heap, or `noPosition`. */
  position = new Int32Array(64).fill(noPosition);
  /** Its neighbours in its order's list, or `noSlot`. */
  previous = new Int32Array(64).fill(noSlot);
  next = new Int32Array(64).fill(noSlot);

  /** Makes room for slots up to `slots` - 1. */
  grow(slots: number): void {
    const held = this.position.length;
    if (slots <= held) return;
    const size = Math.max(slots, 2 * held);
    this.lastSeen = extended(this.lastSeen, new Float64Array(size));
    this.touched = extended(this.touched, new Float64Array(size));
    this.position = extended(this.position, new Int32Array(size).fill(noPosition));
    this.previous = extended(this.previous, new Int32Array(size).fill(noSlot));
    this.next = extended(this.next, new Int32Array(size).fill(noSlot));
  }

  /** Whether slot `a` goes before slot `b`. */
  before(a: number, b: number): boolean {
    const seenA = this.lastSeen[a]!;
    const seenB = this.lastSeen[b]!;
    return seenA < seenB || (seenA === seenB && this.touched[a]! < this.touched[b]!);
  }
}

/** Stands for "no slot" in a list, and for "in no heap". */
export const noSlot = -1;
export const noPosition = -1;

function extended<Numbers extends Float64Array | Int32Array>(
  old: Numbers,
  larger: Numbers,
): Numbers {
  larger.set(old);
  return larger;
}
