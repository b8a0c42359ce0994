import type { PeerEntry } from '@panoptes/core';
import type { PeerRegistry } from '@panoptes/workers';

/** Upserts so many entries, many outstanding, and resolves when all of them are committed. */
export async function upsertMany(
  registry: Pick<PeerRegistry, 'upsert'>,
  count: number,
  next: () => PeerEntry,
): Promise<void> {
  for (let left = count; left > 0; left -= windowSize) {
    const results: Promise<unknown>[] = [];
    for (let sent = Math.min(windowSize, left); sent > 0; sent--) {
      results.push(registry.upsert(next()));
    }
    await Promise.all(results);
  }
}

/** Upserts that wait for their result at a time. */
const windowSize = 4_096;

/** Upserts so many entries, each after the one before it is committed. */
export async function upsertOneByOne(
  registry: Pick<PeerRegistry, 'upsert'>,
  count: number,
  next: () => PeerEntry,
): Promise<void> {
  for (let done = 0; done < count; done++) await registry.upsert(next());
}

/** Upserts so many entries through the registry's own way in for many. */
export async function upsertInBulk(
  registry: Pick<PeerRegistry, 'upsertMany'>,
  count: number,
  next: () => PeerEntry,
): Promise<void> {
  function* entries(): Generator<PeerEntry> {
    for (let left = count; left > 0; left--) yield next();
  }
  await registry.upsertMany(entries());
}

/**
 * Upserts so many entries with no more than `most` outstanding, and nearly as many all the time. Resolves
 * when all of them have.
 */
export async function upsertRolling(
  registry: Pick<PeerRegistry, 'upsert'>,
  count: number,
  next: () => PeerEntry,
  most: number,
): Promise<void> {
  const window = Math.ceil(most / windowsAtATime);
  const windows: Promise<unknown>[] = [];
  for (let left = count; left > 0; left -= window) {
    if (windows.length === windowsAtATime) await windows.shift();
    const results: Promise<unknown>[] = [];
    for (let sent = Math.min(window, left); sent > 0; sent--) results.push(registry.upsert(next()));
    windows.push(Promise.all(results));
    // It is waited for in its turn.
    windows.at(-1)!.catch(() => undefined);
  }
  await Promise.all(windows);
}

const windowsAtATime = 8;
