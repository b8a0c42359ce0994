import { createPeer, describe, type PeerEntry } from '@panoptes/core';
import { z } from 'zod';
import type { ChurnEvent, ChurnSource } from '../churn/churn-event.js';
import { dhtInfoOf } from '../churn/identity.js';
import { profileOf } from '../churn/peer-profile.js';
import { parseFields } from './field-check.js';
import { positionOf, readJsonEntries } from './json-entries.js';
import type { JsonEntry } from './json-splitter.js';
import { TraceError, type TracePosition } from './trace-error.js';
import type { TraceFile } from './trace-file.js';

const nodeId = z.string().min(1).max(256);
const unixSeconds = z.number().min(0).max(1e10);
const quality = z.number().min(0).max(1);

const meshNode = z.object({
  id: nodeId,
  firstSeen: unixSeconds,
  lastSeen: unixSeconds,
  online: z.boolean(),
  gateway: z.boolean(),
  clients: z.number().int().min(0),
});
const meshLink = z.object({
  source: nodeId,
  target: nodeId,
  sourceTq: quality,
  targetTq: quality,
  type: z.string().min(1).max(64),
});
type MeshNode = z.output<typeof meshNode>;

/** A graph in memory: links go both ways, so no node is whole before the last link is read. */
interface Mesh {
  readonly nodes: ReadonlyMap<string, MeshNode>;
  readonly links: ReadonlyMap<string, readonly PeerEntry['links'][number][]>;
}

/**
 * Reads a mesh graph (`.json`): `{ nodes: [{ id, firstSeen, … }], links: [{ source, target, sourceTq,
 * targetTq, type }] }`, transmit quality 0..1, times in Unix seconds. A link becomes one at either
 * end, with the quality at that end; parallel links of different types stay apart. A snapshot
 * without a course of time: all peers join at instant 0, the latest `lastSeen`, and its span is 0.
 */
export async function readMesh(file: TraceFile): Promise<ChurnSource> {
  const mesh = await readGraph(file);
  const epochMs =
    [...mesh.nodes.values()].reduce((latest, node) => Math.max(latest, node.lastSeen), 0) * 1000;
  let given = 0;

  // eslint-disable-next-line @typescript-eslint/require-await -- a source is read asynchronously, this one never waits
  async function* events(): AsyncGenerator<ChurnEvent> {
    for (const node of mesh.nodes.values()) {
      given++;
      yield { at: 0, kind: 'join', peer: meshPeer(node, mesh) };
    }
  }
  return {
    name: file.name,
    kind: 'mesh graph',
    epochMs,
    events: events(),
    spanMs: () => 0,
    fractionRead: () => given / mesh.nodes.size,
  };
}

async function readGraph(file: TraceFile): Promise<Mesh> {
  const nodes = new Map<string, MeshNode>();
  const links = new Map<string, PeerEntry['links'][number][]>();
  const ends: { readonly id: string; readonly position: TracePosition }[] = [];

  const addNode = (entry: JsonEntry): void => {
    const position = positionOf(file, entry);
    const node = parseFields(meshNode, entry.text, position);
    if (nodes.has(node.id)) throw wrongId(position, 'id', 'each node once', node.id);
    nodes.set(node.id, node);
  };
  const addLink = (entry: JsonEntry): void => {
    const position = positionOf(file, entry);
    const { source, target, sourceTq, targetTq, type } = parseFields(
      meshLink,
      entry.text,
      position,
    );
    if (source === target)
      throw wrongId(position, 'target', 'another node than the source', target);
    for (const [id, end] of [
      [source, { nodeId: target, quality: sourceTq, type }],
      [target, { nodeId: source, quality: targetTq, type }],
    ] as const) {
      const known = links.get(id);
      if (known === undefined) links.set(id, [end]);
      else known.push(end);
    }
    for (const field of ['source', 'target'] as const) {
      const id = field === 'source' ? source : target;
      ends.push({ id, position: { ...position, field: `${position.field}.${field}` } });
    }
  };

  for await (const entry of readJsonEntries(file)) {
    if (entry.index === undefined) continue;
    if (entry.key === 'nodes') addNode(entry);
    else if (entry.key === 'links') addLink(entry);
  }
  if (nodes.size === 0)
    throw new TraceError({ file: file.name, field: 'nodes' }, 'expected nodes, got none');
  for (const { id, position } of ends) {
    if (!nodes.has(id)) {
      throw new TraceError(position, `expected the id of one of the nodes, got ${describe(id)}`);
    }
  }
  return { nodes, links };
}

const wrongId = (position: TracePosition, field: string, wanted: string, id: string): TraceError =>
  new TraceError(
    { ...position, field: `${position.field}.${field}` },
    `expected ${wanted}, got ${describe(id)}`,
  );

function meshPeer(node: MeshNode, mesh: Mesh): PeerEntry {
  const profile = profileOf(node.id);
  const firstSeen = node.firstSeen * 1000;
  const lastSeen = node.lastSeen * 1000;
  return createPeer({
    ...profile,
    activeProtocols: ['mesh'],
    capabilities: {
      ...profile.capabilities,
      nodeType: node.gateway ? 'gateway' : (profile.capabilities?.nodeType ?? 'mesh'),
      routingCapacity: node.clients,
      availabilityPercent: node.online ? 100 : 0,
    },
    connectionMetrics: { ...profile.connectionMetrics, connectedAt: firstSeen },
    links: mesh.links.get(node.id) ?? [],
    dhtInfo: dhtInfoOf(node.id, lastSeen),
    discoveryMethod: 'mesh-scan',
    firstSeen,
    lastSeen,
  });
}
