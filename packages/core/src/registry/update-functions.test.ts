import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { peerNumbered } from '../peers/peer-entry.fixture.js';
import type { UpdateFunction } from './commands.js';
import { Registry } from './registry.js';

const throwing = (): never => {
  throw new Error('as a caller’s object may');
};
const traps = ['get', 'has', 'ownKeys', 'getPrototypeOf', 'getOwnPropertyDescriptor'];
const unreadable = new Proxy({}, Object.fromEntries(traps.map((trap) => [trap, throwing])));
const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();

describe('what a function that updates a peer returns', () => {
  let registry: Registry;
  beforeEach(async () => {
    registry = new Registry({ log: { logBytes: 2 ** 20 } });
    await registry.upsert(peerNumbered(1));
  });
  afterEach(() => registry.close());

  /** The one way and the other to call it. */
  const updates = (change: UpdateFunction) => [
    () => registry.update('peer-1', change),
    () => registry.updateOrInsert(peerNumbered(1), change),
  ];

  it.each<[string, unknown, string]>([
    ['an object of which nothing can be asked', unreadable, 'PEER_UPDATE_FAILED'],
    ['a revoked proxy', revoked, 'PEER_UPDATE_FAILED'],
    ['null', null, 'PEER_INVALID'],
    ['an error that is not thrown', new Error('returned'), 'PEER_INVALID'],
  ])('refuses its command and no other: %s', async (_, returned, code) => {
    for (const update of updates(() => returned as never)) {
      await expect(update()).rejects.toMatchObject({ code });
    }
    expect(registry.failure.aborted).toBe(false);
    expect(await registry.updateTrust('peer-1', 0.3)).toMatchObject({ change: 'updated' });
  });

  it('is no promise: an async function is refused, and what it fails with ends nothing', async () => {
    const unheard: unknown[] = [];
    const note = (reason: unknown): void => void unheard.push(reason);
    process.on('unhandledRejection', note);
    for (const update of updates((async () => Promise.reject(new Error('later'))) as never)) {
      await expect(update()).rejects.toThrow('not async');
    }
    // Rejections that nobody hears are told after the microtasks of a turn.
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect(unheard).toEqual([]);
  });
});
