import { DirectedGraph } from 'graphology';
import { connectedComponents } from 'graphology-components';
import { bidirectional } from 'graphology-shortest-path/dijkstra.js';
import { articulationPoints } from './articulation-points.js';
import type { Hearing, MeshPeer } from './hearing.js';

/**
 * The graph of peers that are there: a `graphology` graph with an edge for each hearing, which
 * points the way packets go, from the peer that is heard to the one that hears it. Parallel links
 * share the edge.
 */
export class MeshGraph {
  readonly #graph = new DirectedGraph<{ peer: MeshPeer }, { hearing: Hearing }>();
  #keys = 0;

  /**
   * A key for a new peer. Keys are short, as the graph looks them up again and again, and none is
   * a name that plain objects have from birth, as a node id may be: libraries keep keys in those.
   */
  nextKey(): string {
    return `n${++this.#keys}`;
  }

  addPeer(peer: MeshPeer): void {
    this.#graph.addNode(peer.key, { peer });
  }

  /** Removes a peer that has no edge left. */
  removePeer({ key }: MeshPeer): void {
    this.#graph.dropNode(key);
  }

  add(hearing: Hearing, heard: MeshPeer): void {
    this.#graph.addDirectedEdge(heard.key, hearing.hearer.key, { hearing });
  }

  remove({ hearer }: Hearing, heard: MeshPeer): void {
    this.#graph.dropDirectedEdge(heard.key, hearer.key);
  }

  /** What others report about a peer. */
  hearingsOf({ key }: MeshPeer): Hearing[] {
    return this.#graph.mapOutEdges(key, (_edge, { hearing }) => hearing);
  }

  /** What all peers report about peers that are there. */
  hearings(): Hearing[] {
    return this.#graph.mapEdges((_edge, { hearing }) => hearing);
  }

  /** Peers that have no link. */
  isolated(): string[] {
    return this.#graph
      .filterNodes((key) => this.#graph.degree(key) === 0)
      .map((key) => this.#nodeIdOf(key));
  }

  /** How many peers each connected part has, the largest first. A link in one direction connects. */
  componentSizes(): number[] {
    return connectedComponents(this.#graph)
      .map((component) => component.length)
      .sort((a, b) => b - a);
  }

  /** Peers whose going would cut a connected part in two or more. */
  articulationPoints(): string[] {
    const keys = this.#graph.nodes();
    const indexes = new Map(keys.map((key, index) => [key, index]));
    const neighbours = keys.map((key) =>
      this.#graph.mapNeighbors(key, (neighbour) => indexes.get(neighbour)!),
    );
    return articulationPoints(neighbours).map((index) => this.#nodeIdOf(keys[index]!));
  }

  /**
   * Finds the path with the largest product of qualities, by Dijkstra's algorithm on their negative
   * logarithms. A hop has the quality that its hearing end reports, the best of parallel links.
   *
   * @returns undefined when there is no path, or only such with a hop of quality 0
   */
  bestPath(from: MeshPeer, to: MeshPeer): BestPath | undefined {
    // The types promise a path, but there may be none.
    const keys = bidirectional(this.#graph, from.key, to.key, cost) as string[] | null;
    if (keys === null) return undefined;
    let quality = 1;
    for (let at = 1; at < keys.length; at++) {
      const edge = this.#graph.edge(keys[at - 1], keys[at])!;
      quality *= qualityOf(this.#graph.getEdgeAttribute(edge, 'hearing'));
    }
    if (quality === 0) return undefined;
    return { path: keys.map((key) => this.#nodeIdOf(key)), quality };
  }

  #nodeIdOf(key: string): string {
    return this.#graph.getNodeAttribute(key, 'peer').nodeId;
  }
}

/** A way through the mesh. */
export interface BestPath {
  /** Node ids of every peer on it, both ends included. */
  readonly path: string[];
  /** Product of its hops' qualities: the share of packets that arrive, if losses are independent. */
  readonly quality: number;
}

function qualityOf({ ends }: Hearing): number {
  let best = 0;
  for (const { quality } of ends) if (quality > best) best = quality;
  return best;
}

/** A hop with quality 0 costs infinitely much: it is in the graph but leads nowhere. */
const cost = (_edge: string, { hearing }: { hearing: Hearing }): number =>
  -Math.log(qualityOf(hearing));
