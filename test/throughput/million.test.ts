import { type PeerEntry, systemClock } from '@panoptes/core';
import { type PeerRegistry, createRegistry } from '@panoptes/workers';
import { expect, it } from 'vitest';
import { peerNamed } from '../fixtures/random-traffic.js';
import type tally from '../fixtures/tally.observer.mjs';

const module = new URL('../fixtures/tally.observer.mjs', import.meta.url);
const upserts = 1_000_000;
const warmUp = 200_000;
const observers = 10;
const peers = 5_000;
/** Sent and not yet answered: two windows at a time. */
const windowSize = 4_096;

/** Changes a peer with every upsert, and works out the checksum that every observer must come to. */
class Feed {
  readonly #peers = Array.from({ length: peers }, (_, number) =>
    structuredClone<{ -readonly [Name in keyof PeerEntry]: PeerEntry[Name] }>(
      peerNamed(`peer-${number}`, { activeProtocols: ['quic'] }),
    ),
  );
  sent = 0;
  checksum = 0;

  /** Sends upserts up to a total; the registry copies each entry, so that objects serve again. */
  async send(registry: PeerRegistry, total: number): Promise<void> {
    let earlier: Promise<unknown> = Promise.resolve();
    while (this.sent < total) {
      const size = Math.min(windowSize, total - this.sent);
      const window = Promise.all(Array.from({ length: size }, () => registry.upsert(this.#next())));
      await earlier;
      earlier = window;
    }
    await earlier;
  }

  #next(): PeerEntry {
    const number = this.sent++;
    const peer = this.#peers[number % peers]!;
    peer.dataTransferred = number;
    peer.hopCount = (number * 7) & 15;
    this.checksum = (Math.imul(this.checksum, 31) + peer.dataTransferred) | 0;
    this.checksum = (Math.imul(this.checksum, 31) + peer.hopCount) | 0;
    return peer;
  }
}

it(`every one of ${observers} observers gets each of ${upserts} upserts once and in order, in flat memory`, async () => {
  const registry = await createRegistry({ observers: { blockTimeoutMs: 60_000 } });
  const handles = [];
  for (let index = 0; index < observers; index++) {
    const name = `tally-${index}`;
    handles.push(await registry.registerObserver<typeof tally>({ module, name, onLag: 'block' }));
  }
  const feed = new Feed();
  await feed.send(registry, warmUp);
  await registry.settled(undefined, { timeoutMs: 120_000 });

  const start = systemClock.monotonic();
  const memory: number[] = [];
  while (feed.sent < upserts) {
    await feed.send(registry, feed.sent + 50_000);
    memory.push(process.memoryUsage().rss / 2 ** 20);
  }
  await registry.settled(undefined, { timeoutMs: 120_000 });
  const seconds = (systemClock.monotonic() - start) / 1_000;

  const { checksum } = feed;
  for (const handle of handles) {
    expect(await handle.query.tally()).toEqual({ count: upserts, checksum });
    expect(handle.stats()).toMatchObject({ delivered: upserts, resyncs: 0, restarts: 0, lag: 0 });
  }
  expect(registry.counters).toMatchObject({ committed: upserts, added: peers, rejected: 0 });
  const perSecond = Math.round((upserts - warmUp) / seconds);
  const samples = memory.map(Math.round).join(' ');
  console.log(`${perSecond} upserts/s to ${observers} observers; RSS in MiB: ${samples}`);
  // Eleven heaps breathe, each in its own time, 50 MiB apart on a busy machine; twenty bytes that each
  // observer keeps of a change would lift their lowest point by more.
  const third = Math.floor(memory.length / 3);
  const highestBefore = Math.max(...memory.slice(0, third));
  const lowestAfter = Math.min(...memory.slice(-third));
  expect(lowestAfter).toBeLessThan(highestBefore + 64);
  await registry.close();
});
