import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PeerValidationError } from '../errors.js';
import { viewOld } from './entry-diff.js';
import { PlainReader } from './entry-reader.js';
import { entryStamp } from './entry-stamp.js';
import { viewEntry } from './entry-view.js';
import { anyPair, throughPatch } from './patched-entry.fixture.js';
import type { PeerEntry } from './peer-entry.js';
import { anyPeer, asRead, encoded, fullPeer, withValueAt } from './peer-entry.fixture.js';

const viewOf = (entry: PeerEntry) => {
  const { memory, base } = encoded(entry);
  return viewEntry(new PlainReader().at(memory, base));
};

/** Keys in another order at every level. */
function reordered<T>(value: T): T {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(reordered) as T;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([name, inner]) => [name, reordered(inner)])) as T;
}

describe('the stamp of an entry', () => {
  it('is the same of an object, its copy and a view of it', () => {
    fc.assert(
      fc.property(anyPeer, (peer) => {
        const stamp = entryStamp(peer);
        expect(stamp).toBe(Math.floor(stamp));
        expect(stamp).toBeLessThan(2 ** 48);
        expect(entryStamp(reordered(asRead(peer)))).toBe(stamp);
        expect(entryStamp(viewOf(peer))).toBe(stamp);
      }),
    );
  });

  it('is that of the old entry for a view of what was, whatever changed', () => {
    fc.assert(
      fc.property(fc.oneof(anyPair, fc.tuple(anyPeer, anyPeer)), ([old, now]) => {
        expect(entryStamp(viewOld(throughPatch(old, now).reader))).toBe(entryStamp(old));
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['lastSeen', 7],
    ['tier', 'tier4'],
    ['authenticated', true],
    ['links', []],
    ['location', undefined],
    ['peerId.did', 'did:zhtp:00000000000000ff'],
    ['connectionMetrics.latencyMs', 0.5],
  ])('is another when %s is', (path, value) => {
    const peer = fullPeer();
    expect(entryStamp(withValueAt(peer, path, value) as PeerEntry)).not.toBe(entryStamp(peer));
  });

  it('tells entries apart in which numbers swap places or change their signs', () => {
    const at = (latitude: number, longitude: number) =>
      entryStamp({ ...fullPeer(), location: { latitude, longitude } });
    const places = [-2, -1, 1, 2].flatMap((a) => [-2, -1, 1, 2].map((b) => at(a, b)));
    expect(new Set(places).size).toBe(places.length);
  });

  it('is of entries only', () => {
    for (const none of [undefined, null, 5, 'a', {}, []]) {
      expect(() => entryStamp(none as PeerEntry)).toThrow(PeerValidationError);
    }
  });

  it('meets no other among a million entries that differ in one number', () => {
    const { memory, base } = encoded(fullPeer());
    const reader = new PlainReader().at(memory, base);
    const view = viewEntry(reader);
    const stamps = new Set<number>();
    for (let n = 0; n < 1_000_000; n++) {
      memory.f64[(base >>> 3) + 3] = n;
      stamps.add(entryStamp(view));
    }
    expect(stamps.size).toBe(1_000_000);
  });
});
