import fc from 'fast-check';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { PlainReader } from './entry-reader.js';
import { viewEntry } from './entry-view.js';
import type { PeerEntry } from './peer-entry.js';
import { anyPeer, asRead, encoded, fullPeer, peerNumbered } from './peer-entry.fixture.js';
import { peerFields } from './fields.js';

const viewOf = (entry: PeerEntry) => {
  const { memory, base } = encoded(entry);
  return viewEntry(new PlainReader().at(memory, base));
};

describe('a lazy view', () => {
  it('shows every field as the decoded object has it', () => {
    fc.assert(
      fc.property(anyPeer, (entry) => {
        const view = viewOf(entry);
        const plain = asRead(entry);
        expect(view.toObject()).toEqual(plain);
        for (const [name, field] of Object.entries(peerFields)) {
          const key = name as keyof PeerEntry;
          const isGroup =
            field.kind === 'record' || (field.kind === 'optional' && field.field.kind === 'record');
          if (!isGroup || plain[key] === undefined) {
            expect(view[key]).toEqual(plain[key]);
            continue;
          }
          const group = view[key] as unknown as Record<string, unknown>;
          const fields =
            field.kind === 'record'
              ? field.fields
              : field.field.kind === 'record'
                ? field.field.fields
                : {};
          for (const inner of Object.keys(fields)) {
            expect(group[inner]).toEqual((plain[key] as Record<string, unknown>)[inner]);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('follows its reader to another entry, groups that were taken from it too', () => {
    const reader = new PlainReader();
    const first = encoded(peerNumbered(1, { connectionMetrics: { latencyMs: 1 } }));
    const view = viewEntry(reader.at(first.memory, first.base));
    const metrics = view.connectionMetrics;
    expect(metrics.latencyMs).toBe(1);
    const second = encoded(peerNumbered(2, { connectionMetrics: { latencyMs: 2 } }));
    reader.at(second.memory, second.base);
    expect(view.peerId.nodeId).toBe('peer-2');
    expect(metrics.latencyMs).toBe(2);
  });

  it('cannot be written to', () => {
    const view = viewOf(fullPeer()) as { tier: string };
    expect(() => (view.tier = 'tier1')).toThrow(TypeError);
    expect(view.tier).toBe('untrusted');
  });

  it('is printed and serialized as its values', () => {
    const view = viewOf(fullPeer());
    expect(JSON.parse(JSON.stringify(view))).toEqual(fullPeer());
    expect(inspect(view, { depth: 9 })).toBe(inspect(view.toObject(), { depth: 9 }));
    expect(JSON.parse(JSON.stringify(view.location))).toEqual(fullPeer().location);
  });

  it('makes objects of their own: changing one changes no other', () => {
    const view = viewOf(fullPeer());
    const one = view.toObject() as unknown as {
      links: { type: string }[];
      peerId: { did: string };
    };
    one.links[0]!.type = 'changed';
    one.peerId.did = 'changed';
    (view.endpoints as unknown[]).length = 0;
    expect(view.toObject()).toEqual(fullPeer());
  });
});
