import { types } from 'node:util';
import { describe, expect, it } from 'vitest';
import { settling } from './settling.js';

/** Counts how often its `then` is read, and shows each of these in turn. */
function fickle(...shown: readonly unknown[]) {
  const counts = { reads: 0, calls: 0 };
  const object = {
    get then(): unknown {
      const then = shown[counts.reads++];
      if (typeof then !== 'function') return then;
      return (...ends: unknown[]): unknown => {
        counts.calls++;
        return Reflect.apply(then, undefined, ends) as unknown;
      };
    },
  };
  return { object, counts };
}

const resolves = (resolve: (value: unknown) => void): void => resolve('done');

describe('what an observer’s code returned', () => {
  it.each([undefined, null, 1, 'text', { then: 5 }, [], () => 1])('is no promise: %s', (value) => {
    expect(settling(value)).toBe(value);
  });

  it('is waited for once, by the one `then` that was read', async () => {
    const { object, counts } = fickle(resolves, undefined, () => undefined);
    const promise = settling(object);
    expect(types.isPromise(promise)).toBe(true);
    expect(await promise).toBe('done');
    expect(counts).toEqual({ reads: 1, calls: 1 });
  });

  it('is not waited for when it was none at the first look', () => {
    const { object, counts } = fickle(undefined, resolves);
    expect(settling(object)).toBe(object);
    expect(counts).toEqual({ reads: 1, calls: 0 });
  });

  it('fails with what its `then` throws, and only the first time that it ends', async () => {
    const throws = (): never => {
      throw new Error('in then');
    };
    expect(() =>
      settling({
        get then(): unknown {
          return throws();
        },
      }),
    ).toThrow('in then');
    await expect(settling({ then: throws } as never)).rejects.toThrow('in then');
    const both = (resolve: (value: unknown) => void, reject: (error: unknown) => void): void => {
      resolve('first');
      reject(new Error('second'));
      throw new Error('third');
    };
    expect(await settling({ then: both } as never)).toBe('first');
  });

  it('is waited for in the runtime’s way when it is the runtime’s', async () => {
    const own = Object.assign(Promise.resolve('own'), { then: undefined });
    expect(await settling(own)).toBe('own');
  });
});
