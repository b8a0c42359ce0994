/**
 * The connected parts of an undirected graph, and its articulation points: nodes whose removal cuts a
 * part in two or more. Hopcroft and Tarjan's algorithm ("Efficient algorithms for graph manipulation",
 * 1973), O(nodes + edges), with a stack of its own since a mesh may be a chain longer than the call stack.
 *
 * A node is a point when a child of it in the depth-first tree reaches, with its descendants,
 * nothing above that node; the root when it has more than one child.
 *
 * @param neighbours - for each node, from 0, its neighbours; each edge is listed at both of its
 * ends; parallel edges and loops do no harm; where there is no node, nothing
 */
export function connectedParts(
  neighbours: readonly (readonly number[] | undefined)[],
): ConnectedParts {
  const count = neighbours.length;
  /** When a node was entered, from 1; 0 before. */
  const entered = new Uint32Array(count);
  /** The earliest entry that a node and what is below it reach. */
  const reach = new Uint32Array(count);
  /** How many of a node's neighbours have been looked at. */
  const looked = new Uint32Array(count);
  const parent = new Int32Array(count).fill(-1);
  const isPoint = new Uint8Array(count);
  const path: number[] = [];
  const sizes: number[] = [];
  let clock = 0;

  const enter = (node: number): void => {
    entered[node] = reach[node] = ++clock;
    path.push(node);
  };
  for (let root = 0; root < count; root++) {
    if (entered[root] !== 0 || neighbours[root] === undefined) continue;
    const enteredBefore = clock;
    let rootChildren = 0;
    enter(root);
    while (path.length > 0) {
      const node = path[path.length - 1]!;
      const next = neighbours[node]![looked[node]!++];
      if (next !== undefined) {
        if (entered[next] === 0) {
          parent[next] = node;
          enter(next);
        } else if (entered[next]! < reach[node]!) {
          // The edge back to the parent may count too: reaching the parent is not passing it.
          reach[node] = entered[next]!;
        }
        continue;
      }
      path.pop();
      const above = parent[node]!;
      if (above === -1) continue;
      if (reach[node]! < reach[above]!) reach[above] = reach[node]!;
      if (above === root) rootChildren++;
      else if (reach[node]! >= entered[above]!) isPoint[above] = 1;
    }
    if (rootChildren > 1) isPoint[root] = 1;
    sizes.push(clock - enteredBefore);
  }
  const points: number[] = [];
  for (let node = 0; node < count; node++) if (isPoint[node] === 1) points.push(node);
  return { sizes: sizes.sort((a, b) => b - a), points };
}

/** What a graph falls into. */
export interface ConnectedParts {
  /** How many nodes each part has, the largest first. */
  readonly sizes: readonly number[];
  /** The articulation points in ascending order. */
  readonly points: readonly number[];
}
