import fc from 'fast-check';
import { expect, it } from 'vitest';
import { connectedParts } from './connected-parts.js';

type Edge = readonly [number, number];

const neighboursOf = (nodes: number, edges: readonly Edge[]): number[][] => {
  const neighbours = Array.from({ length: nodes }, (): number[] => []);
  for (const [a, b] of edges) {
    neighbours[a]!.push(b);
    neighbours[b]!.push(a);
  }
  return neighbours;
};

/** How many connected parts there are without the node `gone`. */
function parts(nodes: number, edges: readonly Edge[], gone: number): number {
  const label = Array.from({ length: nodes }, (_, node) => node);
  for (let round = 0; round < nodes; round++) {
    for (const [a, b] of edges) {
      if (a === gone || b === gone) continue;
      label[a] = label[b] = Math.min(label[a]!, label[b]!);
    }
  }
  label.splice(gone, 1);
  return new Set(label).size;
}

const graph = fc.integer({ min: 1, max: 12 }).chain((nodes) => {
  const node = fc.nat({ max: nodes - 1 });
  return fc.record({
    nodes: fc.constant(nodes),
    edges: fc.array(fc.tuple(node, node), { maxLength: 20, size: 'max' }),
  });
});

it('finds the nodes whose removal leaves more parts, in any graph', () => {
  fc.assert(
    fc.property(graph, ({ nodes, edges }) => {
      const all = Array.from({ length: nodes }, (_, node) => node);
      const isAlone = (node: number): boolean =>
        edges.every(([a, b]) => a === b || (a !== node && b !== node));
      const whole = parts(nodes + 1, edges, nodes);
      const expected = all.filter((node) => !isAlone(node) && parts(nodes, edges, node) > whole);
      expect(connectedParts(neighboursOf(nodes, edges)).points).toEqual(expected);
    }),
    { numRuns: 2000 },
  );
});

it('finds all but the ends of a chain longer than the call stack', () => {
  const length = 200_000;
  const edges = Array.from({ length: length - 1 }, (_, node): Edge => [node, node + 1]);
  expect(connectedParts(neighboursOf(length, edges)).points).toHaveLength(length - 2);
});

it('finds the parts and their sizes, the largest first, and leaves out where there is no node', () => {
  fc.assert(
    fc.property(graph, fc.nat({ max: 11 }), ({ nodes, edges }, gone) => {
      const left = edges.filter((edge) => !edge.includes(gone));
      const neighbours: (number[] | undefined)[] = neighboursOf(nodes, left);
      if (gone < nodes) neighbours[gone] = undefined;
      const { sizes } = connectedParts(neighbours);
      const there = gone < nodes ? nodes - 1 : nodes;
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(there);
      expect(sizes).toHaveLength(parts(nodes + 1, left, nodes) - (gone < nodes ? 1 : 0));
      expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    }),
  );
});
