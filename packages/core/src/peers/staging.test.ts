import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEntry } from './entry-view.js';
import type { PeerEntry } from './peer-entry.js';
import { peerNumbered } from './peer-entry.fixture.js';
import { anyTimes } from './time-bound.fixture.js';
import { type StagedEntry, Staging } from './staging.js';

describe('the staging area', () => {
  it('keeps every entry as it was until it is given back, in any order', () => {
    const anyStep = fc.record({
      release: fc.boolean(),
      which: fc.nat(),
      size: fc.integer({ min: 2, max: 8192 }),
    });
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 600 }), (steps) => {
        const staging = new Staging(anyTimes);
        const held: { entry: PeerEntry; staged: StagedEntry }[] = [];
        let number = 0;
        for (const { release, which, size } of steps) {
          if (release && held.length > 0) {
            const [gone] = held.splice(which % held.length, 1);
            const { memory, base } = gone!.staged;
            expect(decodeEntry(memory, base)).toEqual(gone!.entry);
            staging.release(gone!.staged);
          } else {
            const publicKey = (++number).toString(16).padStart(2 * (size >> 1), '0');
            const entry = peerNumbered(number, {}, { publicKey });
            held.push({ entry, staged: staging.stage(entry) });
          }
        }
        for (const { entry, staged } of held) {
          expect(decodeEntry(staged.memory, staged.base)).toEqual(entry);
        }
      }),
      { numRuns: 15 },
    );
  });

  it('uses its memory again once all that lay there is given back', () => {
    const staging = new Staging(anyTimes);
    const chunks = new Set<unknown>();
    for (let number = 0; number < 20_000; number++) {
      const staged = staging.stage(peerNumbered(number % 50));
      chunks.add(staged.chunk);
      staging.release(staged);
    }
    expect(chunks.size).toBe(1);
  });

  it('stages nothing of an entry that is refused', () => {
    const staging = new Staging(anyTimes);
    const first = staging.stage(peerNumbered(1));
    expect(() => staging.stage({ ...peerNumbered(2), trafficRouted: -1 })).toThrow();
    const second = staging.stage(peerNumbered(3));
    expect(second.base - first.base).toBe(first.memory.u32[first.base >>> 2]);
    expect(decodeEntry(first.memory, first.base)).toEqual(peerNumbered(1));
  });
});
