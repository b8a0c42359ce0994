import { z } from 'zod';
import { parseFields } from '../field-check.js';
import type { JsonEntry } from '../json-splitter.js';
import type { TracePosition } from '../trace-error.js';

/** A link between two nodes, and what its ends are called where it stands. */
export interface MeshLink {
  /** A node's id, an address of it, or its position in the list of nodes. */
  readonly source: string | number;
  readonly target: string | number;
  /** Share of packets that arrive at the source. */
  readonly sourceQuality: number;
  /** At the target; undefined where only the source's own view is told. */
  readonly targetQuality?: number | undefined;
  readonly type: string;
  readonly names: readonly [source: string, target: string];
}

const end = z.union([z.string().min(1), z.int().min(0)]);
const quality = z.number().min(0).max(1);
const type = z.string().min(1).nullish();

/** A cost in transmissions for one that arrives (ETX), as a share. */
const cost = z.coerce
  .number({ error: 'expected a number' })
  .min(0)
  .transform((transmissions) => 1 / Math.max(1, transmissions));

const linkShape = z.object({
  source: end,
  target: end,
  sourceTq: quality.nullish(),
  targetTq: quality.nullish(),
  source_tq: quality.nullish(),
  target_tq: quality.nullish(),
  tq: cost.nullish(),
  cost: cost.nullish(),
  weight: cost.nullish(),
  type,
  vpn: z.boolean().nullish(),
});

/** Where a link says nothing of its quality, or of its medium. */
const unknownQuality = 1;
const unknownType = 'other';

/**
 * A link as this project (`sourceTq`), meshviewer (`source_tq`), yanic's graph (`tq`, nodes by
 * position) and NetJSON (`cost`) write it.
 */
export function meshLink(entry: JsonEntry, position: TracePosition): MeshLink {
  const link = parseFields(linkShape, entry.bytes, position);
  const both = link.tq ?? link.cost ?? link.weight ?? undefined;
  const sourceQuality = link.sourceTq ?? link.source_tq ?? both;
  const targetQuality = link.targetTq ?? link.target_tq ?? both;
  return {
    source: link.source,
    target: link.target,
    sourceQuality: sourceQuality ?? targetQuality ?? unknownQuality,
    targetQuality: targetQuality ?? sourceQuality ?? unknownQuality,
    type: link.type ?? (link.vpn === true ? 'vpn' : unknownType),
    names: ['source', 'target'],
  };
}

const topologyShape = z.object({
  lastHopIP: z.string().min(1),
  destinationIP: z.string().min(1),
  linkQuality: quality,
  neighborLinkQuality: quality,
});

/** A link as in the `topology` of olsrd's jsoninfo plugin. */
export function olsrTopology(entry: JsonEntry, position: TracePosition): MeshLink {
  const link = parseFields(topologyShape, entry.bytes, position);
  return {
    source: link.lastHopIP,
    target: link.destinationIP,
    sourceQuality: link.linkQuality,
    targetQuality: link.neighborLinkQuality,
    type: 'olsr',
    names: ['lastHopIP', 'destinationIP'],
  };
}

/** A node and its other addresses. */
export interface Aliases {
  readonly id: string;
  readonly addresses: readonly string[];
}

const address = z.object({ ipAddress: z.string().min(1) });
const aliasShape = z.object({ main: address, aliases: z.array(address).default([]) });

/** A node's addresses as in the `mid` of olsrd's jsoninfo plugin. */
export function olsrAliases(entry: JsonEntry, position: TracePosition): Aliases {
  const { main, aliases } = parseFields(aliasShape, entry.bytes, position);
  return { id: main.ipAddress, addresses: aliases.map(({ ipAddress }) => ipAddress) };
}

const visShape = z.object({
  primary: z.string().min(1),
  secondary: z.array(z.string().min(1)).default([]),
  neighbors: z
    .array(z.object({ router: z.string().min(1), neighbor: z.string().min(1), metric: cost }))
    .default([]),
  clients: z.array(z.unknown()).default([]),
});

/** A node, its addresses and whom it hears, as batadv-vis (`-f jsondoc`) writes it. */
export function batadvVis(
  entry: JsonEntry,
  position: TracePosition,
): Aliases & { readonly clients: number; readonly links: readonly MeshLink[] } {
  const { primary, secondary, neighbors, clients } = parseFields(visShape, entry.bytes, position);
  return {
    id: primary,
    addresses: secondary,
    clients: clients.length,
    links: neighbors.map(({ router, neighbor, metric }) => ({
      source: router,
      target: neighbor,
      sourceQuality: metric,
      type: 'batman-adv',
      names: ['router', 'neighbor'],
    })),
  };
}
