import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PeerValidationError } from '../errors.js';
import { copyWords, entryHeadroom, entryMemory } from './entry-layout.js';
import type { Field, FieldTable } from './field-kinds.js';
import { peerFields } from './fields.js';
import { fitsEntry, numberPatch, overwriteEntry } from './number-patch.js';
import { anyPeer, encoded, fullPeer, peerNumbered } from './peer-entry.fixture.js';
import type { PeerEntry } from './peer-entry.js';
import { type PeerPatch, patchEntry } from './peer-patch.js';

/** The bytes of an entry after a patch, as numbers; undefined when it does not fit. */
function overwritten(entry: PeerEntry, patch: PeerPatch): Buffer | undefined {
  const numbers = numberPatch(patch);
  const known = encoded(entry);
  if (numbers === undefined || !fitsEntry(numbers, known.memory, known.base)) return undefined;
  const memory = entryMemory(new ArrayBuffer(entryHeadroom));
  copyWords(known.memory, known.base, memory, 64, known.bytes.length);
  overwriteEntry(numbers, memory, 64);
  return memory.u8.subarray(64, 64 + known.bytes.length);
}

/** The bytes of an entry after a patch, as an object; undefined when it is refused. */
function patched(entry: PeerEntry, patch: PeerPatch): Buffer | undefined {
  try {
    return encoded(patchEntry(entry, patch), () => 77).bytes;
  } catch (error) {
    expect(error).toBeInstanceOf(PeerValidationError);
    return undefined;
  }
}

/** The numbers, flags and choices of a table, by their paths. */
function numberPaths(fields: FieldTable, prefix = ''): [path: string, field: Field][] {
  return Object.entries(fields).flatMap(([name, field]): [string, Field][] => {
    const path = `${prefix}${name}`;
    const inner = field.kind === 'optional' ? field.field : field;
    if (inner.kind === 'record') return numberPaths(inner.fields, `${path}.`);
    return ['number', 'flag', 'choice'].includes(inner.kind) ? [[path, inner]] : [];
  });
}

const paths = numberPaths(peerFields);

const nested = (leaves: readonly (readonly [path: string, value: unknown])[]): PeerPatch => {
  const patch: Record<string, unknown> = {};
  for (const [path, value] of leaves) {
    const names = path.split('.');
    const last = names.pop()!;
    let owner = patch;
    for (const name of names) owner = (owner[name] ??= {}) as Record<string, unknown>;
    owner[last] = value;
  }
  return patch;
};

const goodValue = (field: Field): fc.Arbitrary<unknown> => {
  if (field.kind === 'flag') return fc.boolean();
  if (field.kind === 'choice') return fc.constantFrom(...field.words);
  if (field.kind !== 'number') throw new Error(`a ${field.kind} is no number`);
  const { min, max, integer } = field;
  return integer ? fc.integer({ min, max }) : fc.double({ min, max, noNaN: true });
};

const nastyValue = fc.constantFrom<unknown>(
  ...[null, undefined, Number.NaN, -0, -1, 1.5, 1e308, '1', 'tier1', 'tier9', true, [], {}, 1n],
);

const anyLeaf = (value: (field: Field) => fc.Arbitrary<unknown>) =>
  fc
    .constantFrom(...paths)
    .chain(([path, field]) => value(field).map((chosen) => [path, chosen] as const));

const anyPatch = (value: (field: Field) => fc.Arbitrary<unknown>): fc.Arbitrary<PeerPatch> =>
  fc.array(anyLeaf(value), { maxLength: 6 }).map(nested);

describe('a patch as numbers', () => {
  it('makes the bytes that it makes as an object, of any entry that it fits', () => {
    fc.assert(
      fc.property(anyPeer, anyPatch(goodValue), (entry, patch) => {
        const bytes = overwritten(entry, patch);
        if (bytes !== undefined) expect(bytes).toEqual(patched(entry, patch));
      }),
      { numRuns: 500 },
    );
  });

  it('is never taken where it would be refused as an object', () => {
    fc.assert(
      fc.property(
        anyPeer,
        anyPatch((field) => fc.oneof(goodValue(field), nastyValue)),
        (entry, patch) => {
          const bytes = overwritten(entry, patch);
          if (bytes !== undefined) expect(bytes).toEqual(patched(entry, patch));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('is there for every number, flag and choice, and fits an entry that has all groups', () => {
    fc.assert(
      fc.property(anyPatch(goodValue), (patch) => {
        expect(overwritten(fullPeer(), patch)).toEqual(patched(fullPeer(), patch));
      }),
    );
    expect(paths.length).toBeGreaterThan(25);
  });

  it('adds an optional number', () => {
    const patch = { capabilities: { energyLevel: 0.5 } };
    expect(overwritten(peerNumbered(1), patch)).toEqual(patched(peerNumbered(1), patch));
  });

  it.each<[string, unknown]>([
    ['a text', { peerId: { did: 'did:zhtp:1' } }],
    ['a list', { links: [] }],
    ['null', { capabilities: { energyLevel: null } }],
    ['an unknown field', { trustscore: 1 }],
    ['an unknown field of a group', { connectionMetrics: { latency: 1 } }],
    ['a number in place of a group', { connectionMetrics: 1 }],
    ['a name that objects have', { constructor: 1 }],
  ])('is none for %s', (_, patch) => {
    expect(numberPatch(patch as PeerPatch)).toBeUndefined();
  });

  it('is of its own fields alone, whatever all objects have', () => {
    const everywhere = Object.prototype as { tier?: string };
    everywhere.tier = 'tier1';
    try {
      expect(numberPatch({ hopCount: 1 })).toMatchObject({ values: [1], mask: 0 });
    } finally {
      delete everywhere.tier;
    }
  });

  it('does not fit an entry without a group that it is about, even if it names nothing of it', () => {
    const { memory, base } = encoded(peerNumbered(1));
    for (const patch of [{ location: { latitude: 1 } }, { location: {} }, { dhtInfo: {} }]) {
      expect(fitsEntry(numberPatch(patch)!, memory, base)).toBe(false);
    }
  });
});
