import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check, markOf, type Told } from './hand-made.fixture.js';
import type { HistoryRecord, RunEnding, SeenChange, SeenEvent } from './history.js';
import { pick, seededUniform, type Uniform } from './seeded-uniform.fixture.js';
import { withPeer } from '@panoptes/core/observer';

const names = 'abcdefghij';

/** A random log, and the peers after each of its transactions. */
interface Log {
  readonly events: readonly SeenEvent[];
  readonly peersAt: readonly ReadonlyMap<string, number>[];
}

function logOf(uniform: Uniform, length: number): Log {
  const versions = new Map<string, number>();
  const fresh = new Map<string, number>();
  const events: SeenEvent[] = [];
  const peersAt: ReadonlyMap<string, number>[] = [new Map()];
  for (let seq = 1; seq <= length; seq++) {
    const nodeIds = new Set(
      Array.from({ length: 1 + pick(uniform, 3) }, () => names[pick(uniform, names.length)]!),
    );
    const changes = [...nodeIds].map((nodeId): SeenChange => {
      const old = versions.get(nodeId);
      const next = (fresh.get(nodeId) ?? 0) + 1;
      if (old !== undefined && uniform() < 0.4) {
        versions.delete(nodeId);
        return { kind: 'PeerRemoved', seq, nodeId, old: markOf(nodeId, old), reason: 'requested' };
      }
      versions.set(nodeId, next);
      fresh.set(nodeId, next);
      const now = markOf(nodeId, next);
      return old === undefined
        ? { kind: 'PeerAdded', seq, nodeId, now }
        : { kind: 'PeerUpdated', seq, nodeId, old: markOf(nodeId, old), now };
    });
    events.push({ kind: 'event', seq, isBatch: changes.length > 1, changes });
    peersAt.push(new Map(versions));
  }
  return { events, peersAt };
}

/** What an observer sees of a log that is restarted, lapped and asked now and then. */
function followed(log: Log, uniform: Uniform, from: number): Told[] {
  const told: Told[] = [];
  let incarnation = 1;
  const say = (record: HistoryRecord): void =>
    void told.push({ incarnation, at: told.length * 1e6, record });
  const snapshot = (seq: number): void => {
    const peers = log.peersAt[seq]!;
    say({ kind: 'snapshot', seq, size: peers.size });
    for (const [nodeId, version] of peers)
      say({ kind: 'peer', nodeId, now: markOf(nodeId, version) });
    say({ kind: 'snapshot-end' });
  };
  say({ kind: 'start' });
  snapshot(from);
  for (let seq = from + 1; seq <= log.events.length; seq++) {
    const chance = uniform();
    if (chance < 0.05) {
      incarnation++;
      say({ kind: 'start' });
      snapshot(Math.max(0, seq - 1 - pick(uniform, 3)));
      seq = (told.findLast(({ record }) => record.kind === 'snapshot')!.record as { seq: number })
        .seq;
      continue;
    }
    if (chance < 0.08) {
      seq = Math.min(log.events.length, seq + pick(uniform, 4));
      snapshot(seq);
      continue;
    }
    say(log.events[seq - 1]!);
    say({ kind: 'progress', seq });
    if (uniform() < 0.2) say({ kind: 'digest', digest: `${log.peersAt[seq]!.size}` });
  }
  return told;
}

/** A witness that missed nothing, and two others. */
function goodRun(seed: string): {
  readonly histories: Record<'witness' | 'one' | 'other', Told[]>;
  readonly ending: RunEnding;
} {
  const uniform = seededUniform(seed);
  const log = logOf(uniform, 20 + pick(uniform, 40));
  const lastSeq = log.events.length;
  const peers = log.peersAt[lastSeq]!;
  const sum = [...peers].map(([id, version]) => markOf(id, version).stamp).reduce(withPeer, 0);
  const histories = {
    witness: followed(log, () => 1 - Number.EPSILON, 0),
    one: followed(log, uniform, 0),
    other: followed(log, uniform, pick(uniform, lastSeq)),
  };
  return { histories, ending: { lastSeq, peers: peers.size, sum, live: Object.keys(histories) } };
}

type Mutation = (history: Told[], at: number, event: SeenEvent) => void;

const put = (history: Told[], at: number, ...records: HistoryRecord[]): void => {
  const told = history[at]!;
  history.splice(at, 1, ...records.map((record) => ({ ...told, record })));
};

const withChange = (event: SeenEvent, change: (old: SeenChange) => SeenChange): SeenEvent => ({
  ...event,
  changes: [change(event.changes[0]!), ...event.changes.slice(1)],
});

