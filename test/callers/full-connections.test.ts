import { type PeerRegistry, createRegistry } from '@panoptes/workers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CallerThread } from '../fixtures/caller-thread.js';
import { peerNamed } from '../fixtures/random-traffic.js';

let registry: PeerRegistry;
beforeEach(async () => {
  registry = await createRegistry({ peers: { maxPeers: 10_000 } });
});
afterEach(() => registry.close());

const capacityBytes = 2 ** 19;
const many = Array.from({ length: 3_000 }, (_, at) => peerNamed(`peer-${at}`));

/** Keeps the registry's thread from taking anything for a while; the caller's thread goes on. */
const block = (): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);

/** Has a thread send many at once while nothing is taken. */
async function burst(
  options: object,
  peers: readonly object[] = many,
  each?: object,
): Promise<Record<string, number>> {
  const caller = new CallerThread(registry.port({ capacityBytes }), options);
  await caller.call('rest', 1);
  const outcome = caller.call('burst', peers, each);
  block();
  const codes = (await outcome) as Record<string, number>;
  await caller.end();
  return codes;
}

describe('a caller that sends more than is taken', () => {
  it('is refused what its memory has no room for, unless it says otherwise', async () => {
    const { ok = 0, REGISTRY_OVERLOADED: refused = 0, ...others } = await burst({});
    expect([ok + refused, others]).toEqual([many.length, {}]);
    // 512 KiB hold some hundreds of entries.
    expect(ok).toBeGreaterThan(200);
    expect(refused).toBeGreaterThan(200);
    expect(registry.peers.size).toBe(ok);
  });

  it('waits for room if it says so, for the connection or for the command', async () => {
    expect(await burst({ whenFull: 'wait' })).toEqual({ ok: many.length });
    expect(await burst({}, many, { whenFull: 'wait' })).toEqual({ ok: many.length });
    expect(registry.peers.size).toBe(many.length);
  });

  it('has so many outstanding at most, and as many again that wait', async () => {
    const few = many.slice(0, 250);
    const limits = { maxOutstanding: 100 };
    expect(await burst(limits, few)).toEqual({ ok: 100, REGISTRY_OVERLOADED: 150 });
    const waiting = await burst({ ...limits, whenFull: 'wait' }, few);
    expect(waiting).toEqual({ ok: 200, REGISTRY_OVERLOADED: 50 });
  });

  it('has room again when what it sent has been taken', async () => {
    const caller = new CallerThread(registry.port({ capacityBytes }), { maxOutstanding: 100 });
    for (let round = 0; round < 10; round++) {
      expect(await caller.call('burst', many.slice(0, 100))).toEqual({ ok: 100 });
    }
    await caller.end();
  });

  it('needs not mind any of this where it upserts many', async () => {
    const caller = new CallerThread(registry.port({ capacityBytes }), { maxOutstanding: 50 });
    const outcome = caller.call('command', 'upsertMany', many);
    block();
    expect(await outcome).toMatchObject({ added: many.length, rejected: 0 });
    await caller.end();
  });
});
