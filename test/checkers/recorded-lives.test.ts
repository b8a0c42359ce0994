import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { BatchUpdate, type RegistryEvent, type RegistryStore } from '@panoptes/core';
import { presetScenario, prepareScenario, simulate } from '@panoptes/sim';
import {
  HistoryChecker,
  type HistoryRecord,
  RecordedLogReader,
  markOf,
  runLimits,
  seenEvent,
} from '@panoptes/testkit';
import { createRegistry } from '@panoptes/workers';
import { afterAll, describe, expect, it } from 'vitest';
import { MemoryDisk } from '../../packages/core/src/registry/memory-disk.fixture.js';
import { peer } from '../voting/scene.js';

const folder = mkdtempSync(join(tmpdir(), 'panoptes-lives-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Nothing is said when a registry is left to itself. */
const options = (store: RegistryStore) => ({ store, logger: false, durability: 'async' }) as const;

describe('the lives of a real registry', () => {
  it('are held to the rules, over crashes: what was durable is there, what was not is not asked for', async () => {
    const disk = new MemoryDisk();
    const observers = ['watched', 'resumed'].map((name) => ({ name, kind: 'watch' }));
    const checker = new HistoryChecker({ ...runLimits(), observers });
    let durable = 0;
    let committed = 0;
    let resumeAt = 0;
    for (let life = 1; life <= 6; life++) {
      const registry = await createRegistry(options(disk));
      const { epoch, lastSeq: seq } = registry;
      expect(epoch).toBe(life);
      if (life > 1) checker.begin({ epoch, seq }, { durable, committed });
      const say = (observer: string, record: HistoryRecord): void =>
        checker.take({ observer, incarnation: 1, at: 0 }, record);
      say('watched', { kind: 'start' });
      say('watched', { kind: 'snapshot', seq, size: registry.peers.size });
      for (const entry of registry.peers.all()) {
        say('watched', { kind: 'peer', nodeId: entry.peerId.nodeId, now: markOf(entry) });
      }
      say('watched', { kind: 'snapshot-end' });
      say('resumed', { kind: 'start' });
      say('resumed', { kind: 'resume', seq: Math.min(resumeAt, seq) });
      const stop = new AbortController();
      const follow = async (observer: string, from: number): Promise<void> => {
        for await (const event of registry.watch({ from, signal: stop.signal })) {
          expect(event.kind).not.toBe('Resync');
          say(observer, seenEvent(event as RegistryEvent));
        }
      };
      const following = [
        follow('watched', seq + 1),
        follow('resumed', Math.min(resumeAt, seq) + 1),
      ];

      const first = 10 * life;
      await registry.upsertMany(Array.from({ length: 10 }, (_, at) => peer(first + at)));
      await registry.durable();
      durable = registry.lastSeq;
      // What comes from now on is flushed never, or in part.
      if (life % 2 === 0) disk.flush = () => new Promise(() => undefined);
      await registry.commitBatch(
        new BatchUpdate().upsert(peer(first + 100)).remove(`peer-${first}`),
      );
      for (let at = 0; at < 5; at++) await registry.remove(`peer-${first + at + 1}`);
      committed = registry.lastSeq;
      for (let wait = 0; wait < 50; wait++) await turn();
      resumeAt = disk.kept.lastSeq - 3;
      stop.abort();
      await Promise.all(following);
      disk.crash();
      disk.flush = () => turn();
      expect(disk.kept.lastSeq).toBeGreaterThanOrEqual(durable);
    }
    const { violations, rules } = checker.finish(undefined);
    expect(violations).toEqual([]);
    for (const name of ['E1', 'E2', 'E4', 'E8'] as const) {
      expect(rules.find(({ rule }) => rule === name)!.checked).toBeGreaterThanOrEqual(5);
    }
  });

  it('are told in a recording of a run with a store', async () => {
    const disk = new MemoryDisk();
    const scenario = [
      { key: 'population.peers', value: 50 },
      { key: 'phases.0.duration', value: '1h' },
    ];
    for (const [life, untilMs] of [1_800_000, 3_600_000].entries()) {
      const { churn } = await prepareScenario(presetScenario('kad', scenario));
      const record = join(folder, `life-${life}.plog`);
      const summary = await simulate({
        ...{ source: churn, observers: ['kademlia'], store: disk, untilMs, record },
      });
      expect(summary).toMatchObject({ verdict: 'pass' });
      const { facts } = await RecordedLogReader.with(record, (reader) => reader.header());
      const id = facts.life!.id;
      expect(facts.life).toEqual({ epoch: life + 1, seq: summary.continued?.seq ?? 0, id });
      expect(id).toMatch(/^[0-9a-f-]{36}$/);
    }
  });
});
