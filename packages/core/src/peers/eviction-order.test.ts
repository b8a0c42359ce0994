import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EvictionOrder } from './eviction-order.js';
import { SlotRecords, noSlot } from './slot-records.js';

const anyStep = fc.record({
  what: fc.constantFrom('add', 'add', 'add', 'add', 'remove', 'move'),
  which: fc.nat(),
  // Few values, so that many are equal.
  lastSeen: fc.oneof(fc.nat(9), fc.double({ min: 0, max: 1e13, noNaN: true })),
});

function* inOrder(order: EvictionOrder): Generator<number> {
  for (const walk = order.walk(); walk.head !== noSlot; walk.advance()) yield walk.head;
}

describe('the eviction order', () => {
  it('agrees with a sorted list after any additions, removals and moves', () => {
    fc.assert(
      fc.property(
        fc.array(anyStep, { minLength: 50, maxLength: 500 }),
        fc.nat(40),
        (steps, upTo) => {
          const records = new SlotRecords();
          const order = new EvictionOrder(records);
          const model = new Map<number, { lastSeen: number; touched: number }>();
          let touched = 0;
          let nextSlot = 0;
          for (const { what, which, lastSeen } of steps) {
            const slots = [...model.keys()];
            const slot = what === 'add' ? nextSlot++ : slots[which % slots.length];
            if (slot === undefined) continue;
            if (what === 'remove') {
              order.remove(slot);
              model.delete(slot);
            } else {
              records.grow(slot + 1);
              records.touch(slot, lastSeen, ++touched);
              model.set(slot, { lastSeen, touched });
              if (what === 'add') order.add(slot);
              else order.moved(slot);
            }
            expect(order.size).toBe(model.size);
          }
          const sorted = [...model].sort(
            ([, a], [, b]) => a.lastSeen - b.lastSeen || a.touched - b.touched,
          );
          const expected = sorted.map(([slot]) => slot);
          // Taking a part of it first changes nothing.
          const part: number[] = [];
          for (const slot of inOrder(order)) if (part.push(slot) >= upTo) break;
          expect(part).toEqual(expected.slice(0, Math.max(1, upTo)));
          expect([...inOrder(order)]).toEqual(expected);
          expect([...order.slots()].sort()).toEqual([...expected].sort());
        },
      ),
      { numRuns: 200 },
    );
  });

  it('finds the first few of many without looking at the rest', () => {
    const records = new SlotRecords();
    const order = new EvictionOrder(records);
    const count = 50_000;
    records.grow(count);
    for (let slot = 0; slot < count; slot++) {
      records.touch(slot, (slot * 7919) % count, slot);
      order.add(slot);
    }
    let comparisons = 0;
    const before = records.before.bind(records);
    records.before = (a, b) => {
      comparisons++;
      return before(a, b);
    };
    const first: number[] = [];
    for (const slot of inOrder(order)) if (first.push(records.lastSeen(slot)) === 10) break;
    expect(first).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(comparisons).toBeLessThan(500);
  });
});
