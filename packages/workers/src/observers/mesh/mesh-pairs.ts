import { type ConnectedParts, connectedParts } from './connected-parts.js';

/**
 * The peers of a mesh as numbers, and which pairs of them have a link: a walk over all of it takes a
 * fraction of what it takes over peers that are known by name.
 */
export class MeshPairs {
  /** By peer; undefined where there is none. */
  readonly #neighbours: (number[] | undefined)[] = [];
  readonly #free: number[] = [];
  /** Until something changes. */
  #parts: ConnectedParts | undefined;

  /** Takes a peer in, without a link; gives its number. */
  add(): number {
    const peer = this.#free.pop() ?? this.#neighbours.length;
    this.#neighbours[peer] = [];
    this.#parts = undefined;
    return peer;
  }

  /** Lets a peer go that has no link left; its number will be another's. */
  remove(peer: number): void {
    this.#neighbours[peer] = undefined;
    this.#free.push(peer);
    this.#parts = undefined;
  }

  /** Two that are no pair become one. */
  link(a: number, b: number): void {
    this.#neighbours[a]!.push(b);
    this.#neighbours[b]!.push(a);
    this.#parts = undefined;
  }

  /** Two that are a pair are none any more. */
  unlink(a: number, b: number): void {
    takeOut(this.#neighbours[a]!, b);
    takeOut(this.#neighbours[b]!, a);
    this.#parts = undefined;
  }

  /** What they fall into. */
  get parts(): ConnectedParts {
    return (this.#parts ??= connectedParts(this.#neighbours));
  }
}

/** Order does not matter: the last one takes its place. */
function takeOut(list: number[], one: number): void {
  const last = list.pop()!;
  if (last !== one) list[list.indexOf(one)] = last;
}
