import { createPeer, describe, type PeerEntry, peerFields } from '@panoptes/core';
import { dhtInfoOf, identityOf, profileOf } from '@panoptes/testkit';
import { mostLinksHeld, mostPeersHeld } from '../../input/reading.js';
import { type SkipCount, takePeer } from '../skipped.js';
import { TraceError, tooManyPeers, type TracePosition } from '../trace-error.js';
import type { Aliases, MeshLink } from './mesh-links.js';
import type { MeshNode } from './mesh-node.js';

/**
 * A mesh in memory: links go both ways and may come before the nodes that they name, so no node is
 * whole before the last of the document is read.
 */
export class MeshGraph {
  readonly #nodes = new Map<string, PlacedNode>();
  readonly #numbers = new Map<number, string>();
  readonly #aliases = new Map<string, string>();
  readonly #links: PlacedLink[] = [];
  readonly #linksOf = new Map<string, Links[number][]>();
  #impliesNodes = false;

  constructor(private readonly file: string) {}

  /**
   * @param number - its position in the list of nodes, if it stands in one
   * @throws {TraceError} when it was there before, or the registry takes no such id
   */
  addNode(node: MeshNode, position: TracePosition, number?: number): void {
    if (this.#nodes.has(node.id)) throw wrongId(position, 'id', 'each node once', node.id);
    takePeer(position, () => createPeer({ peerId: identityOf(node.id) }));
    this.#nodes.set(node.id, { ...node, position });
    if (number !== undefined) this.#numbers.set(number, node.id);
  }

  addLink(link: MeshLink, position: TracePosition): void {
    this.#links.push({ ...link, position });
  }

  addAliases({ id, addresses }: Aliases): void {
    for (const address of addresses) this.#aliases.set(address, id);
  }

  /** Takes nodes that only links name for nodes: some tell of nothing but links. */
  implyNodes(): void {
    this.#impliesNodes = true;
  }

  /** @throws {TraceError} when there is more than is held */
  checkSize(): void {
    if (this.#nodes.size > mostPeersHeld || this.#aliases.size > mostPeersHeld) {
      throw tooManyPeers(this.file);
    }
    if (this.#links.length <= mostLinksHeld) return;
    throw new TraceError({ file: this.file }, `expected at most ${mostLinksHeld} links, got more`);
  }

  /** Joins nodes and links, when everything has been added. Returns the nodes. */
  finish(skipped: SkipCount): PlacedNode[] {
    const stated = new Set<string>();
    for (const link of this.#links) {
      if (this.#impliesNodes) skipped.attempt(() => this.#imply(link));
      stated.add(`${this.#idOf(link.source)}\n${this.#idOf(link.target)}`);
    }
    for (const link of this.#links) {
      skipped.attempt(() => {
        const { source, target } = this.#endsOf(link);
        const { sourceQuality, targetQuality, type } = link;
        this.#addEnd(source, { nodeId: target, quality: sourceQuality, type });
        // Each may have told of the link itself.
        const isTold = this.#impliesNodes && stated.has(`${target}\n${source}`);
        if (targetQuality === undefined || isTold) return;
        this.#addEnd(target, { nodeId: source, quality: targetQuality, type });
      });
    }
    this.#links.length = 0;
    return [...this.#nodes.values()];
  }

  /**
   * The entry of a node.
   *
   * @param epochMs - for what is not known of when it was seen
   * @throws {PeerValidationError} when the registry takes no such peer
   */
  peerOf(node: PlacedNode, epochMs: number, skipped: SkipCount): PeerEntry {
    const profile = profileOf(node.id);
    const lastSeen = node.lastSeen ?? epochMs;
    const firstSeen = node.firstSeen ?? lastSeen;
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
      links: this.#strongestOf(node, skipped),
      dhtInfo: dhtInfoOf(node.id, lastSeen),
      discoveryMethod: 'mesh-scan',
      firstSeen,
      lastSeen,
    });
  }

  /**
   * A hub hears more nodes than an entry has room for: it keeps the links of the best quality, the
   * first ones of equals. At their other ends all are kept.
   */
  #strongestOf({ id, position }: PlacedNode, skipped: SkipCount): Links {
    const links = this.#linksOf.get(id) ?? [];
    const ranked = [...links].sort((a, b) => b.quality - a.quality);
    let bytes = 0;
    const fitting = ranked.findIndex((link, rank) => {
      bytes += 16 + Buffer.byteLength(link.nodeId) + Buffer.byteLength(link.type);
      return rank === peerFields.links.maxItems || bytes > mostLinkBytes;
    });
    if (fitting === -1) return links;
    const problem =
      `expected at most ${fitting} links of a node, got ${links.length}: ` +
      `those of the best quality are kept of '${id}'`;
    skipped.leaveOut(new TraceError(position, problem), links.length - fitting);
    const kept = new Set(ranked.slice(0, fitting));
    return links.filter((link) => kept.has(link));
  }

  #addEnd(id: string, link: Links[number]): void {
    const known = this.#linksOf.get(id);
    if (known === undefined) this.#linksOf.set(id, [link]);
    else known.push(link);
  }

  #imply(link: PlacedLink): void {
    for (const end of [link.source, link.target]) {
      const id = this.#idOf(end);
      if (this.#nodes.has(id)) continue;
      this.addNode({ id, online: true, gateway: false, clients: 0 }, link.position);
    }
    this.checkSize();
  }

  #endsOf(link: PlacedLink): { readonly source: string; readonly target: string } {
    const [source, target] = [link.source, link.target].map((end, at) => {
      const id = this.#idOf(end);
      if (this.#nodes.has(id)) return id;
      throw wrongId(link.position, link.names[at]!, 'the id of one of the nodes', end);
    }) as [string, string];
    if (source !== target) return { source, target };
    throw wrongId(link.position, link.names[1], 'another node than the source', link.target);
  }

  #idOf(end: string | number): string {
    const id = typeof end === 'number' ? (this.#numbers.get(end) ?? String(end)) : end;
    return this.#aliases.get(id) ?? id;
  }
}

type Links = PeerEntry['links'];

/** A node and its place in the document. */
export interface PlacedNode extends MeshNode {
  readonly position: TracePosition;
}

interface PlacedLink extends MeshLink {
  readonly position: TracePosition;
}

/** An entry has 64 KiB; the rest of it takes little. */
const mostLinkBytes = 48 * 1024;

const wrongId = (
  position: TracePosition,
  field: string,
  wanted: string,
  id: string | number,
): TraceError =>
  new TraceError(
    { ...position, field: `${position.field ?? ''}.${field}` },
    `expected ${wanted}, got ${describe(id)}`,
  );
