import { describe, expect, it } from 'vitest';
import { peerNumbered } from '../peers/peer-entry.fixture.js';
import { BatchUpdate } from '../registry/batch-update.js';
import { OpenRegistry } from '../registry/open-registry.fixture.js';
import { LogReader } from './log-reader.js';
import { pointAfter } from './log-points.js';

/** A registry whose log was written over a few times, batches among what was. */
async function writtenOver(): Promise<OpenRegistry> {
  const registry = new OpenRegistry({ log: { logBytes: 2 ** 20 } });
  for (let number = 0; number < 6_000; number += 3) {
    const batch = new BatchUpdate().upsert(peerNumbered(number)).upsert(peerNumbered(number + 1));
    await Promise.all([registry.commitBatch(batch), registry.upsert(peerNumbered(number + 2))]);
  }
  return registry;
}

describe('the point behind a transaction', () => {
  it('is where a reader finds the next one, as long as that is there', async () => {
    const registry = await writtenOver();
    const { changeLog: log, lastSeq } = registry;
    const found: number[] = [];
    for (let seq = 0; seq <= lastSeq; seq += 7) {
      const point = pointAfter(log, seq);
      if (point === undefined) continue;
      found.push(seq);
      const reader = new LogReader(log.memory, { from: point, runBytes: 64 });
      expect([reader.read(), reader.run.firstSeq]).toEqual(['events', seq + 1]);
    }
    expect(found.length).toBeGreaterThan(100);
    // From the first that is there on all are.
    expect(found.at(-1)! - found[0]!).toBe(7 * (found.length - 1));
    expect(pointAfter(log, 1)).toBeUndefined();
    await registry.close();
  });

  it('is the end of the log behind the last one, and none behind what was never committed', async () => {
    const registry = await writtenOver();
    const { changeLog: log, lastSeq } = registry;
    const { position } = log.writer.checkpoint();
    expect(pointAfter(log, lastSeq)).toEqual({ position, seq: lastSeq });
    expect(pointAfter(log, lastSeq + 1)).toBeUndefined();
    await registry.close();
  });

  it('is none where the records make no sense', async () => {
    const registry = await writtenOver();
    const { changeLog: log, lastSeq } = registry;
    log.memory.u32.fill(0);
    expect(pointAfter(log, lastSeq - 100)).toBeUndefined();
    log.memory.u32.fill(0xffff_ffff);
    expect(pointAfter(log, lastSeq - 100)).toBeUndefined();
    await registry.close();
  });
});
