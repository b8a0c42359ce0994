import { maxSpaceKeyBytes, spaceRoomOf } from '@panoptes/core/follower';
import { DamagedPages } from './damaged-pages.js';
import {
  type SpaceHead,
  decodeHead,
  isWholeSpaceValue,
  spaceKeyBytes,
  spaceValueAt,
} from './space-layout.js';
import { crcOf, withCrc } from './store-layout.js';

/** Looks through what observers have stored, entry after entry, in the order of their keys. */
export class SpaceCheck {
  readonly #lastSeq: number;
  #spaces = 0;
  #sum = 0;
  /** The space whose entries come. */
  #current: { readonly key: Buffer; readonly head: SpaceHead } | undefined;
  #found = { entries: 0, bytes: 0, sum: 0 };

  /** @param lastSeq - nothing is as of a later transaction */
  constructor(lastSeq: number) {
    this.#lastSeq = lastSeq;
  }

  /** @throws {DamagedPages} when that is none that was stored there */
  take(key: Buffer, value: Buffer): void {
    const headBytes = spaceKeyBytes(key);
    if (headBytes === undefined || !isWholeSpaceValue(key, value)) throw wrong('entry');
    if (headBytes === key.length) return this.#begin(key, value);
    const bytes = key.length - headBytes;
    const isOwn = this.#current?.key.equals(key.subarray(0, headBytes)) === true;
    if (!isOwn || bytes > maxSpaceKeyBytes) throw wrong('entry');
    this.#found.entries++;
    this.#found.bytes += spaceRoomOf(bytes, value.length - spaceValueAt);
    this.#found.sum = withCrc(this.#found.sum, crcOf(value));
  }

  /**
   * How many spaces there are, and the sum of their heads' CRCs.
   *
   * @throws {DamagedPages} when the last one is not whole
   */
  end(): { spaces: number; spaceSum: number } {
    const { head } = this.#current ?? {};
    const { entries, bytes, sum } = this.#found;
    const isSame =
      head === undefined ||
      (head.entries === entries &&
        head.bytes === bytes &&
        head.sum === sum &&
        this.#isReached(head));
    if (!isSame) throw wrong('state');
    return { spaces: this.#spaces, spaceSum: this.#sum };
  }

  #begin(key: Buffer, value: Buffer): void {
    this.end();
    const head = decodeHead(key, value);
    if (head === undefined) throw wrong('head');
    this.#current = { key: Buffer.from(key), head };
    this.#found = { entries: 0, bytes: 0, sum: 0 };
    this.#spaces++;
    this.#sum = withCrc(this.#sum, crcOf(value));
  }

  #isReached({ cursor }: SpaceHead): boolean {
    return Number.isSafeInteger(cursor) && cursor >= 0 && cursor <= this.#lastSeq;
  }
}

const wrong = (what: string): DamagedPages =>
  new DamagedPages(`it has an observer’s ${what} that makes no sense`);
