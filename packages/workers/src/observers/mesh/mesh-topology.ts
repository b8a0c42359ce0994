import {
  describe,
  type EventBatch,
  type PeerEntry,
  type PeerSnapshot,
  QueryError,
} from '@panoptes/core/observer';
import { type DigestRow, RowsDigest, stampOf } from '../rows-digest.js';
import { type BestPath, bestPath, type Hop } from './best-path.js';
import {
  areSameEnds,
  countLinks,
  type Hearing,
  type LinkEnd,
  type LinkReport,
  type MeshPeer,
  readReport,
} from './hearing.js';
import { MeshPairs } from './mesh-pairs.js';
import { type Neighbour, neighboursBetween } from './neighbour.js';

/**
 * The topology of a mesh, put together from what every peer reports about whom it hears. A link
 * counts while both of its ends are there, whichever of them reports it. What it holds follows
 * from the peers there are, not from the order they came in, and counts and digest are kept with
 * every change: asking for them costs the same for any number of peers.
 */
export class MeshTopology {
  #peers = new Map<string, MeshPeer>();
  /** What is reported about a peer, by its node id, whether it is there or not. */
  #about = new Map<string, Set<Hearing>>();
  #counts = { links: 0, pairs: 0, isolated: 0, dangling: 0, selfLinks: 0 };
  #digest = new RowsDigest();
  /** Who is linked to whom, for what takes a walk over all of it. */
  #pairs = new MeshPairs();

  /** Forgets everything, then takes in these peers. */
  reset(peers: PeerSnapshot): void {
    this.#peers = new Map();
    this.#about = new Map();
    this.#counts = { links: 0, pairs: 0, isolated: 0, dangling: 0, selfLinks: 0 };
    this.#digest = new RowsDigest();
    this.#pairs = new MeshPairs();
    for (const entry of peers) this.#put(entry.peerId.nodeId, entry);
  }

  /** Follows the changes of a batch. Updates that leave the links alone cost next to nothing. */
  follow(batch: EventBatch): void {
    for (const change of batch.changes()) {
      if (change.kind === 'PeerRemoved') this.#remove(change.nodeId);
      else if (change.kind === 'PeerAdded' || change.changed.includes('links')) {
        this.#put(change.nodeId, change.entry);
      }
    }
  }

