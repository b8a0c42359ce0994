import { describe, expect, it } from 'vitest';
import { InFlight } from './in-flight.js';

/** A command whose end the test decides. */
function command(): { promise: Promise<void>; resolve: () => void; reject: (e: Error) => void } {
  let resolve!: () => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('commands in flight', () => {
  it('have room up to the limit, and again when half are answered', async () => {
    const inFlight = new InFlight(4);
    const commands = Array.from({ length: 4 }, command);
    for (const { promise } of commands) {
      expect(inFlight.room()).toBeUndefined();
      inFlight.add(promise);
    }
    let roomAgain = false;
    const room = inFlight.room()!.then(() => {
      roomAgain = true;
    });
    commands[0]!.resolve();
    commands[1]!.resolve();
    await turn();
    expect(roomAgain).toBe(false);
    commands[2]!.resolve();
    await room;
    expect(inFlight.room()).toBeUndefined();
  });

  it('are drained when the last is answered', async () => {
    const inFlight = new InFlight(4);
    await inFlight.drained();
    const { promise, resolve } = command();
    inFlight.add(promise);
    let drained = false;
    const drain = inFlight.drained().then(() => {
      drained = true;
    });
    await turn();
    expect(drained).toBe(false);
    resolve();
    await drain;
  });

  it('stop at the first failure, whether or not something waits for it', async () => {
    const waiting = new InFlight(1);
    const first = command();
    waiting.add(first.promise);
    const room = waiting.room()!;
    first.reject(new Error('refused'));
    await expect(room).rejects.toThrow('refused');

    const unwatched = new InFlight(8);
    unwatched.add(Promise.reject(new Error('first')));
    unwatched.add(Promise.reject(new Error('second')));
    await turn();
    expect(() => unwatched.room()).toThrow('first');
    await expect(unwatched.drained()).rejects.toThrow('first');
  });
});
