import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EntryDiff, diffEntries } from '../peers/entry-diff.js';
import { peerEncoder } from '../peers/entry-encoder.js';
import { entryHeadroom, entryMemory } from '../peers/entry-layout.js';
import type { PeerEntry } from '../peers/peer-entry.js';
import { peerNumbered } from '../peers/peer-entry.fixture.js';
import { PeerQueries } from '../peers/peer-queries.js';
import { PeerTable } from '../peers/peer-table.js';
import type { LogMoment, LogPoint } from './log-memory.js';
import { SnapshotTaker, SnapshotView } from './snapshot.js';

const memory = entryMemory(new ArrayBuffer(entryHeadroom));

/** A table that counts its changes as the log counts transactions. */
class CountedTable {
  readonly table = new PeerTable();
  readonly taker = new SnapshotTaker(this.table, () => this.point());
  seq = 0;

  point(): LogMoment {
    return { position: this.seq * 100, seq: this.seq, time: this.seq * 10 };
  }

  put(entry: PeerEntry): void {
    this.seq++;
    peerEncoder.encode(entry, memory, 0);
    const slot = this.table.identities.withNodeId(entry.peerId.nodeId);
    if (slot === undefined) this.table.add(entry.peerId.nodeId, memory, 0);
    else {
      const diff = new EntryDiff();
      diffEntries(this.table.memoryOf(slot), this.table.baseOf(slot), memory, 0, diff);
      this.table.replace(slot, memory, 0, diff);
    }
  }

  remove(nodeId: string): void {
    const slot = this.table.identities.withNodeId(nodeId);
    if (slot === undefined) return;
    this.seq++;
    this.table.remove(slot);
  }

  /** Every entry as it is now, by node id. */
  state(): Map<string, PeerEntry> {
    const entries = new PeerQueries(this.table).allPeers();
    return new Map(entries.map((entry) => [entry.peerId.nodeId, entry]));
  }
}

const contents = (view: SnapshotView): Map<string, PeerEntry> =>
  new Map(
    Array.from(view, (entry) => {
      const plain = entry.toObject();
      return [plain.peerId.nodeId, plain];
    }),
  );

const viewOf = async ({ taker }: CountedTable): Promise<SnapshotView> =>
  new SnapshotView((await taker.take(() => true)).data);

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const large = (number: number, tokensEarned = 0): PeerEntry =>
  peerNumbered(
    number,
    { tokensEarned, links: [] },
    { publicKey: number.toString(16).padStart(5184, '0') },
  );

/** More entries than three slices copy. */
const count = 700;
const largePeers = Array.from({ length: count }, (_, number) => large(number));

describe('a snapshot', () => {
  it('W13 is exact at its seq, whatever changes between its slices', async () => {
    const anyChange = fc.record({
      what: fc.constantFrom('update', 'shrink', 'remove', 'add', 'readd'),
      which: fc.nat(count + 50),
    });
    const anyStorm = fc.array(fc.array(anyChange, { maxLength: 60 }), {
      minLength: 1,
      maxLength: 6,
    });
    let slices = 0;
    await fc.assert(
      fc.asyncProperty(anyStorm, async (storm) => {
        const counted = new CountedTable();
        for (const peer of largePeers) counted.put(peer);
        for (let number = 0; number < count; number += 9) counted.remove(`peer-${number}`);
        const before = counted.state();
        let point: LogPoint | undefined;
        let isDone = false;
        const taken = counted.taker.take((at) => {
          point = at;
          return true;
        });
        void taken.then(() => (isDone = true));
        for (let round = 0; !isDone; round++) {
          for (const { what, which } of storm[round % storm.length]!) {
            if (what === 'remove' || what === 'readd') counted.remove(`peer-${which}`);
            if (what === 'shrink')
              counted.put(
                peerNumbered(which, {}, { publicKey: largePeers[which % count]!.peerId.publicKey }),
              );
            else if (what !== 'remove') counted.put(large(which, round + 1));
          }
          slices++;
          await turn();
        }
        const view = new SnapshotView((await taken).data);
        expect(view.seq).toBe(point!.seq);
        expect(view.size).toBe(before.size);
        expect(contents(view)).toEqual(before);
        expect(counted.table.beforeChange).toBeUndefined();
      }),
      { numRuns: 12 },
    );
    expect(slices).toBeGreaterThan(12 * 2);
  });

  it('takes many small entries in slices too', async () => {
    const counted = new CountedTable();
    for (let number = 0; number < 20_000; number++) counted.put(peerNumbered(number % 20_000));
    for (let number = 0; number < 19_990; number++) counted.remove(`peer-${number}`);
    const taken = counted.taker.take(() => true);
    let isDone = false;
    void taken.then(() => (isDone = true));
    await Promise.resolve();
    counted.remove('peer-19999');
    expect(isDone).toBe(false);
    expect(new SnapshotView((await taken).data).size).toBe(10);
  });

  it('is shared by those who ask while it is taken, if they can follow from there', async () => {
    const counted = new CountedTable();
    for (const peer of largePeers) counted.put(peer);
    const points: LogPoint[] = [];
    const note = (point: LogPoint) => points.push(point) > 0;
    const first = counted.taker.take(note);
    await turn();
    counted.put(large(3, 9));
    const second = counted.taker.take(note);
    // This one cannot follow from where the shared one began, and gets one of its own.
    const third = counted.taker.take((point) => note(point) && point.seq > count);
    const [a, b, c] = (await Promise.all([first, second, third])).map(({ data }) => data);
    expect(b).toBe(a);
    expect(c).not.toBe(a);
    expect(points.map(({ seq }) => seq)).toEqual([count, count, count, count + 1]);
    expect(contents(new SnapshotView(c!)).get('peer-3')!.tokensEarned).toBe(9);
    expect(contents(new SnapshotView(a!)).get('peer-3')!.tokensEarned).toBe(0);
  });

  it('lies where the last one did once nobody looks into that any more, and not before', async () => {
    const counted = new CountedTable();
    for (const peer of largePeers) counted.put(peer);
    const [first, shared] = await Promise.all([
      counted.taker.take(() => true),
      counted.taker.take(() => true),
    ]);
    first.giveBack();
    const second = await counted.taker.take(() => true);
    expect(second.data.buffer).not.toBe(first.data.buffer);
    shared.giveBack();
    counted.remove('peer-7');
    counted.put(peerNumbered(3));
    const before = counted.state();
    const third = await counted.taker.take(() => true);
    expect(third.data.buffer).toBe(first.data.buffer);
    expect(contents(new SnapshotView(third.data))).toEqual(before);
    third.giveBack();
    for (let number = count; number < 2 * count; number++) counted.put(large(number));
    const larger = await counted.taker.take(() => true);
    expect(larger.data.buffer).not.toBe(first.data.buffer);
    expect(contents(new SnapshotView(larger.data))).toEqual(counted.state());
  });

  it('of an empty table is empty', async () => {
    const view = await viewOf(new CountedTable());
    expect([...view]).toEqual([]);
    expect([view.size, view.seq]).toEqual([0, 0]);
  });

  it('gives views that stay as they are, however often it is gone through', async () => {
    const counted = new CountedTable();
    for (let number = 0; number < 5; number++) counted.put(peerNumbered(number));
    const view = await viewOf(counted);
    const kept = [...view];
    counted.put(peerNumbered(0, { tier: 'tier1' }));
    expect(kept.map(({ peerId }) => peerId.nodeId)).toEqual(
      [...view].map(({ peerId }) => peerId.nodeId),
    );
    expect(kept.map(({ tier }) => tier)).toEqual(new Array(5).fill('untrusted'));
  });
});
