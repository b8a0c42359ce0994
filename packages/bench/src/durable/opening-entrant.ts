import { hash } from 'node:crypto';
import { type OpenedStore, type RegistryStore, systemClock } from '@panoptes/core';
import { lmdbStore } from '@panoptes/store';
import { createRegistry } from '@panoptes/workers';
import type { OpenEntrant } from '../contest.js';
import { mainThreadCpu } from '../measure/main-thread-cpu.js';
import { NumberedPeers } from '../workload/numbered-peer.js';
import { upsertInBulk } from '../workload/upsert-windows.js';
import { StorePlace, checkState } from './store-place.js';

/**
 * How long it takes until a registry has the peers of its store, and who works at that. Keeps so many,
 * whose keys are spread evenly, first.
 */
export async function openOpening(dir: string, peers: number, seed: string): Promise<OpenEntrant> {
  const place = new StorePlace(dir);
  const path = place.newPath();
  const options = { peers: { maxPeers: peers }, logger: false } as const;
  const source = new NumberedPeers((peer) => hash('sha256', `${seed}/${peer}`));
  const first = await createRegistry({ ...options, store: lmdbStore({ path }) });
  let added = 0;
  await upsertInBulk(first, peers, () => source.entry(added++));
  const expected = { lastSeq: first.lastSeq, digest: first.digest() };
  await first.close();
  return {
    system: 'panoptes',
    observers: 0,
    peers,
    metrics: [
      { name: 'open', unit: 'ms', better: 'less' },
      { name: 'open: looking through', unit: 'ms', better: 'less' },
      { name: 'open: registry’s CPU', unit: 'ms', better: 'less' },
      { name: 'open: other threads’ CPU', unit: 'ms', better: 'less' },
    ],
    count: 1,
    ...(peers >= oneRunFrom && { once: true }),
    note: `from createRegistry until it resolves, on ${place.fileSystem}; registry’s CPU: ${cpu.what}`,
    async run() {
      const [own, all] = [cpu.micros(), process.cpuUsage()];
      const start = systemClock.monotonic();
      const store = new TimedStore(lmdbStore({ path }));
      const registry = await createRegistry({ ...options, store });
      const elapsedMs = systemClock.monotonic() - start;
      const ownMs = (cpu.micros() - own) / 1000;
      const { user, system } = process.cpuUsage(all);
      try {
        checkState('open', registry, expected);
      } finally {
        await registry.close();
      }
      const othersMs = (user + system) / 1000 - ownMs;
      return { elapsedMs, values: [elapsedMs, store.openedMs - start, ownMs, othersMs] };
    },
    close: () => place.close(),
  };
}

const cpu = mainThreadCpu();
/** One run says enough where opening takes seconds. */
const oneRunFrom = 1_000_000;

/** Notes when a store was opened: what follows is reading its peers. */
class TimedStore implements RegistryStore {
  openedMs = 0;
  readonly #store: RegistryStore;

  constructor(store: RegistryStore) {
    this.#store = store;
  }

  async open(start: Parameters<RegistryStore['open']>[0]): Promise<OpenedStore> {
    const opened = await this.#store.open(start);
    this.openedMs = systemClock.monotonic();
    return opened;
  }
}
