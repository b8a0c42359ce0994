import { BatchUpdate, type CommandResult, createPeer } from '@panoptes/core';
import { profileOf } from '@panoptes/testkit';
import type { Population } from '../workload/population.js';
import { type Operation, checkDone } from './operation.js';

/** The operations that change peers, and what makes them. */
export const commandOperations: readonly Operation[] = [
  commandOn('upsert of a known peer', 'updated', (population) => {
    const { registry } = population;
    return registry.upsert(population.entry(population.next()));
  }),
  commandOn('update with numbers', 'updated', (population) => {
    const lastSeen = population.moment();
    return population.registry.update(population.nextId(), { lastSeen, hopCount: 3 });
  }),
  commandOn('updateMetrics', 'updated', (population) => {
    // No peer has such a one to begin with.
    const latencyMs = population.change() + 0.123;
    return population.registry.updateMetrics(population.nextId(), { latencyMs });
  }),
  commandOn('updateTrust', 'updated', (population) => {
    // Differs from any other one by its digits.
    const trust = 1 / (2 + population.change());
    return population.registry.updateTrust(population.nextId(), trust);
  }),
  commandOn('touch', 'updated', (population) =>
    population.registry.touch(population.nextId(), population.moment()),
  ),
  commandOn('update with a function', 'updated', (population) => {
    const dataTransferred = population.change();
    return population.registry.update(population.nextId(), (entry) => ({
      ...entry,
      dataTransferred,
    }));
  }),
  {
    name: 'createPeer',
    note: 'of an identity and a profile, in turns of 1,000',
    async run(population, count, timed) {
      const profile = profileOf('operations');
      const inputs = Array.from({ length: 1_000 }, () => {
        const nodeId = population.nextId();
        return { ...profile, peerId: { nodeId, publicKey: nodeId, did: `did:zhtp:${nodeId}` } };
      });
      let made = 0;
      await timed(() => {
        for (let done = 0; done < count; done++) {
          if (createPeer(inputs[done % 1_000]!).peerId.nodeId.length === 64) made++;
        }
      });
      checkDone('createPeer', count, made);
      return count;
    },
  },
  {
    name: 'add',
    note: 'of peers that were removed before, which is not measured',
    async run(population, count, timed) {
      for (const peers of portions(population, count)) {
        await removeAll(population, peers);
        await timed(() => addAll(population, peers));
      }
      return count;
    },
  },
  {
    name: 'remove',
    note: 'of peers that are added again, which is not measured',
    async run(population, count, timed) {
      for (const peers of portions(population, count)) {
        await timed(() => removeAll(population, peers));
        await addAll(population, peers);
      }
      return count;
    },
  },
  {
    name: 'add at the cap',
    note: 'each evicts another one',
    async run(population, count, timed) {
      const { registry } = population;
      const size = registry.peers.size;
      for (let left = count; left > 0; left -= windowSize) {
        const visitors = Array.from({ length: Math.min(left, windowSize) }, () =>
          population.visitor(),
        );
        await timed(() =>
          inWindows('add at the cap', visitors.length, 'added', (at) =>
            registry.upsert(visitors[at]!),
          ),
        );
        checkDone('peers at the cap', size, registry.peers.size);
      }
      return count;
    },
  },
  {
    name: 'batch of 100, a change',
    note: 'upserts of known peers, one batch after another',
    async run(population, count, timed) {
      const changes = Math.min(100, population.size);
      const batches = Math.ceil(count / changes);
      for (let left = batches; left > 0; left -= batchesAtATime) {
        const next = Array.from({ length: Math.min(left, batchesAtATime) }, () =>
          Array.from({ length: changes }, () => population.ownEntry(population.next())),
        );
        await timed(async () => {
          for (const peers of next) {
            const batch = new BatchUpdate();
            for (const peer of peers) batch.upsert(peer);
            const { updated } = await population.registry.commitBatch(batch);
            checkDone('changes of a batch', changes, updated);
          }
        });
      }
      return batches * changes;
    },
  },
];

/** Batches that are made beforehand. */
const batchesAtATime = 40;
/** Commands that are outstanding at a time. */
const windowSize = 4_096;

/** An operation that is one command on the peer whose turn it is. */
function commandOn(
  name: string,
  change: string,
  send: (population: Population) => Promise<CommandResult<string>>,
): Operation {
  return {
    name,
    async run(population, count, timed) {
      await timed(() => inWindows(name, count, change, () => send(population)));
      return count;
    },
  };
}

/** Sends commands, many outstanding, and holds each to what it is to change. */
async function inWindows(
  name: string,
  count: number,
  change: string,
  send: (at: number) => Promise<CommandResult<string>>,
): Promise<void> {
  let right = 0;
  for (let sent = 0; sent < count;) {
    const results: Promise<CommandResult<string>>[] = [];
    for (const end = Math.min(count, sent + windowSize); sent < end; sent++) {
      results.push(send(sent));
    }
    for (const result of await Promise.all(results)) if (result.change === change) right++;
  }
  checkDone(name, count, right);
}

/** The peers whose turn it is, in portions of half of all at most: a removed one cannot be removed. */
function* portions(population: Population, count: number): Generator<readonly number[]> {
  const most = Math.min(windowSize, Math.ceil(population.size / 2));
  for (let left = count; left > 0; left -= most) {
    yield Array.from({ length: Math.min(left, most) }, () => population.next());
  }
}

const removeAll = ({ registry, nodeIds }: Population, peers: readonly number[]): Promise<void> =>
  inWindows('remove', peers.length, 'removed', (at) => registry.remove(nodeIds[peers[at]!]!));

const addAll = (population: Population, peers: readonly number[]): Promise<void> =>
  inWindows('add', peers.length, 'added', (at) =>
    population.registry.upsert(population.entry(peers[at]!)),
  );
