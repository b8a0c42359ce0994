import type { LivePeer, OnlineKind } from './live-peer.js';

/** The online peers of a class: its own, and those of the crowds that are like it. */
export class PeerGroup {
  readonly #kinds: OnlineKind[] = [];

  /** @param kind - those of one kind that are online, whoever they are */
  addKind(kind: OnlineKind): void {
    this.#kinds.push(kind);
  }

  /** Whether a peer is of this class, online or not. */
  isOf({ kind }: LivePeer): boolean {
    return this.#kinds.includes(kind);
  }

  get size(): number {
    return this.#kinds.reduce((sum, { size }) => sum + size, 0);
  }

  /** @param position - from 0, below `size` */
  at(position: number): LivePeer {
    let left = position;
    for (const kind of this.#kinds) {
      if (left < kind.size) return kind.at(left);
      left -= kind.size;
    }
    throw new RangeError(`expected a position below ${this.size}, got ${position}`);
  }

  /** All of them as they are now, safe to iterate while the group changes. */
  toArray(): LivePeer[] {
    return this.#kinds.flatMap((kind) => kind.toArray());
  }
}
