import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PeerValidationError } from '../errors.js';
import { decodeEntry } from './entry-view.js';
import type { Field, FieldTable } from './field-kinds.js';
import { peerFields } from './fields.js';
import type { PeerEntry } from './peer-entry.js';
import { ownPatch } from './own-patch.js';
import { anyPeer, asRead, encoded, fullPeer, peerNumbered } from './peer-entry.fixture.js';
import { type PeerPatch, patchEntry } from './peer-patch.js';

/** What becomes of an entry: the encoder fills in what a patch leaves out of what it adds. */
function patched(patch: unknown, entry: PeerEntry = fullPeer()): PeerEntry {
  const { memory, base } = encoded(patchEntry(entry, patch as PeerPatch), () => 77);
  return decodeEntry(memory, base);
}

function refusal(patch: unknown, entry?: PeerEntry): PeerValidationError {
  try {
    patched(patch, entry);
  } catch (error) {
    expect(error).toBeInstanceOf(PeerValidationError);
    return error as PeerValidationError;
  }
  throw new Error('the patch was taken');
}

/** Every field of a table that a patch can name, by its path. */
function fieldPaths(fields: FieldTable, prefix = ''): [path: string, field: Field][] {
  return Object.entries(fields).flatMap(([name, field]): [string, Field][] => {
    const path = `${prefix}${name}`;
    const inner = field.kind === 'optional' ? field.field : field;
    const within = inner.kind === 'record' ? fieldPaths(inner.fields, `${path}.`) : [];
    return [[path, field], ...within];
  });
}

const patchAt = (path: string, value: unknown): unknown =>
  path.split('.').reduceRight((inner, name) => ({ [name]: inner }), value);

const valueAt = (entry: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce((owner, name) => (owner as Record<string, unknown> | undefined)?.[name], entry);

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

  it.each(fieldPaths(peerFields))(
    'with null at %s takes it away if it is optional, and is refused by name if not',
    (path, field) => {
      const patch = patchAt(path, null);
      if (field.kind !== 'optional') {
        // In a group that is there, and in one that the patch adds.
        for (const entry of [fullPeer(), peerNumbered(1)]) {
          expect(refusal(patch, entry).field).toBe(path);
        }
        return;
      }
      const without = patched(patch);
      expect(valueAt(fullPeer(), path)).toBeDefined();
      expect(valueAt(without, path)).toBeUndefined();
      expect(patched(patch, without)).toEqual(without);
    },
  );

  it('takes away what a group that it adds would not have, and nothing else', () => {
    const added = patched({ location: { latitude: 3, region: null } }, peerNumbered(1));
    expect(added.location).toEqual({ latitude: 3, longitude: 0 });
    expect(patched({ location: null, dhtInfo: null, nextHop: null }, peerNumbered(1))).toEqual(
      peerNumbered(1),
    );
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
    ['links', { links: null }],
    ['links[0]', { links: [null] }],
    ['endpoints', { endpoints: 'x' }],
    ['toString', { toString: 1 }],
    ['patch', null],
    ['patch', 'tier'],
    ['connectionMetrics', { connectionMetrics: new Map() }],
    ['__proto__', JSON.parse('{"__proto__":{"tier":"tier1"}}')],
  ])('is refused with the name of %s', (field, patch) => {
    expect(refusal(patch).field).toBe(field);
  });

  it('is refused as a map, of which no field would be seen', () => {
    expect(() => ownPatch(new Map([['trustScore', 0]]))).toThrow(
      /field 'patch': expected an object with some fields, got a Map/,
    );
  });

  it('with a value out of range is refused by the encoder', () => {
    for (const patch of [
      { trustScore: 2 },
      { tier: 'x' },
      { peerId: { nodeId: null } },
      { lastSeen: null },
    ]) {
      expect(() => patched(patch)).toThrow(PeerValidationError);
    }
  });
});
