import { describe, expect, it } from 'vitest';
import type { Note } from '../fixtures/black-box.mjs';
import { NetworkModel } from '../fixtures/network-model.js';
import { stampOf } from '../fixtures/peer-stamp.mjs';
import { peerNamed } from '../fixtures/random-traffic.js';
import type { Seen, SeenChange } from '../fixtures/recorder.observer.mjs';
import {
  afterProgress,
  badResumption,
  falseOldEntries,
  goingBack,
  missing,
  repeated,
  tornTransactions,
} from './log-rules.js';

/** Reads notes from a short form: `s4` is a snapshot at 4, `5` an event, `|` a new incarnation. */
function notesOf(text: string): Note[] {
  let incarnation = 1;
  return text.split(' ').flatMap((word) => {
    if (word === '|') incarnation++;
    if (word === '|') return [];
    const isSnapshot = word.startsWith('s');
    return [{ incarnation, seq: Number(word.replace('s', '')), isSnapshot }];
  });
}

describe('the rules accept', () => {
  it.each(['s0 1 2 3', 's4 5 6 s9 10 11', 's0 1 2 | s1 2 3', 's7', 's3 s3 4'])(
    'the history %s',
    (text) => {
      const notes = notesOf(text);
      const rules = [goingBack, repeated, missing, badResumption];
      expect(rules.flatMap((rule) => rule(notes))).toEqual([]);
    },
  );
});

describe('the rules refuse', () => {
  it.each([
    ['W1', goingBack, 's0 1 3 2', ['2 after 3']],
    ['W1', goingBack, 's0 1 2 s1 2', ['1 after 2']],
    ['W2', repeated, 's0 1 2 2 3', ['2 again']],
    ['W2', repeated, 's0 1 2 s5 5 6', ['5 again']],
    ['W4', missing, 's0 1 2 4 5', ['4 after 2']],
    ['W4', missing, 's0 1 | s1 2 4', ['4 after 2']],
    ['W5', badResumption, 's4 6 7', ['6 after a snapshot at 4']],
    ['W5', badResumption, 's4 5 s9 11', ['11 after a snapshot at 9']],
    ['W5', badResumption, 's4 5 | 6', ['6 without a snapshot']],
  ])('by %s (%o) the history %s', (_, rule, text, violations) => {
    expect(rule(notesOf(text))).toEqual(violations);
  });

  it('by W6 an event after progress past it, and progress that was not made', () => {
    const notes = notesOf('s0 1 2 3');
    expect(afterProgress(notes, [{ cursor: 2, notes: 3 }])).toEqual([]);
    expect(afterProgress(notes, [{ cursor: 2, notes: 2 }])).toEqual(['2 after progress to 2']);
    expect(afterProgress(notes, [{ cursor: 9, notes: 4 }])).toEqual([
      'progress to 9 that was not made',
    ]);
  });

  it('by W3 a transaction in two pieces, with a part missing, or with a foreign part', () => {
    const model = new NetworkModel();
    const [a, b] = [peerNamed('a'), peerNamed('b')];
    model.apply({ kind: 'upsert', peer: peerNamed('c') });
    model.apply({
      kind: 'batch',
      steps: [
        { kind: 'upsert', peer: a },
        { kind: 'upsert', peer: b },
      ],
    });
    const added = (seq: number, nodeId: string, now: string): SeenChange => ({
      kind: 'PeerAdded',
      seq,
      nodeId,
      now,
    });
    const [first, second] = [added(2, 'a', stampOf(a)), added(2, 'b', stampOf(b))];
    const broken = (kind: string, ...changes: SeenChange[]): number =>
      tornTransactions([{ type: 'event', seq: 2, kind, changes }], model).length;
    expect(broken('BatchUpdate', first, second)).toBe(0);
    expect(broken('PeerAdded', first)).toBe(1);
    expect(broken('BatchUpdate', second, first)).toBe(1);
    expect(broken('BatchUpdate', first, { ...second, seq: 3 })).toBe(1);
    expect(broken('BatchUpdate', first, second, added(2, 'c', 'x'))).toBe(1);
  });

  it('by W8 an old entry that never was, and a peer that is added twice', () => {
    const event = (seq: number, change: Omit<SeenChange, 'seq' | 'nodeId'>): Seen => ({
      type: 'event',
      seq,
      kind: change.kind,
      changes: [{ ...change, seq, nodeId: 'a' }],
    });
    const start: Seen = { type: 'snapshot', seq: 0, size: 1, peers: [['a', 'x']] };
    const update = (seq: number, old: string, now: string): Seen =>
      event(seq, { kind: 'PeerUpdated', old, now });
    expect(falseOldEntries([start, update(1, 'x', 'y'), update(2, 'y', 'z')])).toEqual([]);
    expect(falseOldEntries([start, update(1, 'x', 'y'), update(2, 'x', 'z')])).toHaveLength(1);
    expect(falseOldEntries([start, event(1, { kind: 'PeerAdded', now: 'y' })])).toHaveLength(1);
    expect(falseOldEntries([start, event(1, { kind: 'PeerRemoved', old: 'y' })])).toHaveLength(1);
  });
});
