import {
  describe,
  type EventBatch,
  type PeerEntry,
  type PeerSnapshot,
  QueryError,
} from '@panoptes/core/observer';
import { type DigestRow, digestOf } from '../rows-digest.js';
import {
  countLinks,
  type Hearing,
  type LinkEnd,
  type LinkReport,
  type MeshPeer,
  readReport,
} from './hearing.js';
import { type BestPath, MeshGraph } from './mesh-graph.js';
import { type Neighbour, neighboursBetween } from './neighbour.js';

/**
 * The topology of a mesh, put together from what every peer reports about whom it hears. A link
 * counts while both of its ends are there, whichever of them reports it. What it holds follows
 * from the peers there are, not from the order they came in.
 */
export class MeshTopology {
  #graph = new MeshGraph();
  #peers = new Map<string, MeshPeer>();
  /** What is reported about peers that are not there, by their node ids. */
  #dangling = new Map<string, Set<Hearing>>();
  #counts = { links: 0, pairs: 0, dangling: 0, selfLinks: 0 };

  /** Forgets everything, then takes in these peers. */
  reset(peers: PeerSnapshot): void {
    this.#graph = new MeshGraph();
    this.#peers = new Map();
    this.#dangling = new Map();
    this.#counts = { links: 0, pairs: 0, dangling: 0, selfLinks: 0 };
    // First who is there, then what they report: so nothing dangles that need not.
    const reports = Array.from(peers, (entry): [MeshPeer, LinkReport] => {
      const { nodeId } = entry.peerId;
      return [this.#welcome(nodeId), readReport(nodeId, entry.links)];
    });
    for (const [peer, report] of reports) this.#adopt(peer, report);
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
    return {
      peers: this.#peers.size,
      isolated: this.#graph.isolated().length,
      ...this.#counts,
    };
  }

  /** How many peers each connected part has, the largest first. */
  components(): number[] {
    return this.#graph.componentSizes();
  }

  /**
   * The path from one peer to another on which most packets arrive. A hop from a to b has the
   * quality with which b says it hears a; a direction that is not reported cannot be used, nor one
   * with quality 0.
   *
   * @returns undefined when there is no such path or one of the peers is not there
   */
  bestPath(from: string, to: string): BestPath | undefined {
    const [start, end] = [this.#peers.get(from), this.#peers.get(to)];
    return start && end && this.#graph.bestPath(start, end);
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
    return this.#graph.isolated().sort().slice(0, limit);
  }

  /** Peers whose going would cut a connected part in two or more, by node id. */
  articulationPoints(): string[] {
    return this.#graph.articulationPoints().sort();
  }

  /** The links of a peer, by node id, type and ordinal; undefined when it is not there. */
  neighbours(nodeId: string): Neighbour[] | undefined {
    const peer = this.#peers.get(nodeId);
    if (peer === undefined) return undefined;
    const others = this.#graph.hearingsOf(peer).map(({ hearer }) => hearer.nodeId);
    return [...new Set([...others, ...peer.hears.keys()])].sort().flatMap((other) => {
      const there = this.#peers.get(other);
      return there === undefined ? [] : neighboursBetween(peer, there);
    });
  }

  /** Equal for topologies with the same peers and the same reports about them. */
  digest(): string {
    return digestOf(this.#rows());
  }

  *#rows(): Generator<DigestRow> {
    for (const { nodeId, selfLinks } of this.#peers.values()) yield ['peer', nodeId, selfLinks];
    for (const hearing of this.#graph.hearings()) yield* rowsOf('link', hearing);
    for (const hearings of this.#dangling.values()) {
      for (const hearing of hearings) yield* rowsOf('dangling', hearing);
    }
  }

  #put(nodeId: string, entry: PeerEntry): void {
    const peer = this.#peers.get(nodeId) ?? this.#welcome(nodeId);
    this.#adopt(peer, readReport(nodeId, entry.links));
  }

  /** Puts a peer's report in the place of its last one. */
  #adopt(peer: MeshPeer, report: LinkReport): void {
    this.#counts.selfLinks += report.selfLinks - peer.selfLinks;
    peer.selfLinks = report.selfLinks;
    for (const [heard, hearing] of peer.hears) {
      if (report.ends.has(heard)) continue;
      this.#revise(hearing, none);
      peer.hears.delete(heard);
    }
    for (const [heard, ends] of report.ends) {
      let hearing = peer.hears.get(heard);
      if (hearing === undefined) {
        hearing = { hearer: peer, heard, ends: none };
        peer.hears.set(heard, hearing);
      }
      this.#revise(hearing, ends);
    }
  }

  /** Lets a peer in: what others reported about it turns into links. */
  #welcome(nodeId: string): MeshPeer {
    const peer = { nodeId, key: this.#graph.nextKey(), hears: new Map(), selfLinks: 0 };
    this.#aroundChange([...(this.#dangling.get(nodeId) ?? [])], () => {
      this.#peers.set(nodeId, peer);
      this.#graph.addPeer(peer);
    });
    return peer;
  }

  /** Lets a peer go: what others report about it dangles again. */
  #remove(nodeId: string): void {
    const peer = this.#peers.get(nodeId);
    if (peer === undefined) return;
    for (const hearing of peer.hears.values()) this.#revise(hearing, none);
    this.#counts.selfLinks -= peer.selfLinks;
    this.#aroundChange(this.#graph.hearingsOf(peer), () => {
      this.#peers.delete(nodeId);
      this.#graph.removePeer(peer);
    });
  }

  /** Takes reports back, changes whether the peer that they are about is there, and makes them again. */
  #aroundChange(hearings: readonly Hearing[], change: () => void): void {
    const reported = hearings.map(({ ends }) => ends);
    for (const hearing of hearings) this.#revise(hearing, none);
    change();
    hearings.forEach((hearing, index) => this.#revise(hearing, reported[index]!));
  }

  /** Replaces what one peer reports about another, and keeps graph and counts in step. */
  #revise(hearing: Hearing, ends: readonly LinkEnd[]): void {
    const had = hearing.ends;
    const heard = this.#peers.get(hearing.heard);
    hearing.ends = ends;
    if (heard === undefined) {
      this.#reviseDangling(hearing, ends.length - had.length);
      return;
    }
    if (had.length === 0 && ends.length > 0) this.#graph.add(hearing, heard);
    else if (had.length > 0 && ends.length === 0) this.#graph.remove(hearing, heard);
    const back = heard.hears.get(hearing.hearer.nodeId)?.ends ?? none;
    const [before, after] = [countLinks(had, back), countLinks(ends, back)];
    this.#counts.links += after - before;
    this.#counts.pairs += Math.sign(after) - Math.sign(before);
  }

  #reviseDangling(hearing: Hearing, difference: number): void {
    this.#counts.dangling += difference;
    const hearings = this.#dangling.get(hearing.heard);
    if (hearing.ends.length > 0) {
      if (hearings === undefined) this.#dangling.set(hearing.heard, new Set([hearing]));
      else hearings.add(hearing);
    } else if (hearings?.delete(hearing) === true && hearings.size === 0) {
      this.#dangling.delete(hearing.heard);
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

const rowsOf = (kind: string, { hearer, heard, ends }: Hearing): DigestRow[] =>
  ends.map(({ type, ordinal, quality }) => [kind, hearer.nodeId, heard, type, ordinal, quality]);
