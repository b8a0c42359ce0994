import { compiledFunction } from './compiled-function.js';
import { encoderSource } from './encoder-source.js';
import { PeerValidationError } from '../errors.js';
import {
  type EntryLayout,
  type EntryMemory,
  entryHeadroom,
  entryMemory,
  peerLayout,
} from './entry-layout.js';
import { type EntryMaker, compileMaker } from './entry-maker.js';
import { fail, ownKey, putCount, putDouble, putHex, putText, tooLarge } from './field-writers.js';
import { TailCache } from './tail-cache.js';
import { refuseUnknownField } from './unknown-field.js';

/**
 * Checks entries and writes their bytes, in two steps: `read` takes what is needed of a caller's
 * object, each field once, and `write` makes bytes of that. Only `read` can run code of a caller (a
 * getter, a proxy), and that may encode other entries meanwhile: those get drafts of their own, and
 * leave the known tails alone that the outer one is compared with.
 */
export class EntryEncoder {
  readonly #layout: EntryLayout;
  readonly #walks: Walks;
  readonly #tails: TailCache;
  readonly #numbers: number;
  /** The one for all entries but those that are read while another one is. */
  readonly #draft: EntryDraft;
  /** Made when first needed. */
  #filler: Filler | undefined;
  /** How many entries are being read, each by a getter of the one before. */
  #depth = 0;
  /** Finds the values of the tail that a draft is compared with. */
  readonly #find = (draft: EntryDraft, first: unknown): readonly unknown[] => {
    if (draft.isNested) return none;
    draft.line = this.#tails.lineOf(first);
    return this.#tails.has(draft.line) ? this.#tails.valuesOf(draft.line) : none;
  };

  constructor(layout: EntryLayout) {
    this.#layout = layout;
    this.#walks = compileWalks(layout);
    this.#tails = new TailCache(layout);
    this.#numbers = layout.numbers.length;
    this.#draft = new EntryDraft(this.#numbers, false);
  }

  /**
   * Takes what is needed of an entry. The draft is to be written before the next entry is read.
   *
   * @param now - gives the time, Unix milliseconds, with which and with the other defaults the entry is
   *   filled in; without it, the entry must be whole
   * @throws {PeerValidationError} naming a bad field; and whatever a getter of the caller's, or `now`,
   *   throws
   */
  read(entry: unknown, now?: () => number): EntryDraft {
    return this.#readBy(this.#walks, entry, now);
  }

  #readBy(walks: Walks, entry: unknown, now: (() => number) | undefined): EntryDraft {
    if (this.#depth === deepest) {
      const expected = `no more than ${deepest} entries to be read in one another's getters`;
      throw new PeerValidationError('peer', expected, entry);
    }
    const draft = this.#depth === 0 ? this.#draft : new EntryDraft(this.#numbers, true);
    this.#depth++;
    try {
      walks.read(entry, draft, this.#find, now);
    } finally {
      this.#depth--;
    }
    return draft;
  }

  /**
   * Writes what was read at `base`, a multiple of 8, behind which at least `entryHeadroom` bytes are
   * free.
   *
   * @returns the entry's length in bytes
   * @throws {PeerValidationError} naming a bad field; what was written is to be ignored
   */
  write(draft: EntryDraft, memory: EntryMemory, base: number): number {
    const { values, numbers, line } = draft;
    let end: number;
    if (draft.tail !== values) {
      end = this.#tails.recall(line, memory, base);
    } else {
      end = this.#walks.write(values, memory, base);
      if (!draft.isNested) {
        draft.values = this.#tails.keep(line, values, memory, base, end);
      }
    }
    const { f64, u32 } = memory;
    const b8 = base >>> 3;
    for (let slot = 1; slot < numbers.length; slot++) f64[b8 + slot] = numbers[slot]!;
    u32[base >>> 2] = end - base;
    u32[(base >>> 2) + 1] = draft.bits;
    return end - base;
  }

  /** Reads an entry and writes it. */
  encode(entry: unknown, memory: EntryMemory, base: number, now?: () => number): number {
    return this.write(this.read(entry, now), memory, base);
  }

  /** Reads an entry, fills it in, checks it, and makes a whole one of it that shares nothing with it. */
  fill(entry: unknown, now: () => number): unknown {
    this.#filler ??= {
      walks: compileWalks(this.#layout),
      make: compileMaker(this.#layout),
      scratch: entryMemory(new ArrayBuffer(entryHeadroom)),
    };
    const { walks, make, scratch } = this.#filler;
    const draft = this.#readBy(walks, entry, now);
    // Writing a tail checks it. One that is known has been checked; this one is kept when it is upserted.
    if (draft.tail === draft.values) walks.write(draft.values, scratch, 0);
    const filled = make(draft.tail, draft.numbers, draft.bits);
    draft.values = this.#tails.reusable(draft.values);
    return filled;
  }
}

/**
 * What it takes to fill entries in. It has walks of its own: objects of many forms are filled in, and the
 * code that reads those that are upserted is faster while it has seen few.
 */
interface Filler {
  readonly walks: Walks;
  readonly make: EntryMaker;
  readonly scratch: EntryMemory;
}

/** A getter that hands in its own entry would go on until the stack is full. */
const deepest = 16;

/** What was read of an entry, to be written. */
export class EntryDraft {
  /** Where to put what the tail is made of, unless it is known. */
  values: unknown[] = [];
  /** What the tail is made of, in the order of the layout: `values`, not checked yet, or what is known. */
  tail: readonly unknown[] = this.values;
  /** Where the tail is known from, or may be kept. */
  line = 0;
  /** The numbers, by their slots. */
  readonly numbers: Float64Array;
  bits = 0;

  /** @param isNested - whether it is of an entry that is read while another one is */
  constructor(
    numbers: number,
    readonly isNested: boolean,
  ) {
    this.numbers = new Float64Array(1 + numbers);
  }

  /** The first value of the tail: of a peer its node id, which is a text once it has been written. */
  get first(): unknown {
    return this.tail[0];
  }
}

const none: readonly unknown[] = [];
/** What a list, or a group, is read from that is left out. */
const noItems: readonly unknown[] = Object.freeze([]);
const noFields: object = Object.freeze({});

/** Puts the values that were the same so far into a draft. Returns that the tail is not the known one. */
function diverge(values: unknown[], known: readonly unknown[], count: number): false {
  for (let at = 0; at < count; at++) values[at] = known[at];
  return false;
}

/** The functions that `encoderSource` is the source of. */
interface Walks {
  readonly read: (
    entry: unknown,
    draft: EntryDraft,
    find: (draft: EntryDraft, first: unknown) => readonly unknown[],
    now: (() => number) | undefined,
  ) => void;
  /** Returns where the tail ends. */
  readonly write: (values: readonly unknown[], memory: EntryMemory, base: number) => number;
}

function compileWalks(layout: EntryLayout): Walks {
  const writers = { ownKey, putText, putHex, putDouble, putCount };
  const refusals = { fail, tooLarge, refuseUnknownField };
  const called = { ...writers, ...refusals, none, noItems, noFields, diverge };
  const build = compiledFunction(Object.keys(called), encoderSource(layout));
  return build(...Object.values(called)) as Walks;
}

/** Writes peer entries. */
export const peerEncoder = new EntryEncoder(peerLayout);
