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

const ignore = (): void => undefined;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('commands in flight', () => {
  it('have room up to the limit, and again when half are answered', async () => {
    const inFlight = new InFlight(4, ignore);
    const commands = Array.from({ length: 4 }, command);
    for (const { promise } of commands) {
      expect(inFlight.room()).toBeUndefined();
      inFlight.add(promise, 0);
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
    const inFlight = new InFlight(4, ignore);
    await inFlight.drained();
    const { promise, resolve } = command();
    inFlight.add(promise, 0);
    let drained = false;
    const drain = inFlight.drained().then(() => {
      drained = true;
    });
    await turn();
    expect(drained).toBe(false);
    resolve();
    await drain;
  });

  it('show the first failure, and are waited for all the same', async () => {
    const inFlight = new InFlight(3, ignore);
    const commands = Array.from({ length: 3 }, command);
    for (const [at, { promise }] of commands.entries()) inFlight.add(promise, at);
    const room = inFlight.room()!;
    commands[0]!.reject(new Error('first'));
    commands[1]!.reject(new Error('second'));
    await room;
    expect(inFlight.failure).toEqual({ error: new Error('first'), sent: 0 });

    let drained = false;
    const drain = inFlight.drained().then(() => {
      drained = true;
    });
    await turn();
    expect(drained).toBe(false);
    commands[2]!.resolve();
    await drain;
  });

  it('tell which of them were done, before anybody goes on', async () => {
    const told: string[] = [];
    const inFlight = new InFlight(4, (sent: string) => told.push(sent));
    const [good, bad] = [command(), command()];
    inFlight.add(good.promise, 'good');
    inFlight.add(bad.promise, 'bad');
    const drained = inFlight.drained().then(() => told.push('drained'));
    bad.reject(new Error('refused'));
    good.resolve();
    await drained;
    expect(told).toEqual(['good', 'drained']);
  });
});
