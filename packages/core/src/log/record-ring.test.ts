import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entryMemory } from '../peers/entry-layout.js';
import { RecordReader, type RecordRing, RecordWriter, fillerKind } from './record-ring.js';

const units = 64;
const base = 512;

function newRing(): RecordRing {
  const buffer = new SharedArrayBuffer(base + 8 * units);
  return {
    memory: entryMemory(buffer),
    words: new Int32Array(buffer),
    ...{ writtenAt: 0, readAt: 32, base, units },
  };
}

/** Bodies of records that are a quarter of the ring at most. */
const bodies = fc.array(fc.integer({ min: 0, max: units / 4 - 1 }), {
  minLength: 1,
  maxLength: 60,
});

describe('a ring of records', () => {
  it('brings each whole, in order, however its ends take turns', () => {
    fc.assert(
      fc.property(bodies, fc.infiniteStream(fc.nat(9)), (all, turns) => {
        const ring = newRing();
        const [writer, reader] = [new RecordWriter(ring), new RecordReader(ring)];
        const target = entryMemory(new ArrayBuffer(8 * units));
        const found: number[] = [];
        const take = (most: number): void => {
          for (let taken = 0; taken < most && reader.find(); taken++) {
            if (reader.kind !== fillerKind) {
              reader.copyBody(target, 0);
              const { id, bodyBytes } = reader;
              expect([...target.f64.subarray(0, bodyBytes / 8)].every((one) => one === id)).toBe(
                true,
              );
              expect(bodyBytes).toBe(8 * all[id]!);
              found.push(id);
            }
            reader.advance();
          }
          reader.publish();
        };
        for (const [id, size] of all.entries()) {
          let at = writer.place(8 * size);
          for (; at < 0; at = writer.place(8 * size)) {
            writer.publish();
            take(1 + (turns.next().value as number));
          }
          ring.memory.f64.fill(id, at / 8, at / 8 + size);
          writer.write(1, id, 8 * size);
          if ((turns.next().value as number) < 3) writer.publish();
        }
        writer.publish();
        take(Infinity);
        expect(found).toEqual([...all.keys()]);
      }),
    );
  });

  it('tells a writer that found no room, before the reader sleeps', () => {
    fc.assert(
      fc.property(bodies, fc.infiniteStream(fc.nat(9)), (all, turns) => {
        const ring = newRing();
        const [writer, reader] = [new RecordWriter(ring), new RecordReader(ring)];
        for (const [id, size] of all.entries()) {
          // It looks for room when it is told that there is some, and not before.
          for (let isTold = true; ;) {
            if (isTold && writer.place(8 * size) >= 0) break;
            writer.publish();
            let isEmpty = false;
            for (let left = 1 + (turns.next().value as number); left > 0 && !isEmpty; left--) {
              isEmpty = !reader.find();
              if (!isEmpty) reader.advance();
            }
            isTold = reader.publish();
            expect(isEmpty && !isTold, 'both sleep').toBe(false);
          }
          writer.write(1, id, 8 * size);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
