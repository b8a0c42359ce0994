import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SlotHash } from './slot-hash.js';

/** All slots with a hash, as whoever looks one up goes through them. */
function slotsWith(table: SlotHash, hash: number): number[] {
  const slots: number[] = [];
  for (let slot = table.first(hash); slot !== -1; slot = table.next(hash)) slots.push(slot);
  return slots.sort((a, b) => a - b);
}

/** Few values in some cases, so that many fall together; ends of ranges; and any. */
const anyHash = fc.oneof(
  fc.constantFrom(0, -1, 1, 2 ** 31 - 1, -(2 ** 31), 1_023, 1_024, 5 << 20),
  fc.nat(30).map((n) => (n << 27) | 7),
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
);

/** An `expect` takes far longer than what is looked at here, some hundred thousand times. */
function equal(found: unknown, wanted: unknown): void {
  if (found !== wanted) expect(found).toBe(wanted);
}

it('finds the slots of each hash, and no others, after any additions and removals', () => {
  const anyStep = fc.record({
    hash: anyHash,
    isRemoval: fc.nat(3).map((n) => n === 0),
    which: fc.nat(),
  });
  fc.assert(
    fc.property(
      fc.array(anyStep, { minLength: 1_000, maxLength: 6_000 }),
      fc.constantFrom(0, 1, 3, 16),
      (steps, mostDepth) => {
        const table = new SlotHash(mostDepth);
        const hashes = new Map<number, number>();
        let next = 0;
        for (const { hash, isRemoval, which } of steps) {
          if (!isRemoval) {
            table.add(hash, next);
            hashes.set(next++, hash);
            continue;
          }
          const slot = which % (next + 1);
          const held = hashes.get(slot);
          equal(table.remove(held ?? hash, slot), held !== undefined);
          hashes.delete(slot);
        }
        expect(table.size).toBe(hashes.size);
        expect(table.slots()).toEqual([...hashes.keys()].sort((a, b) => a - b));
        const byHash = grouped(hashes);
        for (const [hash, slots] of byHash) equal(slotsWith(table, hash).join(), slots.join());
        for (const { hash } of steps) {
          if (!byHash.has(hash)) equal(table.first(hash), -1);
        }
      },
    ),
    { numRuns: 40 },
  );
});

it('holds a hundred thousand slots, spread or with few hashes, and lets them all go', () => {
  for (const hashOf of [
    (n: number) => Math.imul(n, 0x9e3779b1),
    (n: number) => (n % 1_000) << 22,
  ]) {
    const table = new SlotHash();
    for (let slot = 0; slot < 100_000; slot++) table.add(hashOf(slot), slot);
    expect(slotsWith(table, hashOf(77_777))).toContain(77_777);
    for (let slot = 0; slot < 100_000; slot++) equal(table.remove(hashOf(slot), slot), true);
    expect([table.size, table.slots()]).toEqual([0, []]);
  }
});

it('moves no more than one segment at a time, however many slots it holds', () => {
  const table = new SlotHash();
  let most = 0;
  for (let slot = 0; slot < 300_000; slot++) {
    const before = table.moved;
    table.add(Math.imul(slot, 0x9e3779b1) ^ (slot >>> 7), slot);
    most = Math.max(most, table.moved - before);
  }
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(1_024);
  // Each is moved a few times on the way, as in any table that doubles.
  expect(table.moved).toBeLessThan(3 * table.size);
});

function grouped(hashes: ReadonlyMap<number, number>): Map<number, number[]> {
  const byHash = new Map<number, number[]>();
  for (const [slot, hash] of hashes) byHash.set(hash, [...(byHash.get(hash) ?? []), slot]);
  return byHash;
}
