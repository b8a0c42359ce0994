import type { EventBatch, PeerChange, PeerEntry, PeerFieldPath, PeerPatch } from '@panoptes/core';
import { type ChurnEvent, wantedChanges } from '@panoptes/testkit';
import {
  type AnyObserver,
  detachedRegistry,
  type ObserverContext,
} from '@panoptes/workers/observer';

/**
 * What people would write otherwise: churn that is put into a Map, and observers that are called on the
 * same thread with plain objects, those that each subscribes to, a batch at a time. Nothing is isolated, validated or checked, and
 * what changed is what the churn says, unlooked at.
 */
export class PlainSimulation {
  readonly #peers = new Map<string, PeerEntry>();
  readonly #observers: readonly RunningObserver[];
  /** What the observers are told it is. */
  readonly #time: { ms: number };
  #batch: PeerChange[] = [];
  #seq = 0;

  private constructor(observers: readonly RunningObserver[], time: { ms: number }) {
    this.#observers = observers;
    this.#time = time;
  }

  /** @param definitions - of observers that never wait for anything but their setup */
  static async open(definitions: readonly AnyObserver[]): Promise<PlainSimulation> {
    const time = { ms: 0 };
    const observers: RunningObserver[] = [];
    for (const definition of definitions) {
      const { name } = definition;
      const context = {
        name,
        options: undefined,
        incarnation: 1,
        registry: detachedRegistry(),
        now: () => time.ms,
      };
      observers.push({ definition, context, state: await definition.setup(context) });
    }
    return new PlainSimulation(observers, time);
  }

  apply(change: ChurnEvent): void {
    const event = this.#eventOf(change, this.#seq + 1);
    if (event === undefined) return;
    this.#seq++;
    this.#time.ms = event.at;
    if (this.#batch.push(event) === eventsAtATime) this.flush();
  }

  /** Calls the observers with what they have not seen yet. */
  flush(): void {
    if (this.#batch.length === 0) return;
    const changes = this.#batch;
    this.#batch = [];
    const all = new PlainBatch(changes);
    for (const { definition, context, state } of this.#observers) {
      const { subscribe } = definition;
      const batch =
        subscribe === undefined ? all : new PlainBatch(wantedChanges(subscribe, changes));
      if (batch.size > 0) void definition.onEvents(batch, state, context);
    }
  }

  /** Of each observer, in order. */
  digests(): Promise<string[]> {
    return Promise.all(
      this.#observers.map(async ({ definition, state }) => definition.digest!(state)),
    );
  }

  #eventOf(change: ChurnEvent, seq: number): PeerChange | undefined {
    const { at } = change;
    if (change.kind === 'leave') {
      const { nodeId } = change;
      const entry = this.#peers.get(nodeId);
      if (entry === undefined) return undefined;
      this.#peers.delete(nodeId);
      return { kind: 'PeerRemoved', seq, at, nodeId, entry, reason: 'requested' };
    }
    const nodeId = change.kind === 'patch' ? change.nodeId : change.peer.peerId.nodeId;
    const old = this.#peers.get(nodeId);
    const entry = change.kind === 'patch' ? patched(old!, change.patch) : change.peer;
    this.#peers.set(nodeId, entry);
    if (old === undefined) return { kind: 'PeerAdded', seq, at, nodeId, entry };
    const given = change.kind === 'patch' ? change.patch : entry;
    return { kind: 'PeerUpdated', seq, at, nodeId, old, entry, changed: pathsOf(given) };
  }
}

interface RunningObserver {
  readonly definition: AnyObserver;
  readonly context: ObserverContext;
  readonly state: unknown;
}

/** Events handed to the observers at a time. */
const eventsAtATime = 512;

const isGroup = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function patched(entry: PeerEntry, patch: PeerPatch): PeerEntry {
  const next: Record<string, unknown> = { ...entry };
  for (const [name, value] of Object.entries(patch)) {
    next[name] = isGroup(value) ? { ...(next[name] as object), ...(value as object) } : value;
  }
  return next as unknown as PeerEntry;
}

const pathsOf = (given: object): PeerFieldPath[] =>
  Object.entries(given).flatMap(([name, value]) =>
    isGroup(value) ? Object.keys(value as object).map((inner) => `${name}.${inner}`) : [name],
  ) as PeerFieldPath[];

class PlainBatch implements EventBatch {
  constructor(private readonly events: readonly PeerChange[]) {}

  get size(): number {
    return this.events.length;
  }

  get firstSeq(): number {
    return this.events[0]!.seq;
  }

  get lastSeq(): number {
    return this.events.at(-1)!.seq;
  }

  [Symbol.iterator](): IterableIterator<PeerChange> {
    return this.events[Symbol.iterator]();
  }

  changes(): IterableIterator<PeerChange> {
    return this.events[Symbol.iterator]();
  }
}