  counts(): MeshCounts {
    return { peers: this.#peers.size, ...this.#counts };
  }

  /** How many peers each connected part has, the largest first. A link in one direction connects. */
  components(): number[] {
    return [...this.#pairs.parts.sizes];
  }

  /**
   * The path from one peer to another on which most packets arrive. A hop from a to b has the
   * quality with which b says it hears a, the best of parallel links; a direction that is not
   * reported cannot be used, nor one with quality 0.
   *
   * @returns undefined when there is no such path or one of the peers is not there
   */
  bestPath(from: string, to: string): BestPath | undefined {
    if (!this.#peers.has(from) || !this.#peers.has(to)) return undefined;
    return bestPath(from, to, (nodeId) => this.#hopsFrom(nodeId));
  }

  /**
   * Peers without a link, by node id.
   *
   * @param limit - how many at most; default 100
   * @throws {QueryError} when the limit is not a whole number from 0
   */
  isolatedPeers(limit = 100): string[] {
    if (!Number.isInteger(limit) || limit < 0) {
      throw new QueryError(`isolatedPeers: expected a limit of 0 or more, got ${describe(limit)}`);
    }
    const isolated: string[] = [];
    for (const { nodeId, neighbours } of this.#peers.values()) {
      if (neighbours === 0) isolated.push(nodeId);
    }
    return isolated.sort().slice(0, limit);
  }

  /** Peers whose going would cut a connected part in two or more, by node id. */
  articulationPoints(): string[] {
    const cuts = new Set(this.#pairs.parts.points);
    const nodeIds: string[] = [];
    for (const { number, nodeId } of this.#peers.values())
      if (cuts.has(number)) nodeIds.push(nodeId);
    return nodeIds.sort();
  }

  /** How many they are. */
  get articulationPointCount(): number {
    return this.#pairs.parts.points.length;
  }

  /** The links of a peer, by node id, type and ordinal; undefined when it is not there. */
  neighbours(nodeId: string): Neighbour[] | undefined {
    const peer = this.#peers.get(nodeId);
    if (peer === undefined) return undefined;
    return [...new Set(this.#neighboursOf(nodeId))]
      .sort()
      .flatMap((other) => neighboursBetween(peer, this.#peers.get(other)!));
  }

  /** Equal for topologies with the same peers and the same reports about them. */
  digest(): string {
    return this.#digest.text;
  }

  /** Of a peer that is there those that it hears and that hear it; who does both comes twice. */
  *#neighboursOf(nodeId: string): Generator<string> {
    for (const heard of this.#peers.get(nodeId)!.hears.keys()) {
      if (this.#peers.has(heard)) yield heard;
    }
    for (const { hearer } of this.#about.get(nodeId) ?? []) yield hearer.nodeId;
  }

  *#hopsFrom(nodeId: string): Generator<Hop> {
    for (const { hearer, ends } of this.#about.get(nodeId) ?? []) {
      let quality = 0;
      for (const end of ends) if (end.quality > quality) quality = end.quality;
      yield { to: hearer.nodeId, quality };
    }
  }

  #put(nodeId: string, entry: PeerEntry): void {
    const peer = this.#peers.get(nodeId) ?? this.#welcome(nodeId);
    this.#adopt(peer, readReport(nodeId, entry.links));
  }

  /** Puts a peer's report in the place of its last one. */
  #adopt(peer: MeshPeer, report: LinkReport): void {
    this.#digest.remove(rowOf(peer));
    this.#counts.selfLinks += report.selfLinks - peer.selfLinks;
    peer.selfLinks = report.selfLinks;
    this.#digest.add(rowOf(peer));
    for (const [heard, hearing] of peer.hears) {
      if (!report.ends.has(heard)) this.#withdraw(hearing);
    }
    for (const [heard, ends] of report.ends) {
      const hearing = peer.hears.get(heard) ?? this.#begin(peer, heard);
      if (!areSameEnds(hearing.ends, ends)) this.#revise(hearing, ends);
    }
  }

  /** Lets a peer in: what others reported about it turns into links. */
  #welcome(nodeId: string): MeshPeer {
    const number = this.#pairs.add();
    const peer: MeshPeer = { nodeId, number, hears: new Map(), selfLinks: 0, neighbours: 0 };
    this.#peers.set(nodeId, peer);
    this.#counts.isolated++;
    this.#digest.add(rowOf(peer));
    for (const { hearer, ends } of this.#about.get(nodeId) ?? []) {
      this.#counts.dangling -= ends.length;
      this.#countBetween(hearer, peer, 0, ends.length);
    }
    return peer;
  }

  /** Lets a peer go: what others report about it dangles again. */
  #remove(nodeId: string): void {
    const peer = this.#peers.get(nodeId);
    if (peer === undefined) return;
    for (const hearing of peer.hears.values()) this.#withdraw(hearing);
    for (const { hearer, ends } of this.#about.get(nodeId) ?? []) {
      this.#countBetween(hearer, peer, ends.length, 0);
      this.#counts.dangling += ends.length;
    }
    this.#digest.remove(rowOf(peer));
    this.#counts.selfLinks -= peer.selfLinks;
    this.#counts.isolated--;
    this.#pairs.remove(peer.number);
    this.#peers.delete(nodeId);
  }

  /** A report about a peer of which nothing was said before. */
  #begin(hearer: MeshPeer, heard: string): Hearing {
    const stamp = stampOf([hearer.nodeId, heard]);
    const hearing: Hearing = { hearer, heard, stamp, ends: none };
    hearer.hears.set(heard, hearing);
    const about = this.#about.get(heard);
    if (about === undefined) this.#about.set(heard, new Set([hearing]));
    else about.add(hearing);
    return hearing;
  }

  /** Takes a report back. */
  #withdraw(hearing: Hearing): void {
    const { hearer, heard } = hearing;
    this.#revise(hearing, none);
    hearer.hears.delete(heard);
    const about = this.#about.get(heard)!;
    about.delete(hearing);
    if (about.size === 0) this.#about.delete(heard);
  }

  /** Replaces what one peer reports about another, and keeps counts and digest in step. */
  #revise(hearing: Hearing, ends: readonly LinkEnd[]): void {
    const { hearer, heard, ends: had } = hearing;
    for (const end of had) this.#digest.remove(endRowOf(hearing, end));
    for (const end of ends) this.#digest.add(endRowOf(hearing, end));
    hearing.ends = ends;
    const other = this.#peers.get(heard);
    if (other === undefined) {
      this.#counts.dangling += ends.length - had.length;
      return;
    }
    const back = other.hears.get(hearer.nodeId)?.ends ?? none;
    this.#countBetween(hearer, other, countLinks(had, back), countLinks(ends, back));
  }

  /** Counts the links that two peers have now instead of those before. */
  #countBetween(a: MeshPeer, b: MeshPeer, before: number, after: number): void {
    this.#counts.links += after - before;
    const pairs = Math.sign(after) - Math.sign(before);
    if (pairs === 0) return;
    this.#counts.pairs += pairs;
    if (pairs > 0) this.#pairs.link(a.number, b.number);
    else this.#pairs.unlink(a.number, b.number);
    for (const peer of [a, b]) {
      if (peer.neighbours === 0) this.#counts.isolated--;
      peer.neighbours += pairs;
      if (peer.neighbours === 0) this.#counts.isolated++;
    }
  }
}

/** The mesh in figures. */
export interface MeshCounts {
  readonly peers: number;
  /** Links between peers that are there, both directions of one counted once. */
  readonly links: number;
  /** Pairs of peers with at least one link. */
  readonly pairs: number;
  /** Peers without a link. */
  readonly isolated: number;
  /** Reports about peers that are not there; they become links when those come. */
  readonly dangling: number;
  /** Reports of peers about themselves, which are ignored. */
  readonly selfLinks: number;
}

const none: readonly LinkEnd[] = [];

const rowOf = ({ nodeId, selfLinks }: MeshPeer): DigestRow => ['peer', nodeId, selfLinks];

const endRowOf = ({ stamp }: Hearing, { type, ordinal, quality }: LinkEnd): DigestRow => [
  'end',
  stamp,
  type,
  ordinal,
  quality,
];
