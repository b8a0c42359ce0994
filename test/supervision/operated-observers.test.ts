import type { ObserverHandle } from '@panoptes/core';
import { type PeerRegistry, createRegistry } from '@panoptes/workers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Host, hosts } from '../conformance/hosts.js';
import { BlackBox } from '../fixtures/black-box.mjs';
import { until } from '../fixtures/until.js';
import { peer } from '../voting/scene.js';

const module = new URL('../fixtures/recorder.observer.mjs', import.meta.url);
const logBytes = 2 ** 20;

let registry: PeerRegistry;
let witness: ObserverHandle;
beforeAll(async () => {
  registry = await createRegistry({ logger: false, log: { logBytes } });
  witness = await registry.registerObserver({ module, name: 'witness' });
});
afterAll(() => registry.close());

let number = 0;
/** Commits so many transactions. */
async function commit(count: number): Promise<void> {
  const some = Array.from({ length: count }, () =>
    registry.upsert(peer(number % 500, { trafficRouted: number++ })),
  );
  await Promise.all(some);
}

/** Writes more than the log holds. */
async function overtake(): Promise<void> {
  const { writtenBytes } = registry.logStats();
  while (registry.logStats().writtenBytes - writtenBytes < 2 * logBytes) await commit(500);
}

/** An observer that notes what it is shown, and holds still when it is told to. */
async function recorder(name: string, host: Host, onLag: 'lap' | 'block' = 'lap') {
  const box = BlackBox.empty(undefined, host);
  const options = { box: box.memory };
  const handle = await registry.registerObserver({ module, name, host, onLag, options });
  return { box, handle };
}

/** What it was shown of all that was committed since: each once, or in a snapshot. */
function shown(box: BlackBox, from: number): { snapshots: number; missing: number[] } {
  const notes = box.notes();
  const seen = new Set(notes.filter(({ isSnapshot }) => !isSnapshot).map(({ seq }) => seq));
  expect(seen.size).toBe(notes.filter(({ isSnapshot }) => !isSnapshot).length);
  const snapshots = notes.filter(({ isSnapshot }) => isSnapshot);
  const last = Math.max(...snapshots.map(({ seq }) => seq));
  const missing = Array.from({ length: registry.lastSeq - from }, (_, at) => from + at + 1).filter(
    (seq) => !seen.has(seq) && seq > last,
  );
  return { snapshots: snapshots.length, missing };
}

describe.each(hosts)('an observer (%s)', (host) => {
  it('that is paused ends the handler that it is at, gets nothing, answers, and goes on without a gap', async () => {
    const { box, handle } = await recorder(`paused ${host}`, host);
    const from = registry.lastSeq;
    box.hold();
    await commit(1);
    await until('it is in its handler', () => box.isStill);
    await expect(handle.pause({ timeoutMs: 20 })).rejects.toMatchObject({
      code: 'OBSERVER_TIMEOUT',
    });
    box.release();
    await handle.pause();
    const { length } = box;
    expect(length).toBe(2);
    await commit(100);
    await registry.settled();
    const { incarnation } = handle.stats();
    expect(await handle.ask('add', [2, 3])).toBe(5);
    expect(await handle.digest()).not.toBe(await witness.digest());
    expect(handle.stats()).toMatchObject({ state: 'paused', lag: 100 });
    expect(box.length).toBe(length);
    await handle.resume();
    await registry.settled();
    expect(shown(box, from)).toEqual({ snapshots: 1, missing: [] });
    expect(handle.stats()).toMatchObject({ incarnation, resyncs: 0, state: 'live' });
    expect(await handle.digest()).toBe(await witness.digest());
    await registry.unregisterObserver(handle.name);
  });

  it('that is paused holds nobody, and gets a snapshot when the log has overtaken it', async () => {
    const { box, handle } = await recorder(`overtaken ${host}`, host, 'block');
    const from = registry.lastSeq;
    await handle.pause();
    const { passed, waits } = registry.logStats();
    await overtake();
    expect(registry.logStats()).toMatchObject({ passed, waits });
    expect(box.length).toBe(1);
    await handle.resume();
    await commit(10);
    await registry.settled();
    expect(shown(box, from)).toEqual({ snapshots: 2, missing: [] });
    expect(handle.stats()).toMatchObject({ incarnation: 1, resyncs: 1 });
    expect(await handle.digest()).toBe(await witness.digest());
    await registry.unregisterObserver(handle.name);
  });

  it('that is restarted, time and again as changes come, misses nothing and agrees', async () => {
    const { box, handle } = await recorder(`restarted ${host}`, host);
    const from = registry.lastSeq;
    for (let time = 0; time < 3; time++) {
      const committing = commit(300);
      if (time === 1) await handle.pause();
      await handle.restart();
      if (time === 1) await handle.resume();
      await committing;
    }
    await Promise.all([handle.restart(), handle.restart()]);
    await registry.settled();
    const { incarnation, restarts, failed } = handle.stats();
    expect({ incarnation, restarts, failed }).toEqual({ incarnation: 5, restarts: 0, failed: 0 });
    expect(shown(box, from).missing).toEqual([]);
    expect(await handle.digest()).toBe(await witness.digest());
    await registry.unregisterObserver(handle.name);
  });
});

it('an observer that is paused may die, stays paused, and knows nothing before it is resumed', async () => {
  const mortal = new URL('../fixtures/voter.observer.mjs', import.meta.url);
  const handle = await registry.registerObserver({ module: mortal, name: 'mortal' });
  await handle.pause();
  await handle.ask('die', []).catch(() => undefined);
  await until('it is back', () => handle.stats().incarnation === 2 && handle.state === 'paused');
  await commit(1);
  await expect(handle.ask('memory', [])).rejects.toMatchObject({ code: 'OBSERVER_UNAVAILABLE' });
  expect(handle.stats()).toMatchObject({ restarts: 1, reasons: [{ code: 'exit-3' }] });
  await handle.resume();
  await commit(1);
  await registry.settled();
  expect(await handle.ask('memory', [])).toMatchObject({ seqs: [registry.lastSeq] });
  await registry.unregisterObserver('mortal');
});
