import { systemClock } from '@panoptes/core/observer';
import type { Fault } from '../fault.js';
import { hangCodes } from './hang-codes.js';

/** How a memory leak may look; engines run out of memory at different places for each. */
const shapes: Readonly<Record<string, { readonly about: string; readonly make: () => Growth }>> = {
  numbers: {
    about: 'pushes numbers to one array',
    make: () => {
      const held: number[] = [];
      return () => repeat(100_000, (n) => held.push(n + 0.5));
    },
  },
  'map-of-integers': {
    about: 'fills a Map with integers',
    make: () => keyed(new Map<number, number>(), (map, key) => map.set(key, key)),
  },
  'map-of-objects': {
    about: 'fills a Map with objects',
    make: () => keyed(new Map<number, object>(), (map, key) => map.set(key, { key })),
  },
  set: {
    about: 'fills a Set',
    make: () => keyed(new Set<number>(), (set, key) => set.add(key)),
  },
  'object-keys': {
    about: 'adds properties to one object',
    make: () => {
      const object: Record<string, number> = {};
      return keyed(object, (into, key) => (into[`property-${key}`] = key));
    },
  },
  'async-queue': {
    about: 'queues work that it never does, with awaits between',
    make: () => {
      const queue: (() => Promise<unknown>)[] = [];
      return async () => {
        repeat(10_000, (n) => queue.push(async () => Promise.resolve([n, queue.length])));
        await Promise.resolve();
      };
    },
  },
  promises: {
    about: 'makes promises that never settle',
    make: () => {
      const held: Promise<unknown>[] = [];
      return () => repeat(8_000, () => held.push(new Promise(() => undefined)));
    },
  },
  closures: {
    about: 'keeps closures over arrays',
    make: () => {
      const held: (() => unknown)[] = [];
      return () =>
        repeat(100, (n) => {
          const kept = new Array<number>(1_000).fill(n);
          held.push(() => kept);
        });
    },
  },
  'string-doubling': {
    about: 'doubles strings',
    make: () => {
      const held: string[] = [];
      let text = '';
      return () => {
        text = text.length > 0 && text.length < 2 ** 28 ? text + text : 'x'.repeat(2 ** 20);
        // Read, it is copied out; until then it only names its halves.
        text.charCodeAt(0);
        held.push(text);
      };
    },
  },
  'one-array': {
    about: 'makes one huge array',
    make: () => {
      let held: number[] = [];
      return () => {
        held = held.concat(new Array<number>(131_072).fill(held.length + 0.5));
      };
    },
  },
  'json-parse': {
    about: 'parses large JSON texts',
    make: () => {
      const text = JSON.stringify(Array.from({ length: 10_000 }, (_, n) => ({ n, s: `${n}` })));
      const held: unknown[] = [];
      return () => void held.push(JSON.parse(text));
    },
  },
  objects: {
    about: 'keeps many small objects',
    make: () => {
      const held: object[] = [];
      return () => repeat(16_000, (n) => held.push({ n, next: n + 1 }));
    },
  },
  arrays: {
    about: 'keeps many arrays of 10,000',
    make: () => {
      const held: number[][] = [];
      return () => repeat(13, (n) => held.push(new Array<number>(10_000).fill(n)));
    },
  },
  timers: {
    about: 'starts timers that are never due',
    make: () => () => repeat(4_000, () => systemClock.after(2 ** 31 - 1, () => undefined)),
  },
  buffers: {
    about: 'keeps Buffers, whose bytes are outside of the heap',
    make: () => {
      const held: Buffer[] = [];
      return () => void held.push(Buffer.alloc(2 ** 20, held.length));
    },
  },
};

/**
 * Adds about a megabyte, more or less, to what is held, each time it is called. A promise is awaited
 * before the next call.
 */
type Growth = () => void | Promise<void>;

/** Calls `task` with 0, 1, 2 and so on. */
function repeat(times: number, task: (number: number) => unknown): void {
  for (let number = 0; number < times; number++) task(number);
}

/** Growth of one container by keys that it does not have yet. */
function keyed<T>(container: T, add: (container: T, key: number) => unknown): Growth {
  let key = 0;
  return () => repeat(20_000, () => add(container, key++));
}

/**
 * Calls until it stops growing: far beyond any limit that a registry would set, so that only what
 * is not stopped gets there; and a bound for the machine's sake.
 */
const mostCalls = 2_048;

/** Grows, then holds on to what it has. */
async function leak(make: () => Growth): Promise<never> {
  const grow = make();
  for (let call = 0; call < mostCalls; call++) {
    const step = grow();
    if (step !== undefined) await step;
  }
  return new Promise(() => grow);
}

/** What the process may die of when memory runs out before it is noticed. */
const mayAbort =
  'where the runtime does not tell what a thread uses, V8 may end the whole process first';

/** A leak in one loop is a hang as well: which is noticed first depends on how fast it grows. */
const leaking = ['memory', ...hangCodes.looping];

/** Memory that grows and grows, in every shape by name. */
export const memoryFaults: Readonly<Record<string, Fault>> = Object.fromEntries(
  Object.entries(shapes).map(([name, { about, make }]) => [
    `memory-${name}`,
    {
      family: 'memory',
      about,
      place: 'events',
      detectedAs: leaking,
      needsProcess: mayAbort,
      strike: () => leak(make),
    } satisfies Fault,
  ]),
);
