import { fileBeside } from '@panoptes/core';
import { Piscina } from 'piscina';
import type { PeerStream } from '../workload/peer-stream.js';
import { PlainRegistry } from '../workload/plain-registry.js';
import { TallyCounter } from '../workload/tally.js';
import type { FanoutSystem } from './fanout-system.js';

/**
 * A task for every event and every observer, in a pool with a thread for each observer. A pool does
 * not say which thread gets a task, so an observer could keep no state on one: its tally is kept on
 * the main thread, from the tasks' results.
 */
export function openPiscina(observers: number, stream: PeerStream): FanoutSystem {
  const pool = new Piscina({
    filename: taskModule.href,
    minThreads: observers,
    maxThreads: observers,
    recordTiming: false,
  });
  const registry = new PlainRegistry();
  const tallies = Array.from({ length: observers }, () => new TallyCounter());
  return {
    name: 'piscina',
    note: 'a task for each event and observer; observers keep their state on the main thread',
    async run(changes) {
      for (let left = changes; left > 0; left -= tasksPerThread) {
        const tasks: Promise<void>[] = [];
        for (let sent = Math.min(left, tasksPerThread); sent > 0; sent--) {
          const event = registry.upsert(stream.next());
          for (const tally of tallies) {
            tasks.push(
              pool.run(event).then((value: unknown) => {
                tally.add(value as number);
              }),
            );
          }
        }
        await Promise.all(tasks);
      }
    },
    takeTallies: () => Promise.resolve(tallies.map((tally) => tally.take())),
    takeExpected: () => stream.takeExpected(),
    close: () => pool.destroy(),
  };
}

const taskModule = fileBeside(import.meta.url, '../workers/piscina-task.js');

/** Tasks that wait for their result at a time, for each thread. */
const tasksPerThread = 32;
