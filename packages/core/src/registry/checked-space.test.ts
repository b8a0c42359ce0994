// A space that a store of a user's own gives: it is one, or a StoreError.
import { describe, expect, it } from 'vitest';
import { createSpaceMemory } from '../log/space-memory.js';
import { openStore } from './open-store.js';
import { kept, never, problemOf, rejects, storeWith, throws } from './odd-store.fixture.js';
import type { OpenedStore } from './registry-store.js';

describe('the space of an observer, in a store of a user’s own', () => {
  const memory = createSpaceMemory(undefined, 100);
  const whole = { memory, cursor: 3, broken: never, end: () => Promise.resolve() };
  const spaceOf = async (space: unknown): ReturnType<NonNullable<OpenedStore['space']>> => {
    const limits = { storeTimeoutMs: 1_000, storeOpenTimeoutMs: 200 };
    const store = await openStore(
      storeWith(() => ({ space })),
      { id: kept.id, fields: '' },
      limits,
    );
    return store.space!('routes', '', 100);
  };

  it.each<[string, unknown, RegExp]>([
    ['throws', throws, /^STORE_FAILED: the store's space\(\) failed: boo$/],
    ['is nothing', () => undefined, /^STORE_FAILED: the store's space\(\) failed/],
    ['has no memory', () => ({ ...whole, memory: {} }), /createSpaceMemory/],
    ['has an odd cursor', () => ({ ...whole, cursor: -1 }), /expected its cursor .*got -1$/],
    ['has no end', () => ({ ...whole, end: undefined }), /expected the promise broken/],
    ['never comes', () => never, /^STORE_STUCK: the store's space\(\)/],
  ])('is refused when it %s', async (_, space, message) => {
    expect(await problemOf(spaceOf(space))).toMatch(message);
  });

  it('comes to its end, and is broken when it says so in whatever way', async () => {
    const space = await spaceOf(() => ({
      ...whole,
      end: rejects,
      broken: Promise.reject(new Error('boo')),
    }));
    expect([space.cursor, (await space.broken).message]).toEqual([3, 'boo']);
    expect(await space.end(true)).toBeUndefined();
    const stuck = await spaceOf(() => ({ ...whole, end: () => never }));
    expect(await stuck.end(true)).toBeUndefined();
  });
});
