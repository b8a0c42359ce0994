import { createRegistry } from '@panoptes/workers';
import { expect, it } from 'vitest';
import { RandomTraffic } from '../fixtures/random-traffic.js';
import type recorder from '../fixtures/recorder.observer.mjs';
import type { SeenSnapshot } from '../fixtures/recorder.observer.mjs';
import { hosts } from './hosts.js';

const module = new URL('../fixtures/recorder.observer.mjs', import.meta.url);

/** Some 10 MiB of entries: a snapshot takes many slices, with turns of the writer in between. */
const peers = 22_000;

it.each(hosts)(
  'W13 a snapshot taken under a storm of writes is the registry at that very seq (%s)',
  async (host) => {
    const traffic = new RandomTraffic({ seed: 'W13', peers });
    const registry = await createRegistry({
      peers: { maxPeers: 2 * peers },
      observers: { startTimeoutMs: 120_000, blockTimeoutMs: 60_000 },
    });
    await traffic.populate(registry, peers);

    // Two at the same time, who may share a snapshot, and one after them.
    const registrations = [];
    for (const [index, pauseAfter] of [0, 200, 0].entries()) {
      const registration = registry.registerObserver<typeof recorder>({
        module,
        host,
        name: `recorder-${index}`,
        onLag: 'block',
      });
      let isPending = true;
      void registration.catch(() => undefined).finally(() => (isPending = false));
      registrations.push(registration);
      if (pauseAfter > 0) await traffic.send(registry, pauseAfter);
      if (index !== 0) await traffic.sendUntil(registry, () => !isPending);
    }
    const observers = await Promise.all(registrations);
    await traffic.send(registry, 200);
    await registry.settled();

    const expected = traffic.model.digest();
    for (const observer of observers) {
      const seen = await observer.ask('first', [], { timeoutMs: 60_000 });
      const [snapshot, next] = seen as SeenSnapshot[];
      expect(snapshot!.type).toBe('snapshot');
      // In the middle of the storm: after the first peers, before the last change.
      expect(snapshot!.seq).toBeGreaterThanOrEqual(peers);
      expect(next!.seq).toBe(snapshot!.seq + 1);
      const stamps = new Map(snapshot!.peers);
      expect(stamps.size).toBe(snapshot!.size);
      expect(differences(stamps, traffic.model.stampsAt(snapshot!.seq))).toEqual([]);
      expect(await observer.digest({ timeoutMs: 60_000 })).toBe(expected);
    }
    await registry.close();
  },
);

/** The node ids whose stamps differ; as a list, since a failing comparison of whole maps says little. */
function differences(
  got: ReadonlyMap<string, string>,
  expected: ReadonlyMap<string, string>,
): string[] {
  const nodeIds = new Set([...got.keys(), ...expected.keys()]);
  return [...nodeIds].filter((nodeId) => got.get(nodeId) !== expected.get(nodeId)).slice(0, 10);
}
