import {
  type EventBatch,
  type PeerEntry,
  type PeerSnapshot,
  QueryError,
  describe,
} from '@panoptes/core/observer';
import { digestOf } from '../rows-digest.js';
import { type ChangesSince, SetHistory } from './set-history.js';
import { ValidatorGuard } from './validator-guard.js';
import type { ValidatorSettings } from './validator-options.js';
import { validatorWeight } from './validator-weight.js';

/**
 * The active validator set: who may validate, and with what weight. Who is in it follows from the
 * peers there are; only the history of its changes depends on what was seen.
 */
export class ValidatorSet {
  /** What it says to proposals as a critical observer. */
  readonly guard: ValidatorGuard;
  readonly #settings: ValidatorSettings;
  #weights = new Map<string, number>();
  #totalWeight = 0;
  /** Made when it is known at which transaction following begins. */
  #history: SetHistory | undefined;
  #lastSeq = 0;

  constructor(settings: ValidatorSettings) {
    this.#settings = settings;
    this.guard = new ValidatorGuard(this, settings);
  }

  /** How many validators are active. */
  get size(): number {
    return this.#weights.size;
  }

  /** Whether a peer is active. */
  has(nodeId: string): boolean {
    return this.#weights.has(nodeId);
  }

  /** Forgets everything, its history too, then takes in these peers. */
  reset(peers: PeerSnapshot): void {
    this.#weights = new Map();
    this.#totalWeight = 0;
    this.#lastSeq = peers.seq;
    this.guard.reset();
    this.#history = new SetHistory(this.#settings.historySize, peers.seq);
    for (const entry of peers) {
      const weight = validatorWeight(entry, this.#settings);
      if (weight !== undefined) this.#set(entry.peerId.nodeId, weight);
    }
  }

  /** Follows the changes of a batch. */
  follow(batch: EventBatch): void {
    if (batch.size === 0) return;
    this.#history ??= new SetHistory(this.#settings.historySize, batch.firstSeq - 1);
    for (const change of batch.changes()) {
      this.guard.committed(change.nodeId);
      if (change.kind === 'PeerRemoved') this.#leave(this.#history, change.nodeId, change.seq);
      else this.#assess(this.#history, change.nodeId, change.entry, change.seq);
    }
    this.#lastSeq = batch.lastSeq;
  }

  /** The active validators by node id. */
  activeSet(): Validator[] {
    return [...this.#weights]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([nodeId, weight]) => ({ nodeId, weight }));
  }

  /** The weight of a peer in millionths; undefined when it is not active. */
  weightOf(nodeId: string): number | undefined {
    return this.#weights.get(nodeId);
  }

  /** The weight of all active validators, in millionths. */
  totalWeight(): number {
    return this.#totalWeight;
  }

  quorum(): Quorum {
    const size = this.#weights.size;
    const weight = this.#totalWeight;
    return {
      size,
      quorumSize: moreThanTwoThirds(size),
      weight,
      quorumWeight: moreThanTwoThirds(weight),
    };
  }

  /**
   * How the set changed after a transaction. The answer says `complete: false` when the history
   * does not reach back that far: it is bounded, and it begins at the latest snapshot.
   *
   * @throws {QueryError} when `seq` is not a whole number from 0
   */
  changesSince(seq: number): ChangesSince {
    if (!Number.isInteger(seq) || seq < 0) {
      throw new QueryError(`changesSince: expected a seq of 0 or more, got ${describe(seq)}`);
    }
    return (
      this.#history?.since(seq, this.#lastSeq) ?? { changes: [], upToSeq: 0, complete: seq === 0 }
    );
  }

  /** Equal for sets with the same members and weights. */
  digest(): string {
    return digestOf(this.#weights);
  }

  #assess(history: SetHistory, nodeId: string, entry: PeerEntry, seq: number): void {
    const weight = validatorWeight(entry, this.#settings);
    if (weight === undefined) {
      this.#leave(history, nodeId, seq);
      return;
    }
    const before = this.#weights.get(nodeId);
    if (before === weight) return;
    this.#set(nodeId, weight);
    history.record({ seq, nodeId, kind: before === undefined ? 'joined' : 'reweighted', weight });
  }

  #set(nodeId: string, weight: number): void {
    this.#totalWeight += weight - (this.#weights.get(nodeId) ?? 0);
    this.#weights.set(nodeId, weight);
  }

  #leave(history: SetHistory, nodeId: string, seq: number): void {
    const weight = this.#weights.get(nodeId);
    if (weight === undefined) return;
    this.#weights.delete(nodeId);
    this.#totalWeight -= weight;
    history.record({ seq, nodeId, kind: 'left', weight: 0 });
  }
}

/** A member of the active set. */
export interface Validator {
  readonly nodeId: string;
  /** Millionths; see `validatorWeight`. */
  readonly weight: number;
}

/** What a decision of the set takes, in heads and in weight. */
export interface Quorum {
  /** Active validators. */
  readonly size: number;
  /** The smallest number of them that is more than two thirds, as Byzantine agreement needs. */
  readonly quorumSize: number;
  /** Weight of all of them, in millionths. */
  readonly weight: number;
  /** The smallest weight that is more than two thirds of it. */
  readonly quorumWeight: number;
}

/** Exact for whole numbers: `n / 3 * 2` would not be. */
const moreThanTwoThirds = (n: number): number => Math.floor((2 * n) / 3) + 1;
