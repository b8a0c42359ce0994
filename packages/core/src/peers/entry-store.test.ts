import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxEntryBytes } from './entry-layout.js';
import { EntryStore } from './entry-store.js';

const blockBytes = (bytes: number): number => Math.ceil(bytes / 64) * 64;
const anySize = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 100 }).map((units) => units * 8) },
  {
    weight: 2,
    arbitrary: fc.integer({ min: 1, max: maxEntryBytes / 8 }).map((units) => units * 8),
  },
  { weight: 1, arbitrary: fc.constantFrom(8, 64, 72, maxEntryBytes - 8, maxEntryBytes) },
);
const anyStep = fc.oneof(
  { weight: 3, arbitrary: fc.record({ allocate: anySize }) },
  { weight: 2, arbitrary: fc.record({ release: fc.nat() }) },
);

describe('the entry store', () => {
  it('agrees with a plain list: no block overlaps another, contents stay, used bytes are right', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { minLength: 50, maxLength: 300 }), (steps) => {
        const store = new EntryStore();
        const held: { block: number; bytes: number; fill: number }[] = [];
        let fill = 0;
        for (const step of steps) {
          if ('allocate' in step) {
            const bytes = step.allocate;
            const block = store.allocate(bytes);
            const base = store.baseOf(block);
            expect(base % 64).toBe(0);
            fill = (fill % 255) + 1;
            // Whoever overlaps destroys this.
            const whole = store.memoryOf(block).u8.subarray(base, base + blockBytes(bytes));
            expect(whole).toHaveLength(blockBytes(bytes));
            whole.fill(fill);
            held.push({ block, bytes, fill });
          } else if (held.length > 0) {
            const [gone] = held.splice(step.release % held.length, 1);
            store.release(gone!.block, gone!.bytes);
          }
          const used = held.reduce((sum, { bytes }) => sum + blockBytes(bytes), 0);
          expect(store.usedBytes).toBe(used);
          expect(store.reservedBytes).toBeGreaterThanOrEqual(used);
        }
        for (const { block, bytes, fill: wanted } of held) {
          const base = store.baseOf(block);
          const kept = store.memoryOf(block).u8.subarray(base, base + blockBytes(bytes));
          expect(kept.equals(Buffer.alloc(kept.length, wanted))).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('uses memory again: the same load taken and given back many times reserves nothing more', () => {
    const store = new EntryStore();
    const sizes = Array.from({ length: 3000 }, (_, index) => 200 + ((index * 8) % 2000));
    let reserved = 0;
    for (let round = 0; round < 20; round++) {
      const blocks = sizes.map((bytes) => store.allocate(bytes));
      if (round === 0) reserved = store.reservedBytes;
      blocks.forEach((block, index) => store.release(block, sizes[index]!));
      expect(store.usedBytes).toBe(0);
    }
    expect(store.reservedBytes).toBe(reserved);
  });

  it('says whether two lengths take blocks of one size', () => {
    const store = new EntryStore();
    expect(store.fitsSame(8, 64)).toBe(true);
    expect(store.fitsSame(64, 72)).toBe(false);
    expect(store.fitsSame(maxEntryBytes - 56, maxEntryBytes)).toBe(true);
  });
});
