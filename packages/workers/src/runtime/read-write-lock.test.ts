import { describe, expect, it } from 'vitest';
import { ReadWriteLock } from './read-write-lock.js';

/** A promise that the test settles. */
function pending<T = void>() {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Whether a promise has settled by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const note = () => void (settled = true);
  promise.then(note, note);
  await turn();
  return settled;
}

describe('a lock for one writer or many readers', () => {
  it('lets a writer in at once, without a promise, when nobody is in', () => {
    const lock = new ReadWriteLock();
    expect(lock.write(() => 'done')).toBe('done');
    expect(lock.write(() => 'again')).toBe('again');
  });

  it('lets in one after another in the order in which they came, readers together', async () => {
    const lock = new ReadWriteLock();
    const log: string[] = [];
    const [first, one, two] = [pending(), pending(), pending()];
    const step = async (name: string, until = Promise.resolve()) => {
      log.push(`${name} in`);
      await until;
      log.push(`${name} out`);
    };
    const write = async (task: () => Promise<void>) => lock.write(task);
    const all = [
      write(() => step('w1', first.promise)),
      lock.read(() => step('r1', one.promise)),
      lock.read(() => step('r2', two.promise)),
      write(() => step('w2')),
      lock.read(() => step('r3')),
      write(() => step('w3')),
    ];
    await turn();
    expect(log).toEqual(['w1 in']);
    first.resolve();
    await turn();
    expect(log).toEqual(['w1 in', 'w1 out', 'r1 in', 'r2 in']);
    two.resolve();
    await turn();
    expect(log.at(-1)).toBe('r2 out');
    one.resolve();
    await Promise.all(all);
    expect(log.slice(5)).toEqual([
      'r1 out',
      'w2 in',
      'w2 out',
      'r3 in',
      'r3 out',
      'w3 in',
      'w3 out',
    ]);
  });

  it('turns out readers that keep a writer waiting, and drops what they come to', async () => {
    const lock = new ReadWriteLock();
    const slow = pending<string>();
    const reader = lock.read(() => slow.promise);
    let hasWritten = false;
    const writer = lock.write(() => void (hasWritten = true));
    expect(hasWritten).toBe(false);
    await expect(reader).rejects.toMatchObject({ code: 'QUERY_TIMEOUT' });
    await writer;
    expect(hasWritten).toBe(true);
    slow.resolve('too late');
    expect(await lock.read(() => 'the next')).toBe('the next');
  });

  it('leaves readers alone, however long they take, while no writer waits', async () => {
    const lock = new ReadWriteLock();
    const slow = pending<string>();
    const reader = lock.read(() => slow.promise);
    await new Promise((resolve) => setTimeout(resolve, 700));
    slow.resolve('in its own time');
    expect(await reader).toBe('in its own time');
  });

  it('does not mind a reader that throws', async () => {
    const lock = new ReadWriteLock();
    await expect(
      lock.read(() => {
        throw new RangeError('asked wrongly');
      }),
    ).rejects.toThrow('asked wrongly');
    expect(lock.write(() => 'goes on')).toBe('goes on');
  });

  it.each(['at once', 'later'])(
    'is poisoned by a writer that throws %s: no writer and no reader goes in after it',
    async (when) => {
      const lock = new ReadWriteLock();
      const bug = new Error('a bug');
      const failing = pending();
      const throwing = async () => lock.write(() => failing.promise);
      const first = throwing();
      const entered: string[] = [];
      const reader = lock.read(() => void entered.push('a waiting reader'));
      const writer = lock.write(() => void entered.push('a waiting writer'));
      if (when === 'later') await turn();
      failing.reject(bug);
      await expect(first).rejects.toBe(bug);
      await expect(writer).rejects.toBe(bug);
      const late = lock.read(() => void entered.push('a late reader'));
      expect(() => lock.write(() => void entered.push('a late writer'))).toThrow(bug);
      expect(await isSettled(reader)).toBe(false);
      expect(await isSettled(late)).toBe(false);
      expect(entered).toEqual([]);
    },
  );

  it('is poisoned before anything else can run by a writer that throws without a promise', async () => {
    const lock = new ReadWriteLock();
    expect(() =>
      lock.write(() => {
        throw new Error('a bug');
      }),
    ).toThrow('a bug');
    expect(await isSettled(lock.read(() => 'an answer'))).toBe(false);
  });
});
