import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PeerValidationError } from '../errors.js';
import type { PeerEntry } from './peer-entry.js';
import { anyPeer, asRead, encoded, fullPeer, peerNumbered } from './peer-entry.fixture.js';
import { type PeerPatch, patchEntry } from './peer-patch.js';

const patched = (patch: unknown, entry: PeerEntry = fullPeer()): PeerEntry =>
  patchEntry(entry, patch as PeerPatch, 77);

function refusal(patch: unknown): PeerValidationError {
  try {
    patched(patch);
  } catch (error) {
    expect(error).toBeInstanceOf(PeerValidationError);
    return error as PeerValidationError;
  }
  throw new Error('the patch was taken');
}

describe('a patch', () => {
  it('changes what it names and leaves the rest, in groups too', () => {
    const entry = fullPeer();
    expect(patched({ tier: 'tier1', connectionMetrics: { latencyMs: 9 } })).toEqual({
      ...entry,
      tier: 'tier1',
      connectionMetrics: { ...entry.connectionMetrics, latencyMs: 9 },
    });
    expect(patched({ location: { region: 'Oslo' } }).location).toEqual({
      ...entry.location,
      region: 'Oslo',
    });
  });

  it('leaves everything for no fields and for undefined ones', () => {
    expect(patched({})).toEqual(fullPeer());
    expect(patched({ tier: undefined, location: undefined })).toEqual(fullPeer());
  });

  it('replaces lists whole and fills their items', () => {
    expect(patched({ links: [{ nodeId: 'z', type: 'x' }] }).links).toEqual([
      { nodeId: 'z', quality: 1, type: 'x' },
    ]);
    expect(patched({ endpoints: [] }).endpoints).toEqual([]);
  });

  it('takes an optional field away with null, and adds a group with its defaults', () => {
    const entry = patched({ nextHop: null, location: null, capabilities: { energyLevel: null } });
    expect(entry).not.toHaveProperty('nextHop');
    expect(entry).not.toHaveProperty('location');
    expect(entry.capabilities).not.toHaveProperty('energyLevel');
    expect(patched({ dhtInfo: { bucketIndex: 2 } }, peerNumbered(1)).dhtInfo).toEqual({
      kademliaDistance: 0,
      bucketIndex: 2,
      lastContact: 77,
      failedAttempts: 0,
    });
  });

  it('never changes the entry it is put over', () => {
    const entry = fullPeer();
    patched({ location: { latitude: 1 }, nextHop: null, links: [], peerId: { did: 'x' } }, entry);
    expect(entry).toEqual(fullPeer());
  });

  it('made of a whole entry gives that entry, over any other', () => {
    const optional = { nextHop: null, location: null, dhtInfo: null };
    const inner = { nodeType: null, apiEndpoint: null, protocolVersion: null, energyLevel: null };
    fc.assert(
      fc.property(anyPeer, anyPeer, (old, wanted) => {
        const { location } = wanted;
        const patch = {
          ...optional,
          ...wanted,
          capabilities: { ...inner, ...wanted.capabilities },
          location: location === undefined ? null : { region: null, ...location },
        };
        // A group that was absent is filled like a new one, where null has nothing to take away.
        if (old.location === undefined && location !== undefined) {
          Object.assign(patch, { location });
        }
        expect(asRead(patched(patch, old))).toEqual(asRead(wanted));
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ['colour', { colour: 1 }],
    ['location.height', { location: { height: 1 } }],
    ['connectionMetrics', { connectionMetrics: null }],
    ['connectionMetrics', { connectionMetrics: 5 }],
    ['location', { location: [] }],
    ['links[0].weight', { links: [{ weight: 1 }] }],
    ['endpoints', { endpoints: 'x' }],
    ['toString', { toString: 1 }],
    ['patch', null],
    ['patch', 'tier'],
    ['__proto__', JSON.parse('{"__proto__":{"tier":"tier1"}}')],
  ])('is refused with the name of %s', (field, patch) => {
    expect(refusal(patch).field).toBe(field);
  });

  it('with a value out of range is refused by the encoder', () => {
    for (const patch of [
      { trustScore: 2 },
      { tier: 'x' },
      { peerId: { nodeId: null } },
      { lastSeen: null },
    ]) {
      expect(() => encoded(patched(patch))).toThrow(PeerValidationError);
    }
  });
});