const wrong = markOf('z', 9);

/** Each does one thing to one event of a history that no good history has. */
const mutations: Record<string, Mutation> = {
  'drops it': (history, at) => put(history, at),
  'repeats it': (history, at, event) => put(history, at, event, event),
  'puts it behind its progress': (history, at, event) => {
    put(history, at + 1, history[at + 1]!.record, event);
    put(history, at);
  },
  'splits it, or calls one change a batch': (history, at, event) => {
    const { changes } = event;
    if (changes.length === 1) return put(history, at, { ...event, isBatch: true });
    const pieces = [changes.slice(0, 1), changes.slice(1)];
    const records = pieces.map((piece) => ({
      ...event,
      changes: piece,
      isBatch: piece.length > 1,
    }));
    return put(history, at, ...records);
  },
  'loses its last change': (history, at, event) =>
    put(history, at, { ...event, changes: event.changes.slice(0, -1) }),
  'renames a peer in it': (history, at, event) =>
    put(
      history,
      at,
      withChange(event, (change) => ({ ...change, nodeId: 'z' })),
    ),
  'gives it another entry': (history, at, event) =>
    put(
      history,
      at,
      withChange(event, (change) =>
        change.kind === 'PeerRemoved' ? { ...change, old: wrong } : { ...change, now: wrong },
      ),
    ),
  'gives it another old entry, or one it has not': (history, at, event) =>
    put(
      history,
      at,
      withChange(event, (change) =>
        change.kind === 'PeerAdded'
          ? { ...change, kind: 'PeerUpdated', old: wrong }
          : { ...change, old: wrong },
      ),
    ),
  'numbers it one higher': (history, at, event) =>
    put(history, at, { ...event, seq: event.seq + 1 }),
  'numbers a change in it one higher': (history, at, event) =>
    put(
      history,
      at,
      withChange(event, (change) => ({ ...change, seq: change.seq + 1 })),
    ),
  'gives it to the incarnation before': (history, at) => {
    const told = history[at]!;
    history[at] = { ...told, incarnation: told.incarnation - 1 };
  },
};

/** Not the witness: what it alone has seen, such as a name, no other observer could contradict. */
const run = fc.record({
  seed: fc.string({ minLength: 1, maxLength: 8 }),
  who: fc.constantFrom('one', 'other'),
  where: fc.nat(),
});

describe('histories that follow a log', () => {
  it('pass, however often an observer was restarted or lapped', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 8 }), (seed) => {
        const { histories, ending } = goodRun(seed);
        expect(check(histories, { ending }).violations).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it.each(Object.entries(mutations))('fail when a mutation %s', (_, mutate) => {
    let tried = 0;
    fc.assert(
      fc.property(run, ({ seed, who, where }) => {
        const { histories, ending } = goodRun(seed);
        const history = histories[who];
        const places = [...history.keys()].filter((at) => history[at]!.record.kind === 'event');
        if (places.length === 0) return;
        const at = places[where % places.length]!;
        mutate(history, at, history[at]!.record as SeenEvent);
        tried++;
        const { violations, verdict } = check(histories, { ending });
        expect(verdict).toBe('fail');
        // The first thing found is about the right transaction, or the next that shows it.
        expect(violations.length).toBeGreaterThan(0);
      }),
      { numRuns: 150 },
    );
    expect(tried).toBeGreaterThan(100);
  });

  it('fail when a snapshot lacks a peer, has another entry of one, or is of another transaction', () => {
    const changes: ((records: Told[], at: number) => void)[] = [
      (history, at) => history.splice(at + 1, 1),
      (history, at) => {
        const peer = history[at + 1]!.record as Extract<HistoryRecord, { kind: 'peer' }>;
        put(history, at + 1, { ...peer, now: wrong });
      },
      (history, at) => {
        const { record } = history[at]!;
        const snapshot = record as Extract<HistoryRecord, { kind: 'snapshot' }>;
        put(history, at, { ...snapshot, seq: snapshot.seq + 1 });
      },
    ];
    fc.assert(
      fc.property(run, fc.constantFrom(...changes), ({ seed, where }, change) => {
        const { histories, ending } = goodRun(seed);
        const { one } = histories;
        const places = [...one.keys()].filter((at) => {
          const { record } = one[at]!;
          return record.kind === 'snapshot' && record.size > 0;
        });
        if (places.length === 0) return;
        change(one, places[where % places.length]!);
        expect(check(histories, { ending }).verdict).toBe('fail');
      }),
      { numRuns: 300 },
    );
  });
});
