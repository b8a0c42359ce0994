import { MessagePort, Worker } from 'node:worker_threads';
import { createRegistry } from '@panoptes/workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { peerNamed } from '../fixtures/random-traffic.js';

const module = new URL('../fixtures/tally.observer.mjs', import.meta.url);
const observers = 3;
const upserts = 5_000;

afterEach(() => void vi.restoreAllMocks());

describe('observers on threads', () => {
  it('cost no message for the changes that they follow, in either direction', async () => {
    const started = vi.spyOn(Worker.prototype, 'postMessage');
    const registry = await createRegistry();
    for (let at = 0; at < observers; at++) {
      await registry.registerObserver({ module, name: `tally-${at}`, onLag: 'block' });
    }
    // What a thread has to say goes through memory that it was given, and counts its bytes there.
    const lines = started.mock.calls.map(([line]) => line as { messages: SharedArrayBuffer });
    expect(lines).toHaveLength(observers);
    const heard = () =>
      lines.reduce((bytes, { messages }) => bytes + new Int32Array(messages, 0, 1)[0]!, 0);
    const sent = vi.spyOn(MessagePort.prototype, 'postMessage');
    const before = heard();
    await Promise.all(
      Array.from({ length: upserts }, (_, dataTransferred) =>
        registry.upsert(peerNamed(`peer-${dataTransferred % 100}`, { dataTransferred })),
      ),
    );
    await registry.settled();
    // Health may be asked after now and then; nothing goes with the changes.
    expect(sent.mock.calls.length).toBeLessThan(upserts / 100);
    // A message takes more than four bytes.
    expect(heard() - before).toBeLessThan(4 * upserts);
    // The same eyes see a message when there is one.
    const [asked, answered] = [sent.mock.calls.length, heard()];
    await registry.close();
    expect(sent.mock.calls.length).toBeGreaterThan(asked);
    expect(heard()).toBeGreaterThan(answered);
  });
});
