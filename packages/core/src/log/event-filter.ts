import { oldBits } from '../peers/entry-diff.js';
import { type EntryMemory, leafAt } from '../peers/entry-layout.js';
import { entryLength } from '../peers/entry-reader.js';
import { recordKind, recordKinds } from './change-record.js';
import { RECORD_HEADER_BYTES, RecordOffset } from './log-layout.js';
import type { Subscription } from './subscription.js';

/**
 * Chooses what matches a subscription by the headers of records and entries alone: nothing is
 * decoded, and what does not match costs a look at two words.
 */
export class EventFilter {
  /** A bit for each kind of record that matches. */
  readonly #kinds: number;
  /** A bit for each word of a choice that matches. */
  readonly #tiers: number;
  readonly #methods: number;
  /** The flags that matter, and what they must be. */
  readonly #flags: number;
  readonly #flagValues: number;

  /** @param wanted - what `parseSubscription` has looked at */
  constructor({ kinds, tiers, discoveryMethods, authenticated, quantumSecure }: Subscription) {
    this.#kinds = maskOf(recordKinds, kinds);
    this.#tiers = maskOf(choices.tiers.words, tiers);
    this.#methods = maskOf(choices.discoveryMethods.words, discoveryMethods);
    const given = Object.entries({ authenticated, quantumSecure } as const).filter(
      ([, value]) => value !== undefined,
    );
    const bitsOf = (entries: typeof given): number =>
      entries.reduce((bits, [name]) => bits | (1 << flags[name as keyof typeof flags].shift), 0);
    this.#flags = bitsOf(given);
    this.#flagValues = bitsOf(given.filter(([, value]) => value));
  }

  /** Whether the record at a byte offset is of a change that matches. */
  wantsRecord(memory: EntryMemory, at: number): boolean {
    const kind = memory.u8[at + RecordOffset.kind]!;
    if ((this.#kinds & (1 << kind)) === 0) return false;
    const base = at + RECORD_HEADER_BYTES;
    if (this.wantsEntry(memory, base)) return true;
    if (kind !== recordKind.updated) return false;
    return this.#wants(oldBits(memory, base + entryLength(memory, base)));
  }

  /** Whether the entry at `base` is of a peer in the chosen set. */
  wantsEntry(memory: EntryMemory, base: number): boolean {
    return this.#wants(memory.u32[(base >>> 2) + 1]!);
  }

  #wants(bits: number): boolean {
    const { tiers, discoveryMethods } = choices;
    return (
      (this.#tiers & (1 << ((bits >>> tiers.shift) & tiers.mask))) !== 0 &&
      (this.#methods & (1 << ((bits >>> discoveryMethods.shift) & discoveryMethods.mask))) !== 0 &&
      (bits & this.#flags) === this.#flagValues
    );
  }
}

const choices = {
  tiers: leafAt('bits', 'tier'),
  discoveryMethods: leafAt('bits', 'discoveryMethod'),
};
const flags = {
  authenticated: leafAt('bits', 'authenticated'),
  quantumSecure: leafAt('bits', 'quantumSecure'),
};

/** A bit for each of the words that are wanted, by their places; all bits when none are given. */
const maskOf = (words: readonly string[], wanted: readonly string[] | undefined): number =>
  wanted === undefined ? -1 : wanted.reduce((mask, word) => mask | (1 << words.indexOf(word)), 0);
