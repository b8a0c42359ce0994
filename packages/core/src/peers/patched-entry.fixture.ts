import fc from 'fast-check';
import { expect } from 'vitest';
import { EntryDiff, PatchedReader, diffEntries, writePatch } from './entry-diff.js';
import { copyWords, entryMemory } from './entry-layout.js';
import type { PeerEntry } from './peer-entry.js';
import { anyPeer, encoded } from './peer-entry.fixture.js';

/** Compares two entries, writes the patch behind the new one as the log does, and reads both. */
export function throughPatch(old: PeerEntry, now: PeerEntry) {
  const a = encoded(old);
  const b = encoded(now);
  const diff = new EntryDiff();
  diffEntries(a.memory, a.base, b.memory, b.base, diff);
  const memory = entryMemory(new ArrayBuffer(2 * 65_536 + 256));
  memory.u8.fill(0xa5);
  const base = 64;
  const patch = base + b.bytes.length;
  copyWords(b.memory, b.base, memory, base, b.bytes.length);
  writePatch(diff, a.memory, a.base, memory, patch);
  const end = patch + diff.patchBytes;
  expect(memory.u8.subarray(end).every((byte) => byte === 0xa5)).toBe(true);
  return { diff, reader: new PatchedReader().at(memory, base, patch) };
}

/** Pairs in which every field is the same or another, as chance has it. */
export const anyPair = fc
  .tuple(anyPeer, anyPeer, fc.infiniteStream(fc.boolean()))
  .map(([a, b, coins]) => {
    const mixed = Object.fromEntries(
      Object.keys({ ...a, ...b }).map((name) => {
        const source = coins.next().value === true ? a : b;
        return [name, source[name as keyof PeerEntry]];
      }),
    );
    return [a, mixed as unknown as PeerEntry] as const;
  });
