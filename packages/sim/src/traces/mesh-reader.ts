import type { ChurnEvent } from '@panoptes/testkit';
import type { ChurnSource } from '../churn/churn-source.js';
import { generatedEpochMs } from '../time/generated-epoch.js';
import { instant, parseFields } from './field-check.js';
import { positionOf } from './json-entries.js';
import type { JsonPath } from './json-path.js';
import type { JsonEntry } from './json-splitter.js';
import { MeshGraph } from './mesh/mesh-graph.js';
import { batadvVis, meshLink, olsrAliases, olsrTopology } from './mesh/mesh-links.js';
import { meshNode, unixMs } from './mesh/mesh-node.js';
import { type SkipCount, takePeer } from './skipped.js';
import type { TracePosition } from './trace-error.js';
import type { TraceFile } from './trace-file.js';

/**
 * Reads a mesh graph from a JSON document, in any order of its keys, whichever of these it holds:
 * `nodes` and `links` (also as meshviewer and yanic write them, and NetJSON), `batadv` (yanic's
 * graph), `vis` (batman-adv's) or `topology` (olsrd's). A link becomes one at either end, with the
 * quality at that end; parallel links of different types stay apart. A snapshot without a course of
 * time: all peers join at instant 0, the latest time at which one was seen, and its span is 0.
 */
export async function readMesh(
  file: TraceFile,
  entries: AsyncIterable<JsonEntry>,
  skipped: SkipCount,
): Promise<ChurnSource> {
  const graph = new MeshGraph(file.name);
  let statedMs: number | undefined;
  for await (const entry of entries) {
    skipped.attempt(() => {
      statedMs = addEntry(graph, entry, file) ?? statedMs;
    });
    graph.checkSize();
  }
  const nodes = graph.finish(skipped);
  if (nodes.length === 0) {
    throw skipped.nothingLeft({ file: file.name, field: 'nodes' }, 'nodes');
  }
  const latest = nodes.reduce((most, { lastSeen = 0 }) => Math.max(most, lastSeen), 0);
  const epochMs = latest > 0 ? latest : (statedMs ?? generatedEpochMs);
  let given = 0;

  // eslint-disable-next-line @typescript-eslint/require-await -- a source is read asynchronously, this one never waits
  async function* events(): AsyncGenerator<ChurnEvent> {
    for (const node of nodes) {
      given++;
      const peer = skipped.attempt(() =>
        takePeer(node.position, () => graph.peerOf(node, epochMs, skipped)),
      );
      if (peer !== undefined) yield { at: 0, kind: 'join', peer };
    }
  }
  return {
    name: file.name,
    kind: 'mesh graph',
    epochMs,
    events: events(),
    spanMs: () => 0,
    fractionRead: () => given / nodes.length,
    skipped,
  };
}

/** What stands in a section of the document, each item of a list for itself. */
type Add = (
  graph: MeshGraph,
  entry: JsonEntry,
  position: TracePosition,
  step: string | number,
) => void;

const addNode: Add = (graph, entry, position, step) => {
  const isNamed = typeof step === 'string';
  const node = meshNode(entry, position, isNamed ? step : undefined);
  graph.addNode(node, position, isNamed ? undefined : step);
};
const addLink: Add = (graph, entry, position) => {
  graph.addLink(meshLink(entry, position), position);
};
const addTopology: Add = (graph, entry, position) => {
  graph.implyNodes();
  graph.addLink(olsrTopology(entry, position), position);
};
const addMid: Add = (graph, entry, position) => {
  graph.addAliases(olsrAliases(entry, position));
};
const addVis: Add = (graph, entry, position) => {
  const { links, clients, ...node } = batadvVis(entry, position);
  graph.implyNodes();
  graph.addAliases(node);
  graph.addNode({ id: node.id, online: true, gateway: false, clients }, position);
  for (const link of links) graph.addLink(link, position);
};

const sections: ReadonlyMap<string, Add> = new Map([
  ['nodes', addNode],
  ['links', addLink],
  ['batadv.nodes', addNode],
  ['batadv.links', addLink],
  ['topology', addTopology],
  ['mid', addMid],
  ['vis', addVis],
]);

/** Whether an entry of a document is one that only a mesh graph has. */
export const isOfMesh = ({ path }: JsonEntry): boolean =>
  path.length > 1 && sections.has(sectionOf(path));

/** Adds what an entry tells of. Returns the time that it states, if that is what it does. */
function addEntry(graph: MeshGraph, entry: JsonEntry, file: TraceFile): number | undefined {
  const { path, bytes } = entry;
  const position = positionOf(file, entry);
  if (path.length === 1 && path[0] === 'timestamp') return parseFields(instant, bytes, position);
  if (path.length === 1 && path[0] === 'systemTime') return parseFields(unixMs, bytes, position);
  if (path.length > 1) sections.get(sectionOf(path))?.(graph, entry, position, path.at(-1)!);
  return undefined;
}

const sectionOf = (path: JsonPath): string => path.slice(0, -1).join('.');
