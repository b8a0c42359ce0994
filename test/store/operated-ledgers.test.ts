import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ObserverHandle, OpenedStore, StoreStart } from '@panoptes/core';
import { lmdbStore } from '@panoptes/store';
import { type PeerRegistry, createRegistry } from '@panoptes/workers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../fixtures/until.js';
import { peer } from '../voting/scene.js';

const folder = mkdtempSync(join(tmpdir(), 'panoptes-operated-'));
const module = new URL('../fixtures/ledger.observer.mjs', import.meta.url);
const logBytes = 2 ** 20;

let registry: PeerRegistry;
beforeAll(async () => {
  const store = lmdbStore({ path: join(folder, 'store') });
  registry = await createRegistry({ store, logger: false, log: { logBytes }, maxUnsyncedMs: 5 });
});
afterAll(async () => {
  await registry.close();
  rmSync(folder, { recursive: true });
});

/** Commits so many transactions. */
async function commit(count: number): Promise<void> {
  const from = registry.lastSeq;
  const some = Array.from({ length: count }, (_, at) =>
    registry.upsert(peer((from + at) % 400, { trafficRouted: from + at })),
  );
  await Promise.all(some);
}

/** Writes more than the log holds. */
async function overtake(): Promise<void> {
  const { writtenBytes } = registry.logStats();
  while (registry.logStats().writtenBytes - writtenBytes < 2 * logBytes) await commit(500);
}

/** A store whose spaces open when the test lets them, and what becomes of these. */
function heldStore(path: string) {
  const store = lmdbStore({ path });
  const steps: string[] = [];
  let held: Promise<unknown> = Promise.resolve();
  const hold = (until: Promise<unknown>): void => {
    held = until;
  };
  const open = async (start: StoreStart): Promise<OpenedStore> => {
    const opened = await store.open(start);
    const space: OpenedStore['space'] = async (...asked) => {
      steps.push('open');
      await held;
      const made = await opened.space!(...asked);
      const end = (isOver: boolean) => {
        steps.push('end');
        return made.end(isOver);
      };
      return { ...made, end };
    };
    return new Proxy(opened, {
      get: (target, name) => {
        if (name === 'space') return space;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  };
  return { store: { open }, steps, hold };
}

/** What a ledger says of itself; it fails when something is missing or comes twice. */
const told = (ledger: ObserverHandle) => ledger.ask('told', []) as Promise<Record<string, number>>;

describe.each(['thread', 'inline'] as const)('an observer that resumes (%s)', (host) => {
  const enter = (name: string, role: 'critical' | 'best-effort' = 'best-effort') =>
    registry.registerObserver({ module, name, host, role, resume: true });

  it('goes on from what it has stored when it is restarted, without a snapshot', async () => {
    const ledger = await enter(`restarted ${host}`);
    await commit(300);
    await registry.settled();
    const before = registry.lastSeq;
    await ledger.restart();
    await commit(300);
    await registry.settled();
    expect(await told(ledger)).toMatchObject({ before, snapshots: 0, count: registry.lastSeq });
    expect(ledger.stats()).toMatchObject({ incarnation: 2, restarts: 0, resumes: 1, resyncs: 0 });
    await registry.unregisterObserver(ledger.name);
  });

  it('is told by what the store has kept of what it missed while it was paused', async () => {
    const ledger = await enter(`paused ${host}`);
    await registry.settled();
    await ledger.pause();
    await overtake();
    await ledger.resume();
    await registry.settled();
    expect(await told(ledger)).toMatchObject({ snapshots: 1, count: registry.lastSeq });
    expect(ledger.stats()).toMatchObject({ incarnation: 1, resumes: 1, resyncs: 0 });
    await registry.unregisterObserver(ledger.name);
  });

  it('answers from what it has stored when it is restarted while it is paused', async () => {
    const ledger = await enter(`both ${host}`);
    await commit(100);
    await registry.settled();
    const before = registry.lastSeq;
    await ledger.pause();
    await ledger.restart();
    await commit(100);
    expect(await told(ledger)).toMatchObject({ before, count: before, snapshots: 0, events: 0 });
    await ledger.resume();
    await registry.settled();
    expect(await told(ledger)).toMatchObject({ snapshots: 0, count: registry.lastSeq });
    await registry.unregisterObserver(ledger.name);
  });

  it('gets a snapshot when it is resumed as a voter, which has missed the outcome of votes', async () => {
    const ledger = await enter(`voter ${host}`, 'critical');
    await commit(10);
    await ledger.pause();
    await ledger.resume();
    await commit(10);
    await registry.settled();
    expect(await told(ledger)).toMatchObject({ snapshots: 2, count: registry.lastSeq });
    await registry.unregisterObserver(ledger.name);
  });
});

it('a restart opens no space before the one before has ended, even one that was still to be opened', async () => {
  const { store, steps, hold } = heldStore(join(folder, 'held'));
  const other = await createRegistry({ store, logger: false });
  const ledger = await other.registerObserver({ module, host: 'inline', resume: true });
  let release!: () => void;
  hold(new Promise<void>((resolve) => (release = resolve)));
  const first = ledger.restart();
  await until('its space is to be opened', () => steps.length === 3);
  const second = ledger.restart();
  await nextTurn();
  expect(steps).toEqual(['open', 'end', 'open']);
  release();
  await Promise.all([first, second]);
  expect(steps).toEqual(['open', 'end', 'open', 'end', 'open']);
  await other.close();
});
