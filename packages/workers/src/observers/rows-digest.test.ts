import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DigestRow, digestOf, RowsDigest } from './rows-digest.js';

const anyRow: fc.Arbitrary<DigestRow> = fc.array(
  fc.oneof(fc.string(), fc.double({ noNaN: true }), fc.boolean()),
  { maxLength: 5 },
);

/** A row as text that no other has: -0 is 0. */
const keyOf = (row: DigestRow): string =>
  JSON.stringify(row.map((value) => (Object.is(value, -0) ? 0 : [typeof value, String(value)])));

describe('the digest of rows', () => {
  it('is that of the rows that are there, however they came and whatever went', () => {
    const anyRows = fc.uniqueArray(anyRow, { selector: keyOf });
    fc.assert(
      fc.property(anyRows, anyRows, fc.infiniteStream(fc.boolean()), (stay, go, coins) => {
        const digest = new RowsDigest();
        const later: DigestRow[] = [];
        for (const row of go) {
          digest.add(row);
          if (coins.next().value === true) digest.remove(row);
          else later.push(row);
        }
        for (const row of [...stay].reverse()) digest.add(row);
        for (const row of later) digest.remove(row);
        expect(digest.text).toBe(digestOf(stay));
      }),
    );
  });

  it('is another when a row is, or comes, or goes', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(anyRow, { minLength: 1, selector: keyOf }),
        anyRow,
        (rows, row) => {
          const [first, ...rest] = rows;
          expect(digestOf(rest)).not.toBe(digestOf(rows));
          if (keyOf(first!) !== keyOf(row))
            expect(digestOf([row, ...rest])).not.toBe(digestOf(rows));
        },
      ),
    );
  });

  it('tells rows apart that look alike', () => {
    const rows: DigestRow[] = [
      ...[['a', 'b'], ['ab'], ['a', 'b', ''], ['', 'ab'], ['b', 'a'], ['a\u0000b']],
      ...[[1], ['1'], [true], [-1], [1, 1], [2 ** -1074], [false], [0], []],
      ...[
        [-2, 1],
        [2, -1],
        [1, -2],
        [-1, 2],
      ],
    ];
    expect(new Set(rows.map((row) => digestOf([row]))).size).toBe(rows.length);
  });

  it('tells swapped fields of two rows apart', () => {
    const straight = digestOf([
      ['a', 1],
      ['b', 2],
    ]);
    const crossed = digestOf([
      ['a', 2],
      ['b', 1],
    ]);
    expect(crossed).not.toBe(straight);
  });
});
