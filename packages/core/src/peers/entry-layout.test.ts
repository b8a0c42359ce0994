import { describe, expect, it } from 'vitest';
import { EntryEncoder } from './entry-encoder.js';
import {
  copyWords,
  entryHeadroom,
  entryMemory,
  layOut,
  leafAt,
  peerLayout,
} from './entry-layout.js';
import { choice, type FieldTable, flag, number, text } from './field-kinds.js';

const table = (count: number, make: (index: number) => FieldTable[string]): FieldTable =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${index}`, make(index)]));

describe('a laid out table of fields', () => {
  it('gives every number, text, key and list a slot of its own, numbers first', () => {
    const slots = [...peerLayout.numbers, ...peerLayout.bytes].map(({ slot }) => slot);
    expect(slots).toEqual(slots.map((_, index) => index + 1));
    expect(peerLayout.fixedBytes).toBe(8 * (slots.length + 1));
  });

  it('gives every flag, choice and presence bits of its own', () => {
    let taken = 0;
    for (const { shift, mask, words } of peerLayout.bits) {
      expect(mask + 1).toBeGreaterThanOrEqual(words.length);
      const bits = mask << shift;
      expect(taken & bits).toBe(0);
      taken |= bits;
    }
  });

  it('takes 32 bits, and refuses 33', () => {
    const layout = layOut(table(32, () => flag(false)));
    const encoder = new EntryEncoder(layout);
    const memory = entryMemory(new ArrayBuffer(entryHeadroom));
    const flags = Object.fromEntries(layout.bits.map(({ path }) => [path, true]));
    encoder.encode(flags, memory, 0);
    expect(memory.u32[1]).toBe(0xffffffff);
    encoder.encode({ ...flags, f31: false }, memory, 0);
    expect(memory.u32[1]).toBe(0x7fffffff);
    expect(() => layOut(table(33, () => flag(false)))).toThrow('33 bits');
    expect(() => layOut(table(17, () => choice(['a', 'b', 'c'], 'a')))).toThrow('34 bits');
  });

  it('takes 63 fields beside the header, and refuses 64', () => {
    const mixed = (index: number) => (index % 2 === 0 ? number(0) : text(8));
    expect(layOut(table(63, mixed)).fixedBytes).toBe(512);
    expect(() => layOut(table(64, mixed))).toThrow('65 slots');
  });

  it('finds its leaves by path, and throws for one that is not there', () => {
    expect(leafAt('number', 'lastSeen').field.initial).toBe('now');
    expect(leafAt('bits', 'tier').words).toContain('tier1');
    expect(leafAt('bits', 'location').mask).toBe(1);
    expect(() => leafAt('number', 'tier')).toThrow("no number field 'tier'");
  });
});

describe('copying words', () => {
  it('copies exactly what was asked for, below and above the length where its way changes', () => {
    for (const bytes of [0, 8, 16, 1016, 1024, 1032, 4096]) {
      const from = entryMemory(new ArrayBuffer(8192));
      for (let at = 0; at < from.u8.length; at++) from.u8[at] = at % 251;
      const to = entryMemory(new ArrayBuffer(8192));
      copyWords(from, 64, to, 128, bytes);
      expect(to.u8.subarray(128, 128 + bytes).equals(from.u8.subarray(64, 64 + bytes))).toBe(true);
      expect(to.u8.subarray(0, 128).every((byte) => byte === 0)).toBe(true);
      expect(to.u8.subarray(128 + bytes).every((byte) => byte === 0)).toBe(true);
    }
  });
});
