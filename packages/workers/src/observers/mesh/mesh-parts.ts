import { articulationPoints } from './articulation-points.js';

/**
 * The connected parts of a mesh at one time: peers that reach one another over links, whichever
 * direction these have. Worked out when it is asked for, in time that grows with peers and links.
 */
export class MeshParts {
  readonly #nodeIds: readonly string[];
  /** Of each peer the places of its neighbours. */
  readonly #neighbours: readonly (readonly number[])[];
  #sizes: readonly number[] | undefined;
  #cuts: readonly string[] | undefined;

  /** @param neighboursOf - node ids of the peers that one has links with; those may repeat */
  constructor(nodeIds: Iterable<string>, neighboursOf: (nodeId: string) => Iterable<string>) {
    this.#nodeIds = [...nodeIds];
    const places = new Map(this.#nodeIds.map((nodeId, place) => [nodeId, place]));
    this.#neighbours = this.#nodeIds.map((nodeId) =>
      Array.from(neighboursOf(nodeId), (other) => places.get(other)!),
    );
  }

  /** How many peers each part has, the largest first. */
  get sizes(): readonly number[] {
    return (this.#sizes ??= this.#measured());
  }

  /** Node ids of the peers whose going would cut a part in two or more, in order. */
  get articulationPoints(): readonly string[] {
    return (this.#cuts ??= articulationPoints(this.#neighbours)
      .map((place) => this.#nodeIds[place]!)
      .sort());
  }

  #measured(): number[] {
    const isReached = new Uint8Array(this.#nodeIds.length);
    const sizes: number[] = [];
    const waiting: number[] = [];
    for (const start of this.#nodeIds.keys()) {
      if (isReached[start] === 1) continue;
      let size = 0;
      isReached[start] = 1;
      waiting.push(start);
      for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
        size++;
        for (const next of this.#neighbours[place]!) {
          if (isReached[next] === 1) continue;
          isReached[next] = 1;
          waiting.push(next);
        }
      }
      sizes.push(size);
    }
    return sizes.sort((a, b) => b - a);
  }
}
