import { SharedNumbers, type SharedNumbersBuffer } from '../log/shared-numbers.js';
import type { StoreFigures } from './registry-store.js';

/** A store's figures, in memory that its thread writes and the registry's reads without asking. */
export class SyncFigures {
  readonly #numbers: SharedNumbers;
  /** How long the last flushes took, in milliseconds, the oldest overwritten. */
  readonly #took: number[] = [];
  #next = 0;

  /** @param from - the memory of those that are there already */
  constructor(from?: SharedNumbersBuffer) {
    this.#numbers = new SharedNumbers(from ?? words);
  }

  get buffer(): SharedNumbersBuffer {
    return this.#numbers.buffer;
  }

  /** Notes a flush. */
  count(tookMs: number): void {
    this.#took[this.#next] = tookMs;
    this.#next = (this.#next + 1) % remembered;
    const sorted = this.#took.toSorted((a, b) => a - b);
    const micros = (share: number): number =>
      Math.round(sorted[Math.ceil(share * sorted.length) - 1]! * 1_000);
    this.#numbers.set(Place.p50, micros(0.5));
    this.#numbers.set(Place.p99, micros(0.99));
    this.#numbers.set(Place.flushes, 1);
  }

  /** Notes how large the store is, and from which seq on changes are kept; 0 for none. */
  size(bytes: number, runsFrom: number): void {
    this.#setLong(Place.bytes, bytes);
    this.#setLong(Place.runsFrom, runsFrom);
  }

  read(): StoreFigures {
    const isFlushed = this.#numbers.get(Place.flushes) > 0;
    const ms = (place: number): number =>
      isFlushed ? (this.#numbers.get(place) >>> 0) / 1_000 : NaN;
    const runsFrom = this.#long(Place.runsFrom);
    return {
      syncP50Ms: ms(Place.p50),
      syncP99Ms: ms(Place.p99),
      bytesOnDisk: this.#long(Place.bytes),
      historyFrom: runsFrom === 0 ? NaN : runsFrom,
    };
  }

  #setLong(place: number, value: number): void {
    this.#numbers.set(place + 1, Math.floor(value / 2 ** 32));
    this.#numbers.set(place, value | 0);
  }

  #long(place: number): number {
    return this.#numbers.get(place + 1) * 2 ** 32 + (this.#numbers.get(place) >>> 0);
  }
}

const Place = { flushes: 0, p50: 1, p99: 2, bytes: 3, runsFrom: 5 } as const;
const words = 7;
/** Enough for a p99. */
const remembered = 256;
