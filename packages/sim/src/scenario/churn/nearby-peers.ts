import type { LivePeer, Spot } from './live-peer.js';

/**
 * Online peers by place, in a grid of cells: on a ring of length 1, or on a unit square whose sides
 * are joined, so that no peer has fewer neighbours for being at the edge.
 */
export class NearbyPeers {
  readonly #cells = new Map<number, Set<LivePeer>>();
  /** Cells along one side. */
  readonly #side: number;

  /**
   * @param dimensions - 1 for the ring, 2 for the square
   * @param peers - usually online
   */
  constructor(
    private readonly dimensions: 1 | 2,
    peers: number,
  ) {
    const cells = Math.max(1, peers / peersPerCell);
    this.#side = Math.max(1, Math.floor(dimensions === 1 ? cells : Math.sqrt(cells)));
  }

  add(peer: LivePeer): void {
    const cell = this.#cellOf(peer.identity.spot);
    const peers = this.#cells.get(cell);
    if (peers === undefined) this.#cells.set(cell, new Set([peer]));
    else peers.add(peer);
  }

  remove(peer: LivePeer): void {
    const cell = this.#cellOf(peer.identity.spot);
    const peers = this.#cells.get(cell);
    if (peers?.delete(peer) === true && peers.size === 0) this.#cells.delete(cell);
  }

  /**
   * The nearest peers, nearest first; of equally near ones the first by node id.
   *
   * @param radius - none is farther; at most 1
   */
  nearest(spot: Spot, most: number, radius: number): NearPeer[] {
    const found: NearPeer[] = [];
    const cell = 1 / this.#side;
    const farthest = Math.ceil(this.#side / 2);
    for (let ring = 0; ring <= farthest; ring++) {
      // All within the rings before lies nearer than this.
      const reached = (ring - 1) * cell;
      if (reached > radius) break;
      if (found.filter(({ distance }) => distance <= reached).length >= most) break;
      for (const index of this.#ringAround(spot, ring)) {
        for (const peer of this.#cells.get(index) ?? []) {
          const distance = this.#distance(spot, peer.identity.spot);
          if (distance <= radius) found.push({ peer, distance });
        }
      }
    }
    return found.sort(byDistance).slice(0, most);
  }

  #distance(a: Spot, b: Spot): number {
    const along = (from: number, to: number): number => {
      const gap = Math.abs(from - to);
      return Math.min(gap, 1 - gap);
    };
    const dx = along(a.x, b.x);
    if (this.dimensions === 1) return dx;
    const dy = along(a.y, b.y);
    return Math.sqrt(dx * dx + dy * dy);
  }

  #cellOf({ x, y }: Spot): number {
    const column = Math.floor(x * this.#side);
    return this.dimensions === 1 ? column : Math.floor(y * this.#side) * this.#side + column;
  }

  /** The cells `ring` steps away, each once, across joined sides too. */
  #ringAround({ x, y }: Spot, ring: number): Set<number> {
    const side = this.#side;
    const wrap = (at: number): number => ((at % side) + side) % side;
    const column = Math.floor(x * side);
    if (this.dimensions === 1) return new Set([wrap(column - ring), wrap(column + ring)]);
    const row = Math.floor(y * side);
    const cells = new Set<number>();
    for (let step = -ring; step <= ring; step++) {
      cells.add(wrap(row - ring) * side + wrap(column + step));
      cells.add(wrap(row + ring) * side + wrap(column + step));
      cells.add(wrap(row + step) * side + wrap(column - ring));
      cells.add(wrap(row + step) * side + wrap(column + ring));
    }
    return cells;
  }
}

/** A peer and how far away it is. */
export interface NearPeer {
  readonly peer: LivePeer;
  readonly distance: number;
}

/** Peers in one cell of the grid, as many as are usually online. */
const peersPerCell = 4;

const byDistance = (a: NearPeer, b: NearPeer): number =>
  a.distance - b.distance || (a.peer.identity.nodeId < b.peer.identity.nodeId ? -1 : 1);
