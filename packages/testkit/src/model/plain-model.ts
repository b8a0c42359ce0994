import { entryStamp, type PeerChange, type PeerEntry, withPeer } from '@panoptes/core/observer';
import type { AnyObserver } from '@panoptes/workers/observer';
import { type ChurnEvent, nodeIdOf } from './churn-event.js';
import { CallBoard } from './call-board.js';
import { type ModelFinding, ModelObserver } from './model-observer.js';
import type { ModelAccount, ModelPort } from './model-port.js';
import { changedPaths } from '../canonical/peer-diff.js';
import { copyOf } from './plain-copy.js';
import { patchedPeer } from './plain-patch.js';
import { asTaken } from './told-times.js';

/**
 * What the registry and its observers should hold, worked out the plain way: a Map of entries and
 * the observers' own code on one thread, without a registry, log, codec or worker. Each observer is
 * handed what it subscribes to and nothing else.
 */
export class PlainModel implements ModelPort {
  /**
   * Entries that nobody else holds: a patch puts new values into the one that is there. What an event
   * shows is a copy, which is gone with the event, so that little is made that outlives it.
   */
  readonly #peers = new Map<string, PeerEntry>();
  readonly #pending: PeerChange[] = [];
  #seq = 0;
  #flushed: Promise<void> = Promise.resolve();

  private constructor(
    private readonly observers: ReadonlyMap<string, ModelObserver>,
    private readonly epochMs: number | undefined,
  ) {}

  /**
   * @param epochMs - when virtual time begins, in Unix milliseconds; unless given, at 0, and no time of a
   *   peer is ahead of it
   * @param board - shows which observer is being called, by its place in `specs`
   */
  static async start(
    specs: readonly FollowingObserver[],
    epochMs?: number,
    board = new CallBoard(),
  ): Promise<PlainModel> {
    const observers = new Map<string, ModelObserver>();
    // Several of one kind without options have the same state: one of them is worked out.
    const ofKind = new Map<AnyObserver, ModelObserver>();
    for (const [place, { name, definition, options }] of specs.entries()) {
      const known = options === undefined ? ofKind.get(definition) : undefined;
      const observer =
        known ?? (await ModelObserver.start(definition, options, board, place, epochMs ?? 0));
      if (options === undefined) ofKind.set(definition, observer);
      observers.set(name, observer);
    }
    return new PlainModel(observers, epochMs);
  }

  /** The last transaction's number. */
  get seq(): number {
    return this.#seq;
  }

  /** All peers, by node id. */
  get peers(): ReadonlyMap<string, PeerEntry> {
    return this.#peers;
  }

  /** Applies one change. Returns a promise when the observers have to catch up first. */
  apply(change: ChurnEvent): Promise<void> | undefined {
    const event = this.#commit(change);
    if (event === undefined) return undefined;
    this.#seq = event.seq;
    this.#pending.push(event);
    return this.#pending.length >= eventsAtATime ? this.#flush() : undefined;
  }

  async account(): Promise<ModelAccount> {
    await this.#flush();
    const findings = new Map<string, ModelFinding>();
    const found = new Map<ModelObserver, ModelFinding>();
    for (const [name, observer] of this.observers) {
      const finding = found.get(observer) ?? (await observer.finding());
      found.set(observer, finding);
      findings.set(name, finding);
    }
    let sum = 0;
    for (const entry of this.#peers.values()) sum = withPeer(sum, entryStamp(entry));
    return { seq: this.#seq, peers: this.#peers.size, sum, findings };
  }

  stamps(): Promise<ReadonlyMap<string, number>> {
    const stamps = new Map<string, number>();
    for (const [id, entry] of this.#peers) stamps.set(id, entryStamp(entry));
    return Promise.resolve(stamps);
  }

  /** The transaction that a change makes, or undefined when it changes nothing. */
  #commit(change: ChurnEvent): PeerChange | undefined {
    const seq = this.#seq + 1;
    const at = (this.epochMs ?? 0) + change.at;
    if (change.kind === 'leave') {
      const { nodeId } = change;
      const entry = this.#peers.get(nodeId);
      if (entry === undefined) return undefined;
      this.#peers.delete(nodeId);
      return { kind: 'PeerRemoved', seq, at, nodeId, entry, reason: 'requested' };
    }
    const present = this.epochMs === undefined ? Number.POSITIVE_INFINITY : at;
    const nodeId = nodeIdOf(change);
    const known = this.#peers.get(nodeId);
    // The registry refuses a patch of nobody, which ends the run.
    if (change.kind === 'patch' && known === undefined) return undefined;
    const entry =
      change.kind === 'patch'
        ? asTaken(patchedPeer(known!, change.patch, at), present, known)
        : asTaken(change.peer, present);
    if (known === undefined) {
      this.#peers.set(nodeId, copyOf(entry));
      return { kind: 'PeerAdded', seq, at, nodeId, entry };
    }
    const changed = changedPaths(known, entry);
    if (changed.length === 0) return undefined;
    const old = copyOf(known);
    if (change.kind === 'patch') replaceFields(known, entry, Object.keys(change.patch));
    else this.#peers.set(nodeId, copyOf(entry));
    return { kind: 'PeerUpdated', seq, at, nodeId, old, entry, changed };
  }

  /** One flush follows another, so that a caller that waits for one finds every observer fed. */
  #flush(): Promise<void> {
    this.#flushed = this.#flushed.then(async () => {
      if (this.#pending.length === 0) return;
      const events = this.#pending.splice(0);
      for (const observer of new Set(this.observers.values())) await observer.feed(events);
    });
    return this.#flushed;
  }
}

/** Events handed to the observers at a time. */
const eventsAtATime = 512;

/** Puts the values that some fields have in one entry into another. */
function replaceFields(entry: PeerEntry, from: PeerEntry, names: readonly string[]): void {
  const fields = entry as unknown as Record<string, unknown>;
  for (const name of names) fields[name] = from[name as keyof PeerEntry];
}

/** An observer to follow the model. */
export interface FollowingObserver {
  readonly name: string;
  readonly definition: AnyObserver;
  readonly options?: unknown;
}
