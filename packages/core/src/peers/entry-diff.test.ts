import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EntryDiff, diffEntries, viewOld } from './entry-diff.js';
import { leafAt, peerLayout } from './entry-layout.js';
import { anyPair, throughPatch } from './patched-entry.fixture.js';
import type { PeerEntry } from './peer-entry.js';
import {
  anyPeer,
  asRead,
  encoded,
  fullPeer,
  peerNumbered,
  withValueAt,
} from './peer-entry.fixture.js';

function valueAt(entry: PeerEntry, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((owner, key) => (owner as Record<string, unknown> | undefined)?.[key], entry);
}

/**
 * What changed, by comparing leaf by leaf. An absent number counts as 0: when an optional group
 * comes or goes, the group itself is named, and of its members those that differ from 0.
 */
function changedLeaves(old: PeerEntry, now: PeerEntry): Set<string> {
  const changed = new Set<string>();
  const differ = (path: string, absent: unknown) =>
    JSON.stringify(valueAt(old, path) ?? absent) !== JSON.stringify(valueAt(now, path) ?? absent);
  for (const { path } of peerLayout.numbers) if (differ(path, 0)) changed.add(path);
  for (const { path } of peerLayout.bytes) if (differ(path, null)) changed.add(path);
  for (const { path } of peerLayout.bits) {
    const [before, after] = [valueAt(old, path), valueAt(now, path)];
    if (
      typeof before === 'boolean' ||
      typeof after === 'boolean' ||
      peerLayout.bits.find((leaf) => leaf.path === path)!.words.length > 0
    ) {
      if (before !== after) changed.add(path);
    } else if ((before === undefined) !== (after === undefined)) changed.add(path);
  }
  return changed;
}

describe('the patch behind an updated entry', () => {
  it('turns it back into the old one, whatever changed', () => {
    fc.assert(
      fc.property(fc.oneof(anyPair, fc.tuple(anyPeer, anyPeer)), ([old, now]) => {
        const { reader } = throughPatch(old, now);
        expect(viewOld(reader).toObject()).toEqual(asRead(old));
      }),
      { numRuns: 300 },
    );
  });

  it('names exactly the fields that a comparison leaf by leaf finds', () => {
    fc.assert(
      fc.property(anyPair, ([old, now]) => {
        const { diff, reader } = throughPatch(old, now);
        const expected = changedLeaves(asRead(old), asRead(now));
        expect(new Set(reader.changed())).toEqual(expected);
        expect(reader.changed()).toHaveLength(expected.size);
        expect(diff.isEmpty).toBe(expected.size === 0);
      }),
      { numRuns: 300 },
    );
  });

  it('names each single field that changes, and no other', () => {
    const values: readonly [path: string, value: unknown][] = [
      ['peerId.nodeId', 'another'],
      ['peerId.publicKey', 'ff'],
      ['peerId.did', 'did:zhtp:other'],
      ['nextHop', 'peer-1'],
      ['capabilities.apiEndpoint', 'x'],
      ['capabilities.supportsWeb4', true],
      ['capabilities.protocols', []],
      ['location.region', 'Oslo'],
      ['links', []],
      ['tier', 'tier4'],
      ['discoveryMethod', 'blockchain'],
      ['authenticated', true],
      ...peerLayout.numbers.map(
        ({ path }) => [path, valueAt(fullPeer(), path) === 1 ? 0 : 1] as [string, unknown],
      ),
    ];
    for (const [path, value] of values) {
      const now = withValueAt(fullPeer(), path, value) as PeerEntry;
      const { diff, reader } = throughPatch(fullPeer(), now);
      expect(reader.changed()).toEqual([path]);
      expect(diff.isEmpty).toBe(false);
    }
  });

  it('names an optional group that comes or goes, even one of zeros', () => {
    const without = peerNumbered(1);
    const withZeros = peerNumbered(1, { location: {} });
    expect(throughPatch(without, withZeros).reader.changed()).toEqual(['location']);
    expect(throughPatch(withZeros, without).reader.changed()).toEqual(['location']);
    const withMore = peerNumbered(1, { location: { latitude: 5, region: 'x' } });
    expect(new Set(throughPatch(without, withMore).reader.changed())).toEqual(
      new Set(['location', 'location.latitude', 'location.region']),
    );
  });

  it('is empty for equal entries, and tells identities apart by slot', () => {
    fc.assert(
      fc.property(anyPeer, (entry) => {
        expect(throughPatch(entry, structuredClone(entry)).diff).toMatchObject({
          isEmpty: true,
          patchBytes: 16,
        });
      }),
      { numRuns: 50 },
    );
    const keySlot = leafAt('bytes', 'peerId.publicKey').slot;
    const didSlot = leafAt('bytes', 'peerId.did').slot;
    const { diff } = throughPatch(peerNumbered(1), peerNumbered(1, {}, { publicKey: 'ff' }));
    expect([diff.hasSlot(keySlot), diff.hasSlot(didSlot)]).toEqual([true, false]);
  });

  it('holds what one comparison found, not what the one before did', () => {
    const diff = new EntryDiff();
    const [a, b] = [
      encoded(peerNumbered(1)),
      encoded(peerNumbered(2, { tier: 'tier1', location: {} })),
    ];
    diffEntries(a.memory, a.base, b.memory, b.base, diff);
    expect(diff.isEmpty).toBe(false);
    diffEntries(a.memory, a.base, a.memory, a.base, diff);
    expect([diff.low, diff.high, diff.bits, diff.patchBytes]).toEqual([0, 0, 0, 16]);
  });
});
