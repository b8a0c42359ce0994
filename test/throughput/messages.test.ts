import { Worker } from 'node:worker_threads';
import { createRegistry } from '@panoptes/workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { peerNamed } from '../fixtures/random-traffic.js';

const module = new URL('../fixtures/tally.observer.mjs', import.meta.url);
const observers = 3;
const upserts = 5_000;

afterEach(() => void vi.restoreAllMocks());

describe('observers on threads', () => {
  it('cost no message for the changes that they follow, in either direction', async () => {
    const registry = await createRegistry();
    for (let at = 0; at < observers; at++) {
      await registry.registerObserver({ module, name: `tally-${at}`, onLag: 'block' });
    }
    const sent = vi.spyOn(Worker.prototype, 'postMessage');
    const heard = vi.spyOn(Worker.prototype, 'emit');
    await Promise.all(
      Array.from({ length: upserts }, (_, dataTransferred) =>
        registry.upsert(peerNamed(`peer-${dataTransferred % 100}`, { dataTransferred })),
      ),
    );
    await registry.settled();
    // Health may be asked after now and then; nothing goes with the changes.
    expect(sent.mock.calls.length + heard.mock.calls.length).toBeLessThan(upserts / 100);
    // The same eyes see a message when there is one.
    await registry.close();
    expect(sent.mock.calls.length).toBeGreaterThan(0);
    expect(heard.mock.calls.some(([event]) => (event as string) === 'message')).toBe(true);
  });
});
