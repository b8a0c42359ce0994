import { isDeepStrictEqual } from 'node:util';
import type { PeerEntry } from '../peers/peer-entry.js';
import { PeerModel } from '../peers/peer-model.fixture.js';
import type { RemovalReason } from '../log/events.js';

/** A step as the scripts of the tests hold it. */
export type ModelStep =
  | { readonly kind: 'upsert'; readonly peer: PeerEntry; readonly allowIdentityChange?: boolean }
  | { readonly kind: 'remove'; readonly nodeId: string }
  | {
      readonly kind: 'update';
      readonly nodeId: string;
      /** What the patch or the function makes of an entry; undefined for nothing. */
      readonly next: (entry: PeerEntry) => PeerEntry | undefined;
      /** How that fails, if it does. */
      readonly fails?: string | undefined;
    };

/** One peer's change, without what the names of the changed fields would add. */
export interface ModelChange {
  readonly kind: 'PeerAdded' | 'PeerUpdated' | 'PeerRemoved';
  readonly nodeId: string;
  readonly entry: PeerEntry;
  readonly old?: PeerEntry;
  readonly reason?: RemovalReason;
}

/** The outcome of a command: its changes, or the code of its refusal. */
export type ModelOutcome =
  | { readonly changes: readonly ModelChange[] }
  | { readonly code: string; readonly position?: number };

/** The rules of a registry. */
export interface ModelRules {
  readonly maxPeers: number;
  readonly ttlMs: number;
  readonly maxBatchChanges: number;
  readonly maxFutureMs: number;
  readonly futureTimes: 'clamp' | 'refuse';
  /** Why the transaction with these changes is not committed although it could be, if so. */
  readonly refuses?: (changes: readonly ModelChange[]) => string | undefined;
}

type StepOutcome = ModelChange | { readonly code: string } | undefined;

/**
 * The registry done the plain way: one command after another on a map, a batch on a copy of it that
 * replaces the map only if every step succeeded.
 */
export class RegistryModel {
  peers = new PeerModel();
  /** The changes of each transaction, in order. */
  readonly transactions: (readonly ModelChange[])[] = [];
  /** When each was handed in. */
  readonly times: number[] = [];
  readonly #rules: ModelRules;

  constructor(rules: ModelRules) {
    this.#rules = rules;
  }

  step(step: ModelStep, now: number): ModelOutcome {
    const outcome = this.#decide(this.#all(), step, now);
    if (outcome === undefined) return { changes: [] };
    if ('code' in outcome) return outcome;
    return this.#commit([outcome], new Set(), now);
  }

  batch(steps: readonly ModelStep[], now: number): ModelOutcome {
    // What is not valid is found in the call, whatever is wrong with the steps before it.
    const invalid = steps.findIndex(
      (step) => step.kind === 'upsert' && 'code' in this.#told(step.peer, undefined, now),
    );
    if (invalid >= 0) return { code: 'BATCH_REFUSED', position: invalid };
    const copy = this.#all();
    const named = new Set<string>();
    const changes: ModelChange[] = [];
    for (const [position, step] of steps.entries()) {
      const nodeId = step.kind === 'upsert' ? step.peer.peerId.nodeId : step.nodeId;
      if (named.has(nodeId)) return { code: 'BATCH_REFUSED', position };
      named.add(nodeId);
      const outcome = this.#decide(copy, step, now);
      if (outcome === undefined) continue;
      if ('code' in outcome) return { code: 'BATCH_REFUSED', position };
      changes.push(outcome);
      if (outcome.kind === 'PeerRemoved') copy.delete(nodeId);
      else copy.set(nodeId, outcome.entry);
    }
    return this.#commit(changes, named, now);
  }

