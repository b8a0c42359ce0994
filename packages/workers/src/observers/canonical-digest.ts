import { hash } from 'node:crypto';

/**
 * A digest of what an observer holds, whatever the order it is listed in: SHA-256 over the sorted
 * rows, as 64 hex characters. Rows are written as JSON, in which no text can imitate two fields.
 *
 * It costs O(n log n) and is meant for checkers, not for every event.
 */
export function canonicalDigest(rows: Iterable<DigestRow>): string {
  const lines = Array.from(rows, (row) => JSON.stringify(row)).sort();
  return hash('sha256', lines.join('\n'), 'hex');
}

/** One thing an observer holds, as a tuple. */
export type DigestRow = readonly (string | number | boolean)[];
