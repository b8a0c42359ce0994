import { withoutPeer, withPeer } from '@panoptes/core/observer';

/**
 * A digest of what an observer holds, whatever the order in which it came: of a set of rows, kept with
 * every row that comes or goes, so that asking for it costs nothing. It is the number of rows and the sum
 * of their stamps, 48 bits of a hash each: it tells sets apart that differ by chance, and keeps nobody
 * from making two that look alike.
 */
export class RowsDigest {
  #rows = 0;
  #sum = 0;

  /** Takes in a row that is not there. */
  add(row: DigestRow): void {
    this.#rows++;
    this.#sum = withPeer(this.#sum, stampOf(row));
  }

  /** Lets a row go that is there. */
  remove(row: DigestRow): void {
    this.#rows--;
    this.#sum = withoutPeer(this.#sum, stampOf(row));
  }

  get text(): string {
    return `${this.#rows}-${this.#sum.toString(16).padStart(12, '0')}`;
  }
}

/** One thing an observer holds, as a tuple. */
export type DigestRow = readonly (string | number | boolean)[];

/** The digest of all these rows. */
export function digestOf(rows: Iterable<DigestRow>): string {
  const digest = new RowsDigest();
  for (const row of rows) digest.add(row);
  return digest.text;
}

/** What kind of value comes next, so that no text imitates two fields, nor a number a text. */
const tags = { string: 1, number: 2, boolean: 3 } as const;

const number = new Float64Array(1);
const words = new Uint32Array(number.buffer);

/** A number for a row: 48 bits that follow from all of its values. */
export function stampOf(row: DigestRow): number {
  let low = 0x9e3779b9 | 0;
  let high = 0x85ebca6b | 0;
  for (const value of row) {
    low = mixLow(low, tags[typeof value as keyof typeof tags]);
    if (typeof value === 'string') {
      low = mixLow(low, value.length);
      for (let at = 0; at < value.length; at++) {
        const code = value.charCodeAt(at);
        low = mixLow(low, code);
        high = mixHigh(high, code);
      }
      continue;
    }
    number[0] = Number(value) + 0; // -0 and 0 are one value
    low = mixLow(mixLow(low, words[0]!), words[1]!);
    high = mixHigh(mixHigh(high, words[0]!), words[1]!);
  }
  low = Math.imul(low ^ (low >>> 16), 0x85ebca6b);
  high = Math.imul(high ^ (high >>> 13) ^ low, 0xc2b2ae35);
  return ((low ^ (low >>> 15)) >>> 0) + (high >>> 16) * 2 ** 32;
}

/* Steps of MurmurHash3 (Appleby, 2011), each a bijection of the state for a word, and of the word. */

function mixLow(state: number, word: number): number {
  const mixed = Math.imul(state ^ Math.imul(word, 0xcc9e2d51), 0x1b873593);
  return (mixed << 13) | (mixed >>> 19);
}

function mixHigh(state: number, word: number): number {
  const mixed = Math.imul(state ^ Math.imul(word, 0x85ebca77), 0xc2b2ae3d);
  return (mixed << 17) | (mixed >>> 15);
}
