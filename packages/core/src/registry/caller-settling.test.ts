import { expect, it } from 'vitest';
import { CallerMemory, createCallerBuffer, leastCommandBytes } from '../log/caller-memory.js';
import { RecordWriter } from '../log/record-ring.js';
import { peerNumbered } from '../peers/peer-entry.fixture.js';
import { BatchUpdate } from './batch-update.js';
import { ResultKind } from './caller-record.js';
import { CallerSender } from './caller-sender.js';
import { connectedRegistry } from './connected-registry.fixture.js';
import { ManualClock } from './manual-clock.fixture.js';
import { RegistryConnection } from './registry-connection.js';

it.each([
  ['an error that is none', ResultKind.refused, 64],
  ['a peer that is none', ResultKind.found, 2 ** 16],
  ['of no known kind', 99, 8],
])('all who wait are told why when what comes cannot be read: %s', async (_, kind, bytes) => {
  const buffer = createCallerBuffer(leastCommandBytes);
  const sender = new CallerSender(buffer, 9, () => undefined);
  const terms = { whenFull: 'reject', maxBatchChanges: 9, hangUp: () => undefined } as const;
  const connection = new RegistryConnection(sender, terms);
  const waiting = [1, 2].map((number) => connection.upsert(peerNumbered(number)));
  // Other code of the thread writes in the registry's place.
  const { results, callerBell } = new CallerMemory(buffer);
  const writer = new RecordWriter(results);
  const at = writer.place(bytes);
  results.memory.u8.fill(255, at, at + bytes);
  writer.write(kind, 1, bytes);
  writer.publish();
  callerBell.ring();
  for (const outcome of waiting) {
    await expect(outcome).rejects.toMatchObject({ code: 'CONNECTION_BROKEN' });
  }
});

it('a batch that is not let in takes nothing into the next one', async () => {
  const time = new ManualClock();
  const now = time.now.bind(time);
  const registry = connectedRegistry({}, time);
  const { connection, endings } = registry.connect();
  const batch = (first: number): BatchUpdate =>
    new BatchUpdate().upsert(peerNumbered(first)).upsert(peerNumbered(first + 1));
  const times = [now, () => NaN, now];
  for (const [at, told] of times.entries()) {
    time.now = told;
    const outcome = connection.commitBatch(batch(2 * at));
    if (told === now) expect(await outcome).toMatchObject({ change: 'committed', added: 2 });
    else await expect(outcome).rejects.toMatchObject({ code: expect.any(String) as unknown });
  }
  expect(endings).toEqual([]);
  expect(registry.peers.size).toBe(4);
  await registry.close();
});
