import { readFileSync } from 'node:fs';
import { BatchUpdate } from '@panoptes/core';
import { afterEach, expect, it } from 'vitest';
import { peerNamed } from '../fixtures/random-traffic.js';
import { until } from '../fixtures/until.js';
import { ProcessScene, ask, pidOf, told } from './process-scene.js';

/** `PANOPTES_FLAT_CHANGES=10000000` is the long form. */
const changes = Number(process.env['PANOPTES_FLAT_CHANGES'] ?? 200_000);
const perBatch = 100;
const peers = 1_000;
const readings = 20;
/** In MiB: of this process, of one that reads slowly, of one that reads all. */
const mostGrowth = [96, 24, 64];

const entries = Array.from({ length: peers }, (_, at) => peerNamed(`peer ${at}`));

let scene: ProcessScene;
afterEach(() => scene.registry.close());

/** Resident memory of a process in MiB. */
function residentOf(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!;
  return Number(kilobytes) / 1024;
}

const largest = (values: readonly number[]): number => Math.max(...values);

it.skipIf(process.platform !== 'linux')(
  `P5 ${changes} changes leave both sides as large as they were, and who reads slowly alone behind`,
  async () => {
    scene = await ProcessScene.begin({ log: { logBytes: 2 ** 22 } });
    const { registry } = scene;
    const slow = await scene.register({ name: 'slow', options: { slowMs: 500 } });
    const follower = await scene.register({ name: 'follower', onLag: 'block' });
    const pids = [process.pid, await pidOf(slow), await pidOf(follower)];
    const seen: number[][] = pids.map(() => []);
    const batches = changes / perBatch;
    let hops = 0;
    for (let batch = 1; batch <= batches; batch++) {
      const update = new BatchUpdate();
      for (let step = 0; step < perBatch; step++) {
        const at = (batch * perBatch + step) % peers;
        update.upsert({ ...entries[at]!, trafficRouted: ++hops });
      }
      await registry.commitBatch(update);
      if (batch % Math.ceil(batches / readings) !== 0) continue;
      pids.forEach((pid, at) => seen[at]!.push(residentOf(pid)));
    }
    await until('the follower has all', () => follower.stats().cursor === registry.lastSeq);
    console.log(seen.map((row) => row.map(Math.round).join(' ')).join('\n'));
    // The first fifth is how they come to speed.
    for (const [at, row] of seen.entries()) {
      const [early, late] = [row.slice(0, readings / 5), row.slice(readings / 5)];
      expect(largest(late) - largest(early)).toBeLessThan(mostGrowth[at]!);
    }
    expect(await told(follower)).toMatchObject({ snapshots: 1, gaps: 0, last: registry.lastSeq });
    expect(follower.stats()).toMatchObject({ resyncs: 0, restarts: 0 });
    await ask(slow, 'slow', 0);
    await registry.settled();
    expect(slow.stats().resyncs).toBeGreaterThan(0);
    expect(await told(slow)).toMatchObject({ last: registry.lastSeq });
    expect(slow.stats().restarts).toBe(0);
  },
  600_000 + changes,
);
