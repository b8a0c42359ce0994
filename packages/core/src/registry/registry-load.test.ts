import { describe, expect, it } from 'vitest';
import { RegistryOverloadedError, TransactionTooLargeError } from '../errors.js';
import { LogReader } from '../log/log-reader.js';
import type { PeerEntry } from '../peers/peer-entry.js';
import { peerNumbered } from '../peers/peer-entry.fixture.js';
import { BatchUpdate } from './batch-update.js';
import { settleTurns } from './manual-clock.fixture.js';
import { OpenRegistry } from './open-registry.fixture.js';

const big = (number: number): PeerEntry =>
  peerNumbered(number, {}, { publicKey: number.toString(16).padStart(8192, '0') });

/** Waits, turn by turn, until a condition holds. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await settleTurns(1);
}

describe('a registry with more commands than it takes', () => {
  it('refuses what does not fit its queue, commits the rest, and recovers', async () => {
    const registry = new OpenRegistry({ commands: { maxWaiting: 100 } });
    for (let round = 0; round < 3; round++) {
      const results = await Promise.allSettled(
        Array.from({ length: 150 }, (_, at) => registry.upsert(peerNumbered(round * 1_000 + at))),
      );
      const refused = results.flatMap((one) =>
        one.status === 'rejected' ? [one.reason as Error] : [],
      );
      expect(refused).toHaveLength(50);
      expect(refused[0]).toBeInstanceOf(RegistryOverloadedError);
      expect(refused[0]!.message).toContain('maxWaiting: 100');
      expect(results.slice(0, 100).every(({ status }) => status === 'fulfilled')).toBe(true);
      expect(registry.waiting).toBe(0);
    }
    expect(registry.counters).toMatchObject({ rejected: 150, added: 300 });
  });

  it('lets as many again wait whose callers asked for that', async () => {
    const registry = new OpenRegistry({ commands: { maxWaiting: 100 } });
    const results = await Promise.allSettled(
      Array.from({ length: 250 }, (_, at) =>
        registry.upsert(peerNumbered(at), { whenFull: 'wait' }),
      ),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(200);
    expect(registry.newEvents().map(({ seq }) => seq)).toEqual(
      Array.from({ length: 200 }, (_, at) => at + 1),
    );
  });
});

describe('the event loop', () => {
  it('has its turns while a caller awaits a hundred thousand commands one by one', async () => {
    const registry = new OpenRegistry();
    let turns = 0;
    let isDone = false;
    const turn = () => {
      turns++;
      if (!isDone) setImmediate(turn);
    };
    setImmediate(turn);
    let timers = 0;
    setTimeout(() => timers++, 0);
    for (let at = 0; at < 100_000; at++) await registry.upsert(peerNumbered1(at));
    isDone = true;
    expect(turns).toBeGreaterThan(5);
    expect(timers).toBe(1);
  });

  it('has its turns while a hundred thousand commands are outstanding', async () => {
    const registry = new OpenRegistry({ commands: { maxWaiting: 200_000 } });
    let turns = 0;
    let isDone = false;
    const turn = () => {
      turns++;
      if (!isDone) setImmediate(turn);
    };
    const all = Promise.all(
      Array.from({ length: 100_000 }, (_, at) => registry.upsert(peerNumbered1(at))),
    );
    setImmediate(turn);
    await all;
    isDone = true;
    expect(turns).toBeGreaterThan(5);
    expect(registry.lastSeq).toBe(100_000);
  });
});

/** One of a few entries, each time another one, made without checking it again. */
const patterns = Array.from({ length: 8 }, (_, number) => peerNumbered(number));
const peerNumbered1 = (at: number): PeerEntry => ({ ...patterns[at % 8]!, dataTransferred: at });

