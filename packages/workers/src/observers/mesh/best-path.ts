import TinyQueue from 'tinyqueue';

/**
 * Finds the path with the largest product of qualities, by Dijkstra's algorithm ("A note on two
 * problems in connexion with graphs", 1959) with the product in place of the sum: a hop never makes
 * it larger. Of equally good paths it is one with the fewest hops.
 *
 * @param hopsFrom - where packets get from a peer in one hop, and what share of them arrives, 0 to 1
 * @returns undefined when there is no path, or only such with a hop of quality 0
 */
export function bestPath(
  from: string,
  to: string,
  hopsFrom: (nodeId: string) => Iterable<Hop>,
): BestPath | undefined {
  const best = new Map<string, Arrival>();
  const start: Arrival = { nodeId: from, quality: 1, hops: 0, before: undefined };
  const queue = new TinyQueue<Arrival>([start], compareArrivals);
  best.set(from, start);
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    if (at.nodeId === to) return { path: pathTo(at), quality: at.quality };
    // A better way to it was found while this one waited.
    if (best.get(at.nodeId) !== at) continue;
    for (const hop of hopsFrom(at.nodeId)) {
      const quality = at.quality * hop.quality;
      if (quality === 0) continue;
      const next = { nodeId: hop.to, quality, hops: at.hops + 1, before: at };
      const known = best.get(hop.to);
      if (known !== undefined && compareArrivals(known, next) <= 0) continue;
      best.set(hop.to, next);
      queue.push(next);
    }
  }
  return undefined;
}

/** One step of a path. */
export interface Hop {
  /** Node id of the peer that hears. */
  readonly to: string;
  /** Share of packets that arrive, 0 to 1. */
  readonly quality: number;
}

/** A way through the mesh. */
export interface BestPath {
  /** Node ids of every peer on it, both ends included. */
  readonly path: string[];
  /** Product of its hops' qualities: the share of packets that arrive, if losses are independent. */
  readonly quality: number;
}

/** A peer that was reached, and on which way. */
interface Arrival {
  readonly nodeId: string;
  readonly quality: number;
  readonly hops: number;
  readonly before: Arrival | undefined;
}

const compareArrivals = (a: Arrival, b: Arrival): number =>
  b.quality - a.quality || a.hops - b.hops;

function pathTo(arrival: Arrival): string[] {
  const path: string[] = [];
  for (let at: Arrival | undefined = arrival; at !== undefined; at = at.before) {
    path.push(at.nodeId);
  }
  return path.reverse();
}
