import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../clock.js';
import { Doorbell } from './doorbell.js';
import { createLogMemory } from './log-memory.js';
import { LogReader } from './log-reader.js';
import { LogWriter } from './log-writer.js';
import { ReaderLines } from './reader-lines.js';
import { writeTransaction } from './self-checking.fixture.mjs';

/*
 * The code of `park` itself, with the writer's acts slipped in before each of its atomic operations.
 */

const real = { ...atomics() };

function atomics(): Pick<typeof Atomics, 'load' | 'store' | 'waitAsync'> {
  const { load, store, waitAsync } = Atomics;
  return { load, store, waitAsync };
}

/** Calls `act` with 0, 1, 2… before the operations that follow; what `act` does itself is not counted. */
function beforeEachOperation(act: (operation: number) => void): void {
  let operation = 0;
  let isActing = false;
  const watched = <Call extends (...args: never[]) => unknown>(call: Call): Call =>
    ((...args) => {
      if (!isActing) {
        isActing = true;
        act(operation++);
        isActing = false;
      }
      return call(...args);
    }) as Call;
  Object.assign(Atomics, {
    load: watched(real.load),
    store: watched(real.store),
    waitAsync: watched(real.waitAsync),
  });
}

afterEach(() => {
  Object.assign(Atomics, real);
});

function open() {
  const memory = createLogMemory({ logBytes: 4096, readers: 1 });
  const writer = new LogWriter(memory, new ReaderLines(memory));
  const reader = new LogReader(memory, { from: writer.checkpoint() });
  const other = new LogReader(memory, { from: writer.checkpoint() });
  const doorbell = new Doorbell(memory, { clock: systemClock, schedule: setImmediate });
  const publish = (): void => {
    writeTransaction(writer, writer.lastSeq + 1);
    writer.publish();
  };
  publish();
  for (const one of [reader, other]) while (one.read() === 'events') one.advance();
  return { writer, reader, other, publish, ring: () => doorbell.ring() };
}

/** Operations of a `park` that goes to sleep, up to where it does. */
const OPERATIONS = 5;
const moments = Array.from({ length: OPERATIONS + 1 }, (_, at) => at);

describe('park', () => {
  it('has as many operations before it sleeps as are tried here', () => {
    const { reader } = open();
    let last = -1;
    beforeEachOperation((operation) => (last = operation));
    void reader.park();
    Object.assign(Atomics, real);
    expect(last).toBe(OPERATIONS - 1);
    reader.stop();
  });

  it.each(moments)(
    'is woken by a publish before operation %d, rung at any moment after',
    async (at) => {
      for (const ringAt of moments.filter((moment) => moment >= at)) {
        const { reader, publish, ring } = open();
        beforeEachOperation((operation) => {
          if (operation === at) publish();
          if (operation === ringAt) ring();
        });
        const parked = reader.park();
        Object.assign(Atomics, real);
        if (at === OPERATIONS) publish();
        if (ringAt === OPERATIONS) ring();
        await parked;
        expect(reader.read()).toBe('events');
      }
    },
  );

  it.each(moments)(
    'is woken by the next publish when a late ring for the last one comes before operation %d',
    async (ringAt) => {
      const { reader, publish, ring } = open();
      beforeEachOperation((operation) => {
        if (operation === ringAt) ring();
      });
      let isAwake = false;
      const parked = reader.park().then(() => (isAwake = true));
      Object.assign(Atomics, real);
      if (ringAt === OPERATIONS) ring();
      publish();
      ring();
      for (let turn = 0; turn < 50 && !isAwake; turn++) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(isAwake).toBe(true);
      await parked;
      expect(reader.read()).toBe('events');
    },
  );

  it.each(moments)(
    'is woken beside another reader that goes to sleep before operation %d, by one ring for both',
    async (at) => {
      for (const publishAt of moments) {
        for (const ringAt of moments.filter((moment) => moment >= publishAt)) {
          const { reader, other, publish, ring } = open();
          let otherParked: Promise<void> | undefined;
          let next = 0;
          const act = (operation: number): void => {
            next = operation + 1;
            if (operation === at) otherParked = other.park();
            if (operation === publishAt) publish();
            if (operation === ringAt) ring();
          };
          beforeEachOperation(act);
          const parked = reader.park();
          Object.assign(Atomics, real);
          // One that did not go to sleep took fewer steps.
          while (next <= OPERATIONS) act(next);
          await Promise.all([parked, otherParked]);
          expect([reader.read(), other.read()]).toEqual(['events', 'events']);
        }
      }
    },
  );

  it.each(moments)('is ended by the log being closed before operation %d', async (closeAt) => {
    const { reader, writer } = open();
    beforeEachOperation((operation) => {
      if (operation === closeAt) writer.close();
    });
    const parked = reader.park();
    Object.assign(Atomics, real);
    if (closeAt === OPERATIONS) writer.close();
    await parked;
    expect(reader.ended).toBe(true);
  });
});
