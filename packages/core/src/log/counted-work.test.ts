import { afterEach, describe, expect, it, vi } from 'vitest';
import { encoded, peerNumbered } from '../peers/peer-entry.fixture.js';
import { OpenRegistry } from '../registry/open-registry.fixture.js';
import { RunEvents } from './event-view.js';
import { LogReader } from './log-reader.js';

/*
 * What an event costs, counted and not timed: a change that makes each event cost more is seen on any
 * machine, however loaded.
 */

const operations = ['load', 'store', 'exchange', 'add', 'notify', 'waitAsync'] as const;

/** How often each atomic operation is called from now on. */
function counting(): Record<(typeof operations)[number], number> {
  const counts = { load: 0, store: 0, exchange: 0, add: 0, notify: 0, waitAsync: 0 };
  for (const name of operations) {
    const { [name]: call } = Atomics as unknown as Record<string, (...args: unknown[]) => unknown>;
    vi.spyOn(Atomics, name).mockImplementation(((...args: unknown[]) => {
      counts[name]++;
      return call!(...args);
    }) as never);
  }
  return counts;
}

afterEach(() => void vi.restoreAllMocks());

const peers = 50;
const updates = 4_000;

/** A registry that knows its peers, and a reader that has read all about them. */
async function settled() {
  const registry = new OpenRegistry();
  const { memory, writer } = registry.changeLog;
  const reader = new LogReader(memory, { from: writer.checkpoint() });
  const update = (number: number): Promise<unknown> =>
    registry.upsert(peerNumbered(number % peers, { trafficRouted: number }));
  for (let number = 0; number < peers; number++) await update(number);
  while (reader.read() === 'events') reader.advance();
  return { registry, writer, reader, update };
}

describe('what an update costs', () => {
  it('is its entry, a patch of one number and two headers in the log, and nothing else', async () => {
    const { writer, update } = await settled();
    const before = writer.checkpoint();
    for (let number = peers; number < 10 + peers; number++) await update(number);
    const entry = encoded(peerNumbered(peers, { trafficRouted: 1 })).bytes.length;
    const recordHeader = 24;
    const patchHeader = 16;
    const bytes = 8 * (writer.checkpoint().position - before.position);
    // Peers 0 to 9 in turn: their node ids, and so their entries, are of one length.
    expect(bytes).toBe(10 * (recordHeader + entry + patchHeader + 8));
  });

  it('is less than a tenth of an atomic operation of the writer, while readers are awake', async () => {
    const { registry, update } = await settled();
    const counts = counting();
    const group = Array.from({ length: updates }, (_, number) => update(peers + number));
    await Promise.all(group);
    expect(registry.lastSeq).toBe(peers + updates);
    expect(counts.notify + counts.waitAsync + counts.exchange).toBe(0);
    expect(counts.load + counts.store).toBeLessThan(updates / 10);
  });

  it('is less than a tenth of an atomic operation of a reader that has fallen behind', async () => {
    const { reader, update } = await settled();
    for (let number = 0; number < updates; number += 100) {
      await Promise.all(Array.from({ length: 100 }, (_, at) => update(peers + number + at)));
    }
    const counts = counting();
    let seen = 0;
    while (reader.read() === 'events') {
      seen += reader.run.transactions;
      reader.advance();
    }
    expect(seen).toBe(updates);
    expect(counts.notify + counts.waitAsync + counts.exchange).toBe(0);
    expect(counts.load + counts.store).toBeLessThan(updates / 10);
  });

  it('is one wake-up a group for all readers that sleep, however many there are', async () => {
    const { registry, update } = await settled();
    const { memory, writer } = registry.changeLog;
    const sleepers = Array.from({ length: 5 }, () => {
      const reader = new LogReader(memory, { from: writer.checkpoint() });
      return reader.park();
    });
    const counts = counting();
    await Promise.all(Array.from({ length: 500 }, (_, number) => update(peers + number)));
    await Promise.all(sleepers);
    expect(counts.notify).toBe(1);
  });

  it('makes no object for the reader: views are moved, not made anew', async () => {
    const { reader, update } = await settled();
    await Promise.all(Array.from({ length: 100 }, (_, number) => update(peers + number)));
    expect(reader.read()).toBe('events');
    const events = new RunEvents();
    const first = [...events.load(reader.run)];
    await Promise.all(Array.from({ length: 100 }, (_, number) => update(1_000 + number)));
    const { run } = reader;
    const memory = run.u8.buffer;
    expect(reader.read()).toBe('events');
    const second = [...events.load(reader.run)];
    expect(second.every((event, at) => event === first[at])).toBe(true);
    expect(second.length).toBe(first.length);
    expect([reader.run === run, reader.run.u8.buffer === memory]).toEqual([true, true]);
  });
});
