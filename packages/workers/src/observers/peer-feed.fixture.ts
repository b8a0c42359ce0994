import type {
  BatchUpdateEvent,
  EventBatch,
  PeerAdded,
  PeerChange,
  PeerEntry,
  PeerFieldPath,
  PeerRemoved,
  PeerSnapshot,
  PeerUpdated,
  RegistryEvent,
} from '@panoptes/core/observer';

/** What a test asks of the feed: a peer as it is now, or the node id of one that goes. */
export type FeedCommand = PeerEntry | string;

/** Entries are lent for one call of a handler and throw when they are read after it. */
export class Loan {
  #isOver = false;

  end(): void {
    this.#isOver = true;
  }

  /** A view of `value` that reads through until the loan is over. */
  lend<T extends object>(value: T): T {
    return new Proxy(value, {
      get: (target, name): unknown => {
        if (this.#isOver) throw new Error(`'${String(name)}' was read after the handler settled`);
        const field: unknown = Reflect.get(target, name);
        const isGroup = typeof field === 'object' && field !== null && !Array.isArray(field);
        return isGroup ? this.lend(field) : field;
      },
    });
  }
}

/** The peers of a registry and the transactions that change them, without the registry. */
export class PeerFeed {
  readonly peers = new Map<string, PeerEntry>();
  seq = 0;

  /** Commits each list of commands as one transaction. */
  commit(transactions: readonly (readonly FeedCommand[])[], loan = new Loan()): EventBatch {
    const firstSeq = this.seq + 1;
    const events: RegistryEvent[] = [];
    for (const commands of transactions) {
      const seq = this.seq + 1;
      const changes = commands.flatMap((command) => this.#apply(command, seq, loan));
      if (changes.length === 0) continue;
      this.seq = seq;
      events.push(changes.length === 1 ? changes[0]! : batchUpdate(seq, changes));
    }
    return {
      size: events.length,
      firstSeq,
      lastSeq: this.seq,
      changes: () =>
        events.flatMap((event) => (event.kind === 'BatchUpdate' ? event.changes : [event])),
      [Symbol.iterator]: () => events[Symbol.iterator](),
    };
  }

  /** All peers, in the order of `rank`. */
  snapshot(rank: (nodeId: string) => number, loan = new Loan()): PeerSnapshot {
    const entries = [...this.peers]
      .sort(([a], [b]) => rank(a) - rank(b))
      .map(([, entry]) => loan.lend(entry));
    return {
      seq: this.seq,
      at: this.seq,
      size: entries.length,
      [Symbol.iterator]: () => entries[Symbol.iterator](),
    };
  }

  #apply(command: FeedCommand, seq: number, loan: Loan): PeerChange[] {
    if (typeof command === 'string') {
      const gone = this.peers.get(command);
      if (gone === undefined) return [];
      this.peers.delete(command);
      const entry = loan.lend(gone);
      return [{ kind: 'PeerRemoved', seq, at: seq, nodeId: command, entry, reason: 'requested' }];
    }
    const { nodeId } = command.peerId;
    const before = this.peers.get(nodeId);
    const entry = loan.lend(command);
    this.peers.set(nodeId, command);
    if (before === undefined) return [{ kind: 'PeerAdded', seq, at: seq, nodeId, entry }];
    const changed = changedFields(before, command);
    if (changed.length === 0) return [];
    return [{ kind: 'PeerUpdated', seq, at: seq, nodeId, old: loan.lend(before), entry, changed }];
  }
}

function batchUpdate(seq: number, changes: readonly PeerChange[]): BatchUpdateEvent {
  return {
    kind: 'BatchUpdate',
    seq,
    at: seq,
    changes,
    added: changes.filter((change): change is PeerAdded => change.kind === 'PeerAdded'),
    updated: changes.filter((change): change is PeerUpdated => change.kind === 'PeerUpdated'),
    removed: changes.filter((change): change is PeerRemoved => change.kind === 'PeerRemoved'),
  };
}

function changedFields(old: object, now: object, prefix = ''): PeerFieldPath[] {
  const before = new Map<string, unknown>(Object.entries(old));
  const after = new Map<string, unknown>(Object.entries(now));
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name) => {
    const [a, b] = [before.get(name), after.get(name)];
    if (JSON.stringify(a) === JSON.stringify(b)) return [];
    const path = `${prefix}${name}` as PeerFieldPath;
    return isGroup(a) && isGroup(b) ? changedFields(a, b, `${path}.`) : [path];
  });
}

const isGroup = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
