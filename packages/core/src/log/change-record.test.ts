import { expect, it } from 'vitest';
import { diffEntries } from '../peers/entry-diff.js';
import { encoded, fullPeer, peerNumbered, withValueAt } from '../peers/peer-entry.fixture.js';
import { PeerTable } from '../peers/peer-table.js';
import { Staging } from '../peers/staging.js';
import { anyTimes } from '../peers/time-bound.fixture.js';
import { ChangeLog } from './change-log.js';
import { ChangeRecorder } from './change-record.js';
import { RunEvents } from './event-view.js';
import { LogReader } from './log-reader.js';
import { addChange, removeChange, transactionOf, UpdateChange } from './transaction.js';

it('the records of a transaction take the bytes that were foretold, and say what happened and why', () => {
  const table = new PeerTable();
  const old = encoded(fullPeer());
  table.add(fullPeer().peerId.nodeId, old.memory, old.base);
  for (const number of [1, 2, 3]) {
    const { memory, base } = encoded(peerNumbered(number));
    table.add(`peer-${number}`, memory, base);
  }
  const slotOf = (nodeId: string): number => table.identities.withNodeId(nodeId)!;
  const staging = new Staging(anyTimes);
  const now = staging.stage(withValueAt(withValueAt(fullPeer(), 'links', []), 'tier', 'tier1'));
  const ninth = staging.stage(peerNumbered(9));
  const update = new UpdateChange();
  diffEntries(old.memory, old.base, now.memory, now.base, update.diff);
  const { changes, units } = transactionOf([
    addChange('peer-9', ninth, table.identities.hashesOf(ninth.memory, ninth.base)),
    update.put(fullPeer().peerId.nodeId, slotOf(fullPeer().peerId.nodeId), now, true),
    removeChange(table, slotOf('peer-1'), 'requested'),
    removeChange(table, slotOf('peer-2'), 'expired'),
    removeChange(table, slotOf('peer-3'), 'evicted'),
  ]);

  const log = new ChangeLog({ logBytes: 2 ** 20, readers: 1 });
  const from = log.writer.checkpoint();
  const recorder = new ChangeRecorder(table, log.writer);
  expect(log.writer.transactionUnits(changes)).toBe(units);
  for (const [at, change] of changes.entries())
    recorder.write(change, 1, 1_700_000_000_000.5, at < 4);
  expect(log.writer.checkpoint().position - from.position).toBe(units);

  const reader = new LogReader(log.memory, { from });
  expect(reader.read()).toBe('events');
  const [event] = new RunEvents().load(reader.run);
  if (event?.kind !== 'BatchUpdate') throw new Error('no batch');
  for (const { at } of [event, ...event.changes]) expect(at).toBe(1_700_000_000_000.5);
  expect(event.changes.map(({ kind, nodeId }) => [kind, nodeId])).toEqual([
    ['PeerAdded', 'peer-9'],
    ['PeerUpdated', fullPeer().peerId.nodeId],
    ['PeerRemoved', 'peer-1'],
    ['PeerRemoved', 'peer-2'],
    ['PeerRemoved', 'peer-3'],
  ]);
  expect(event.removed.map(({ reason }) => reason)).toEqual(['requested', 'expired', 'evicted']);
  expect(event.updated[0]!.changed).toEqual(['links', 'tier']);
  expect(event.updated[0]!.old.links).toEqual(fullPeer().links);
});