  /** One transaction after another, as many as it takes, up to the first that is refused. */
  cleanup(now: number): number {
    const expired = this.peers.expired(now - this.#rules.ttlMs);
    for (let from = 0; from < expired.length; from += this.#rules.maxBatchChanges) {
      const part = expired.slice(from, from + this.#rules.maxBatchChanges);
      const changes = part.map((nodeId) => this.#removed(nodeId, 'expired'));
      if (this.#rules.refuses?.(changes) !== undefined) return from;
      this.#apply(changes, now);
    }
    return expired.length;
  }

  #all(): Map<string, PeerEntry> {
    return new Map(this.peers.all().map((entry) => [entry.peerId.nodeId, entry]));
  }

  #decide(peers: ReadonlyMap<string, PeerEntry>, step: ModelStep, now: number): StepOutcome {
    if (step.kind === 'remove') {
      const entry = peers.get(step.nodeId);
      if (entry === undefined) return undefined;
      return { kind: 'PeerRemoved', nodeId: step.nodeId, entry, reason: 'requested' };
    }
    if (step.kind === 'upsert') {
      const told = this.#told(step.peer, undefined, now);
      if ('code' in told) return told;
      return this.#put(peers, told, step.allowIdentityChange === true);
    }
    const old = peers.get(step.nodeId);
    if (old === undefined) return { code: 'PEER_NOT_FOUND' };
    if (step.fails !== undefined) return { code: step.fails };
    const next = step.next(old);
    if (next === undefined) return undefined;
    const told = this.#told(next, old, now);
    return 'code' in told ? told : this.#put(peers, told, false);
  }

  /** What happens to an entry whose times lie in the future, but for those that it had before. */
  #told(
    entry: PeerEntry,
    old: PeerEntry | undefined,
    now: number,
  ): PeerEntry | { readonly code: string } {
    const isLate = (time: number, before: number | undefined) =>
      time > now + this.#rules.maxFutureMs && time !== before;
    const late = {
      firstSeen: isLate(entry.firstSeen, old?.firstSeen),
      lastSeen: isLate(entry.lastSeen, old?.lastSeen),
    };
    if (this.#rules.futureTimes === 'refuse' && (late.firstSeen || late.lastSeen)) {
      return { code: 'PEER_INVALID' };
    }
    return {
      ...entry,
      ...(late.firstSeen && { firstSeen: now }),
      ...(late.lastSeen && { lastSeen: now }),
    };
  }

  #put(peers: ReadonlyMap<string, PeerEntry>, entry: PeerEntry, allowed: boolean): StepOutcome {
    const { nodeId, publicKey, did } = entry.peerId;
    const old = peers.get(nodeId);
    if (old !== undefined && isDeepStrictEqual(old, entry)) return undefined;
    if (old !== undefined && !allowed && !isDeepStrictEqual(old.peerId, entry.peerId)) {
      return { code: 'IDENTITY_CONFLICT' };
    }
    if (old?.peerId.did !== did && !did.startsWith('did:zhtp:')) {
      return { code: 'DID_INVALID' };
    }
    for (const { peerId } of peers.values()) {
      if (peerId.nodeId === nodeId) continue;
      if (peerId.publicKey === publicKey || peerId.did === did)
        return { code: 'IDENTITY_CONFLICT' };
    }
    return old === undefined
      ? { kind: 'PeerAdded', nodeId, entry }
      : { kind: 'PeerUpdated', nodeId, entry, old };
  }

  #commit(changes: readonly ModelChange[], named: ReadonlySet<string>, now: number): ModelOutcome {
    let size = this.peers.size;
    for (const { kind } of changes)
      size += kind === 'PeerAdded' ? 1 : kind === 'PeerRemoved' ? -1 : 0;
    const excess = Math.max(0, size - this.#rules.maxPeers);
    const evicted = this.peers
      .evictionOrder(now - this.#rules.ttlMs)
      .filter((nodeId) => !named.has(nodeId))
      .slice(0, excess);
    if (evicted.length < excess) return { code: 'REGISTRY_FULL' };
    const all = [...evicted.map((nodeId) => this.#removed(nodeId, 'evicted')), ...changes];
    const code = all.length === 0 ? undefined : this.#rules.refuses?.(all);
    if (code !== undefined) return { code };
    this.#apply(all, now);
    return { changes: all };
  }

  #apply(changes: readonly ModelChange[], at: number): void {
    if (changes.length === 0) return;
    for (const { kind, nodeId, entry } of changes) {
      if (kind === 'PeerRemoved') this.peers.remove(nodeId);
      else this.peers.put(entry);
    }
    this.transactions.push(changes);
    this.times.push(at);
  }

  #removed(nodeId: string, reason: RemovalReason): ModelChange {
    return { kind: 'PeerRemoved', nodeId, entry: this.peers.get(nodeId)!, reason };
  }
}
