import { describe, expect, it } from 'vitest';
import { commitMs } from '../registry-figures.js';
import { systemClock } from '../clock.js';
import { peerNumbered } from '../peers/peer-entry.fixture.js';
import { ScriptedVoter } from '../voting/scripted-voter.fixture.js';
import { CommitDurations } from './commit-durations.js';
import { ManualClock, settleTurns } from './manual-clock.fixture.js';
import { MemoryDisk } from './memory-disk.fixture.js';
import { OpenRegistry } from './open-registry.fixture.js';
import { storedRegistry } from './stored-registry.fixture.js';

const { bounds } = commitMs;

/** How many are in which bucket, by its bound. */
const filled = ({ counts }: { readonly counts: readonly number[] }) =>
  Object.fromEntries(
    counts.flatMap((count, at) => (count > 0 ? [[String(bounds[at] ?? 'more'), count]] : [])),
  );

describe('durations', () => {
  function counted() {
    const clock = new ManualClock();
    const comes = () => ({ at: clock.monotonic(), untoldSeq: 0 });
    return { clock, comes, durations: new CommitDurations(clock, 100) };
  }

  it('are from the arrival to when the caller is told, each transaction’s counted once', () => {
    const { clock, comes, durations } = counted();
    const [first, second] = [comes(), (clock.advance(3), comes())];
    for (const [seq, came] of [101, 102, 103].entries())
      durations.committed(came, seq < 2 ? first : second);
    clock.advance(4);
    expect(durations.value().count).toBe(0);
    durations.told(101);
    clock.advance(100);
    durations.told(101);
    durations.told(102);
    durations.told(103);
    expect(filled(durations.value())).toEqual({ 10: 1, 200: 2 });
    expect(durations.value()).toMatchObject({ count: 3, sum: 7 + 107 + 104, p50: 200, p99: 200 });
    durations.told(200);
    expect(durations.value().count).toBe(3);
  });

  it('are told apart when some that came together are committed in a later turn', () => {
    const { clock, comes, durations } = counted();
    const came = comes();
    durations.committed(101, came);
    clock.advance(1);
    durations.told(101);
    durations.committed(102, came);
    clock.advance(1);
    durations.told(102);
    expect(filled(durations.value())).toEqual({ 1: 1, 2: 1 });
  });

  it('have a place however long they are, up to a bound with it', () => {
    for (const [at, bound] of [...bounds, 1e9].entries()) {
      const { clock, comes, durations } = counted();
      durations.committed(101, comes());
      // By what is exactly that long in floating point, too.
      const started = clock.monotonic();
      clock.advance(bound);
      durations.told(101);
      const took = clock.monotonic() - started;
      expect(durations.value().counts[at + Number(took > bound)]).toBe(1);
    }
  });
});

describe('the registry counts', () => {
  it('each transaction, whoever sent it and however many come at once, and nothing else', async () => {
    const registry = new OpenRegistry({ peers: { maxPeers: 1_000 } });
    const calls = Array.from({ length: 500 }, (_, at) => registry.upsert(peerNumbered(at)));
    await Promise.all(calls);
    expect(registry.counters.commitMs.count).toBe(500);
    await registry.upsert(peerNumbered(0));
    await registry.updateTrust('nobody', 1).catch(() => undefined);
    expect(registry.counters).toMatchObject({ unchanged: 1, rejected: 1, committed: 500 });
    expect(registry.counters.commitMs.count).toBe(500);
    for (let at = 0; at < 10; at++) await registry.remove(`peer-${at}`);
    const { count, sum, counts } = registry.counters.commitMs;
    expect([count, counts.reduce((total, one) => total + one)]).toEqual([510, 510]);
    expect(sum).toBeGreaterThan(0);
    await registry.close();
  });

  it('the wait of commands that come while their thread is busy', async () => {
    const registry = new OpenRegistry();
    const call = registry.upsert(peerNumbered(1));
    passes(25);
    await call;
    expect(registry.counters.commitMs.sum).toBeGreaterThanOrEqual(25);
    await registry.close();
  });

  it('those that share a turn from not long before they came', async () => {
    const registry = new OpenRegistry({ peers: { maxPeers: 1_000 } });
    const calls = Array.from({ length: 64 }, (_, at) => registry.upsert(peerNumbered(at)));
    passes(50);
    for (let at = 64; at < 128; at++) calls.push(registry.upsert(peerNumbered(at)));
    await Promise.all(calls);
    const { counts } = registry.counters.commitMs;
    const long = counts.slice(bounds.indexOf(50) + 1).reduce((total, one) => total + one);
    // A slow machine may make all of them long.
    expect(long).toBeGreaterThanOrEqual(64);
    if (registry.counters.commitMs.sum < 128 * 50) expect(long).toBe(64);
    await registry.close();
  });

  it('the wait for the disk, where that is waited for', async () => {
    const disk = new MemoryDisk();
    const registry = await storedRegistry(disk, { durability: 'commit' });
    const release = disk.hold();
    const calls = [1, 2, 3].map((at) => registry.upsert(peerNumbered(at)));
    await settleTurns();
    expect(registry.counters).toMatchObject({ committed: 3, commitMs: { count: 0 } });
    passes(20);
    release();
    await Promise.all(calls);
    const { count, sum } = registry.counters.commitMs;
    expect(count).toBe(3);
    expect(sum).toBeGreaterThanOrEqual(60);
    await registry.close();
  });

  it('no wait for the disk where nobody waits for it', async () => {
    const disk = new MemoryDisk();
    const registry = await storedRegistry(disk);
    const release = disk.hold();
    await registry.upsert(peerNumbered(1));
    expect(registry.counters.commitMs.count).toBe(1);
    release();
    await registry.close();
  });

  it('the wait for votes, and nothing that was refused', async () => {
    const registry = new OpenRegistry();
    const voter = new ScriptedVoter(registry.voters, { name: 'v' }).comes();
    voter.script = () => {
      passes(20);
      return 'accept';
    };
    await registry.upsert(peerNumbered(1));
    voter.script = () => 'veto';
    await expect(registry.upsert(peerNumbered(2))).rejects.toMatchObject({ code: 'OBSERVER_VETO' });
    const { count, sum } = registry.counters.commitMs;
    expect(count).toBe(1);
    expect(sum).toBeGreaterThanOrEqual(20);
    await registry.close();
  });
});

/** Lets so many milliseconds pass by the machine's time, in which its thread does nothing else. */
function passes(ms: number): void {
  const end = systemClock.monotonic() + ms;
  while (systemClock.monotonic() < end);
}
