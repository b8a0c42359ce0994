import { EventEmitter } from 'node:events';
import { nextTurn } from '@panoptes/core';
import type { PeerStream } from '../workload/peer-stream.js';
import { PlainRegistry, type PlainEvent } from '../workload/plain-registry.js';
import { reading, TallyCounter } from '../workload/tally.js';
import type { FanoutSystem } from './fanout-system.js';

/** Listeners on the same thread, called with references: no isolation at all. */
export function openEventEmitter(observers: number, stream: PeerStream): FanoutSystem {
  const registry = new PlainRegistry();
  const emitter = new EventEmitter().setMaxListeners(observers);
  const tallies = counters(observers);
  for (const tally of tallies) {
    emitter.on('change', ({ entry }: PlainEvent) => tally.add(reading(entry)));
  }
  return {
    name: 'EventEmitter',
    note: 'one thread, by reference: no isolation',
    async run(changes) {
      for (let done = 1; done <= changes; done++) {
        emitter.emit('change', registry.upsert(stream.next()));
        if (done % changesPerTurn === 0) await nextTurn();
      }
    },
    takeTallies: () => Promise.resolve(tallies.map((tally) => tally.take())),
    takeExpected: () => stream.takeExpected(),
    close: () => Promise.resolve(),
  };
}

/** Changes between two turns of the event loop, for those who never wait. */
const changesPerTurn = 50_000;

const counters = (observers: number): TallyCounter[] =>
  Array.from({ length: observers }, () => new TallyCounter());

/** Callbacks on the same thread, awaited one after another, each with a copy of its own. */
export function openAwaitedClone(observers: number, stream: PeerStream): FanoutSystem {
  const registry = new PlainRegistry();
  const tallies = counters(observers);
  const callbacks = tallies.map((tally) => (event: PlainEvent): Promise<void> => {
    tally.add(reading(event.entry));
    return Promise.resolve();
  });
  return {
    name: 'awaited-clone',
    note: 'one thread, a copy for each observer: no isolation from loops and crashes',
    async run(changes) {
      for (let done = 0; done < changes; done++) {
        const event = registry.upsert(stream.next());
        for (const callback of callbacks) await callback(structuredClone(event));
      }
    },
    takeTallies: () => Promise.resolve(tallies.map((tally) => tally.take())),
    takeExpected: () => stream.takeExpected(),
    close: () => Promise.resolve(),
  };
}
