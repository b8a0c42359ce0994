import { PeerNotFoundError } from '@panoptes/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BenchMismatchError } from '../bench-error.js';
import { Population } from '../workload/population.js';
import { commandOperations } from './command-operations.js';
import type { Operation, Timed } from './operation.js';
import { readOperations } from './read-operations.js';

let population: Population;
beforeEach(async () => void (population = await Population.open(60, 'a')));
afterEach(() => population.close());

const named = (operations: readonly Operation[]) =>
  operations.map((operation) => [operation.name, operation] as const);

/** Runs an operation. Returns how often it says that it was done, and whether anything was timed. */
async function run(operation: Operation, count: number) {
  let portions = 0;
  const timed: Timed = async (work) => {
    portions++;
    await work();
  };
  return { done: await operation.run(population, count, timed), portions };
}

describe.each(named([...commandOperations, ...readOperations]))('%s', (_, operation) => {
  it('is done as often as it says, over and over, and leaves its peers there', async () => {
    const { registry, nodeIds } = population;
    const { size } = registry.peers;
    for (const count of [1, 250]) {
      const { done, portions } = await run(operation, count);
      expect(done).toBeGreaterThanOrEqual(count);
      expect(portions).toBeGreaterThan(0);
    }
    expect(registry.peers.size).toBe(size);
    for (const nodeId of nodeIds) expect(registry.peers.has(nodeId)).toBe(true);
  });
});

describe('an operation', () => {
  it.each(named(commandOperations.filter(({ name }) => name !== 'createPeer')))(
    'that changes peers does so as a transaction for each: %s',
    async (name, operation) => {
      const before = population.registry.lastSeq;
      const { done } = await run(operation, 50);
      const isBatch = name.startsWith('batch');
      // What is added was removed before, and the other way round.
      const isPaired = name === 'add' || name === 'remove';
      const expected = isBatch ? 1 : isPaired ? 2 * done : done;
      expect(population.registry.lastSeq - before).toBe(expected);
    },
  );

  it.each(named(readOperations))('that reads changes nothing: %s', async (_, operation) => {
    const before = [population.registry.lastSeq, population.registry.digest()];
    await run(operation, 50);
    expect([population.registry.lastSeq, population.registry.digest()]).toEqual(before);
  });

  it.each(['upsert of a known peer', 'touch', 'get', 'closest 20 in the DHT, entries', 'remove'])(
    'has no figure when it does not do what it should: %s',
    async (name) => {
      const operation = [...commandOperations, ...readOperations].find((one) => one.name === name)!;
      const gone = population.nodeIds.filter((_, at) => at % 2 === 1);
      for (const nodeId of gone) await population.registry.remove(nodeId);
      await expect(run(operation, 50)).rejects.toThrow(
        name === 'touch' ? PeerNotFoundError : BenchMismatchError,
      );
    },
  );
});