describe('a transaction larger than the log takes', () => {
  it('is refused before anything happens, with the limit named', async () => {
    const registry = new OpenRegistry({ log: { logBytes: 2 ** 20 } });
    await registry.upsert(peerNumbered(1));
    const before = registry.fingerprint();
    const batch = new BatchUpdate();
    for (let number = 10; number < 200; number++) batch.upsert(big(number));
    const error: unknown = await registry.commitBatch(batch).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TransactionTooLargeError);
    expect((error as Error).message).toMatch(/takes 524288 at a time.*raise logBytes \(1048576\)/);
    expect(registry.fingerprint()).toEqual(before);
    await expect(registry.upsert(peerNumbered(2))).resolves.toEqual({ seq: 2, change: 'added' });
  });
});

describe('a full log', () => {
  /** A registry whose log is held by a reader that does not read. */
  function held(blockTimeoutMs: number) {
    const registry = new OpenRegistry({
      log: { logBytes: 2 ** 20 },
      observers: { blockTimeoutMs },
      commands: { maxBatchChanges: 50 },
    });
    const { changeLog } = registry;
    const from = changeLog.writer.checkpoint();
    const line = changeLog.lines.allocate(1, from)!;
    changeLog.lines.setGating(line, true);
    const reader = new LogReader(changeLog.memory, { from, line });
    return { registry, changeLog, line, reader };
  }

  it('makes the registry wait for a reader that asked for it, and go on when it has read', async () => {
    const { registry, changeLog, reader } = held(60_000);
    expect(changeLog.stats()).toMatchObject({ lastSeq: 0, waits: 0, waitedMs: 0, passed: 0 });
    let settled = 0;
    const results = Array.from({ length: 400 }, (_, at) =>
      registry.upsert(big(at)).finally(() => settled++),
    );
    await until(() => registry.state === 'open.waitingForLog');
    await settleTurns(5);
    expect(settled).toBeLessThan(400);
    expect(settled).toBe(registry.lastSeq);
    const more = registry.upsert(peerNumbered(9_999));
    let seen = 0;
    while (seen < 401) {
      const what = reader.read();
      expect(what).not.toBe('lapped');
      if (what === 'events') {
        expect(reader.run.firstSeq).toBe(seen + 1);
        seen = reader.run.lastSeq;
        reader.advance();
      }
      await settleTurns(1);
    }
    await Promise.all([...results, more]);
    expect(registry.state).toBe('open.idle');
    expect(registry.lastSeq).toBe(401);
    const { waits, waitedMs, passed, writtenBytes, capacityBytes } = changeLog.stats();
    expect({ passed, capacityBytes }).toEqual({ passed: 0, capacityBytes: 2 ** 20 });
    expect(waits).toBeGreaterThan(0);
    expect(waitedMs).toBeGreaterThan(0);
    // More than it keeps: that is why somebody had to wait.
    expect(writtenBytes).toBeGreaterThan(capacityBytes);
  });

  it('passes a reader that does not move once blockTimeoutMs is over, and waits for it again later', async () => {
    const { registry, changeLog, line, reader } = held(20);
    await Promise.all(Array.from({ length: 400 }, (_, at) => registry.upsert(big(at))));
    expect(registry.lastSeq).toBe(400);
    expect(reader.read()).toBe('lapped');
    expect(changeLog.lines.isGating(line)).toBe(true);
    reader.seek(changeLog.writer.checkpoint());
    changeLog.lines.place(line, changeLog.writer.checkpoint());
    const results = Array.from({ length: 300 }, (_, at) => registry.upsert(big(at + 1_000)));
    await until(() => registry.state === 'open.waitingForLog');
    await Promise.all(results);
    expect(changeLog.stats().passed).toBeGreaterThanOrEqual(2);
    expect(changeLog.stats().waits).toBeGreaterThanOrEqual(changeLog.stats().passed);
  });

  it('is waited for while the registry drains, too', async () => {
    const { registry, reader } = held(60_000);
    const results = Array.from({ length: 300 }, (_, at) => registry.upsert(big(at)));
    await until(() => registry.state === 'open.waitingForLog');
    const closed = registry.close();
    await until(() => registry.state === 'draining.waitingForLog');
    while (!reader.ended) {
      if (reader.read() === 'events') reader.advance();
      await settleTurns(1);
    }
    await Promise.all([...results, closed]);
    expect(reader.lastSeq).toBe(300);
    expect(registry.state).toBe('closed');
  });
});
