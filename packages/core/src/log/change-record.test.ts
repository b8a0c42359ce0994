import { describe, expect, it } from 'vitest';
import { EntryDiff, diffEntries } from '../peers/entry-diff.js';
import { encoded, fullPeer, withValueAt } from '../peers/peer-entry.fixture.js';
import { ChangeRecorder, removalReasons, updateBytes, wholeEntryBytes } from './change-record.js';
import { ChangeLog } from './change-log.js';
import { RunEvents } from './event-view.js';
import { LogReader } from './log-reader.js';

describe('the records of a change', () => {
  it('take the bytes that were foretold, and say what happened and why', () => {
    const log = new ChangeLog({ logBytes: 2 ** 20, readers: 1 });
    const from = log.writer.checkpoint();
    const recorder = new ChangeRecorder(log.writer);
    const old = encoded(fullPeer());
    const now = encoded(withValueAt(withValueAt(fullPeer(), 'links', []), 'tier', 'tier1'));
    const diff = new EntryDiff();
    diffEntries(old.memory, old.base, now.memory, now.base, diff);
    const foretold = [
      wholeEntryBytes(old.memory, old.base),
      updateBytes(now.memory, now.base, diff),
      ...removalReasons.slice(1).map(() => wholeEntryBytes(now.memory, now.base)),
    ];
    const units = log.writer.transactionUnits(foretold);
    recorder.added(1, true, old.memory, old.base);
    recorder.updated(1, true, now.memory, now.base, diff, old.memory, old.base);
    recorder.removed(1, true, now.memory, now.base, 'requested');
    recorder.removed(1, true, now.memory, now.base, 'expired');
    recorder.removed(1, false, now.memory, now.base, 'evicted');
    expect(log.writer.checkpoint().position - from.position).toBe(units);
    const reader = new LogReader(log.memory, { from });
    expect(reader.read()).toBe('events');
    const [event] = new RunEvents().load(reader.run);
    if (event?.kind !== 'BatchUpdate') throw new Error('no batch');
    expect(event.changes.map(({ kind }) => kind)).toEqual([
      'PeerAdded',
      'PeerUpdated',
      'PeerRemoved',
      'PeerRemoved',
      'PeerRemoved',
    ]);
    expect(event.removed.map(({ reason }) => reason)).toEqual(['requested', 'expired', 'evicted']);
    expect(event.updated[0]!.changed).toEqual(['links', 'tier']);
    expect(event.updated[0]!.old.links).toEqual(fullPeer().links);
  });
});
