import type { EntryMark, Place, SeenChange, SeenEvent } from './history.js';
import { withoutPeer, withPeer } from '@panoptes/core/observer';
import type { Findings, RuleName } from './verdicts.js';

/**
 * The peers as one incarnation has seen them: each change's old entry against the change before
 * (W8), each snapshot against its own size (W13), their number against the cap.
 */
export class PeerRules {
  readonly #stamps = new Map<string, number>();
  #sum = 0;
  /** The snapshot that is being listed. */
  #listing: { readonly seq: number; readonly size: number } | undefined;
  /** Whether these are the peers as of some transaction: not after a gap, nor within a snapshot. */
  #isKnown = false;

  constructor(
    private readonly findings: Findings,
    private readonly maxPeers: number,
  ) {}

  get size(): number {
    return this.#stamps.size;
  }

  /** The `peersSum` of the peers; undefined while they are not known for certain. */
  get sum(): number | undefined {
    return this.#isKnown ? this.#sum : undefined;
  }

  beginSnapshot(seq: number, size: number): void {
    this.#stamps.clear();
    this.#sum = 0;
    this.#listing = { seq, size };
    this.#isKnown = false;
  }

  listPeer(nodeId: string, { stamp }: EntryMark, place: Place): void {
    const seq = this.#listing?.seq;
    const known = this.#stamps.get(nodeId);
    if (seq === undefined) {
      this.#break('W13', place, undefined, 'a snapshot before its peers', `peer ${nodeId} alone`);
    } else if (known !== undefined) {
      this.#break('W13', place, seq, `peer ${nodeId} once`, 'it again in one snapshot');
    }
    this.#put(nodeId, stamp, known);
  }

  /** Returns whether the snapshot was whole. */
  endSnapshot(place: Place): boolean {
    const listing = this.#listing;
    this.#listing = undefined;
    this.findings.checked('W13');
    if (listing === undefined) {
      this.#break('W13', place, undefined, 'a snapshot before its end', 'an end alone');
      return false;
    }
    this.#isKnown = listing.size === this.#stamps.size;
    if (!this.#isKnown) {
      const got = `${this.#stamps.size} peers`;
      this.#break('W13', place, listing.seq, `the ${listing.size} peers that it says`, got);
    }
    this.#checkCap(place, listing.seq);
    return this.#isKnown;
  }

  /**
   * @param isNext - whether it follows what came before; once something is missing, nothing is known
   *   of the peers until the next snapshot
   */
  event({ seq, changes }: SeenEvent, isNext: boolean, place: Place): void {
    if (this.#listing !== undefined) {
      const { size } = this.#listing;
      this.#break('W13', place, this.#listing.seq, `all ${size} peers before an event`, 'an event');
      this.#listing = undefined;
    }
    if (!isNext) this.#isKnown = false;
    for (const change of changes) this.#apply(change, seq, place);
    if (this.#isKnown) this.#checkCap(place, seq);
  }

  #apply(change: SeenChange, seq: number, place: Place): void {
    const { nodeId } = change;
    const known = this.#stamps.get(nodeId);
    if (this.#isKnown) this.#checkOld(change, known, seq, place);
    if (change.kind !== 'PeerRemoved') {
      this.#put(nodeId, change.now.stamp, known);
    } else if (known !== undefined) {
      this.#stamps.delete(nodeId);
      this.#sum = withoutPeer(this.#sum, known);
    }
  }

  /** @param known - the stamp that the peer had before; undefined of one that was not there */
  #checkOld(change: SeenChange, known: number | undefined, seq: number, place: Place): void {
    const { kind, nodeId } = change;
    this.findings.checked('W8');
    if (kind === 'PeerAdded') {
      if (known === undefined) return;
      this.#break('W8', place, seq, `no addition of ${nodeId}, which is there`, 'PeerAdded');
      return;
    }
    if (kind === 'PeerUpdated' && change.old.stamp === change.now.stamp) {
      this.#break('W8', place, seq, `a change of ${nodeId}`, 'PeerUpdated with equal entries');
    }
    if (known === change.old.stamp) return;
    const expected =
      known === undefined
        ? `nothing of ${nodeId}, which is not there`
        : `the entry that ${nodeId} had (${hex(known)})`;
    this.#break('W8', place, seq, expected, `${kind} of an old entry ${hex(change.old.stamp)}`);
  }

  #put(nodeId: string, stamp: number, known: number | undefined): void {
    if (known !== undefined) this.#sum = withoutPeer(this.#sum, known);
    this.#stamps.set(nodeId, stamp);
    this.#sum = withPeer(this.#sum, stamp);
  }

  #checkCap(place: Place, seq: number): void {
    this.findings.checked('caps');
    if (this.size <= this.maxPeers) return;
    this.#break('caps', place, seq, `at most ${this.maxPeers} peers`, `${this.size}`);
  }

  #break(
    rule: RuleName,
    place: Place,
    seq: number | undefined,
    expected: string,
    got: string,
  ): void {
    this.findings.broken({ rule, place, ...(seq !== undefined && { seq }), expected, got });
  }
}

const hex = (stamp: number): string => stamp.toString(16).padStart(12, '0');
