import { describe } from '@panoptes/core';
import { z } from 'zod';
import { instant, parseFields } from '../field-check.js';
import type { JsonEntry } from '../json-splitter.js';
import { TraceError, type TracePosition } from '../trace-error.js';

/** What a mesh graph says of a node. Times are Unix milliseconds; undefined where it says nothing. */
export interface MeshNode {
  readonly id: string;
  readonly firstSeen?: number | undefined;
  readonly lastSeen?: number | undefined;
  readonly online: boolean;
  readonly gateway: boolean;
  /** Devices that it serves. */
  readonly clients: number;
}

/** Unix seconds, read as milliseconds. */
export const unixMs = z
  .number()
  .min(0)
  .max(1e10)
  .transform((seconds) => seconds * 1000);
const id = z.string().min(1);
const count = z.number().min(0);
const total = z.union([count, z.object({ total: count }).transform((counts) => counts.total)]);

/**
 * A node as this project, meshviewer (`node_id`, `is_online`, …), yanic (`nodeinfo`, `flags`,
 * `statistics`), its node list (`status`) and NetJSON write it.
 */
const nodeShape = z.object({
  id: id.nullish(),
  node_id: id.nullish(),
  nodeinfo: z.object({ node_id: id.nullish() }).nullish(),
  firstSeen: unixMs.nullish(),
  firstseen: instant.nullish(),
  lastSeen: unixMs.nullish(),
  lastseen: instant.nullish(),
  online: z.boolean().nullish(),
  is_online: z.boolean().nullish(),
  // Meshviewer has a gateway’s address there.
  gateway: z.union([z.boolean(), z.string().transform(() => null)]).nullish(),
  is_gateway: z.boolean().nullish(),
  flags: z.object({ online: z.boolean().nullish(), gateway: z.boolean().nullish() }).nullish(),
  clients: total.nullish(),
  statistics: z.object({ clients: total.nullish() }).nullish(),
  status: z
    .object({
      online: z.boolean().nullish(),
      lastcontact: instant.nullish(),
      clients: count.nullish(),
    })
    .nullish(),
});

/**
 * Reads a node.
 *
 * @param name - the key it stands under, where it stands under one
 * @throws {TraceError} when it is none
 */
export function meshNode(entry: JsonEntry, position: TracePosition, name?: string): MeshNode {
  const { nodeinfo, flags, statistics, status, ...node } = parseFields(
    nodeShape,
    entry.bytes,
    position,
  );
  const nodeId = node.node_id ?? nodeinfo?.node_id ?? node.id ?? name;
  if (nodeId === undefined) {
    const field = `${position.field ?? ''}.id`;
    throw new TraceError({ ...position, field }, `expected a node id, got ${describe(nodeId)}`);
  }
  return {
    id: nodeId,
    firstSeen: node.firstSeen ?? node.firstseen ?? undefined,
    lastSeen: node.lastSeen ?? node.lastseen ?? status?.lastcontact ?? undefined,
    online: node.online ?? node.is_online ?? flags?.online ?? status?.online ?? true,
    gateway: node.gateway ?? node.is_gateway ?? flags?.gateway ?? false,
    clients: node.clients ?? statistics?.clients ?? status?.clients ?? 0,
  };
}
