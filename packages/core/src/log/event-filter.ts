import { z } from 'zod';
import { parseOptions } from '../config.js';
import { oldBits } from '../peers/entry-diff.js';
import { type EntryMemory, leafAt } from '../peers/entry-layout.js';
import { entryLength } from '../peers/entry-reader.js';
import { peerFields, tiers } from '../peers/fields.js';
import { recordKind, recordKinds } from './change-record.js';
import { RECORD_HEADER_BYTES, RecordOffset } from './log-layout.js';

const subscription = z.strictObject({
  /** Kinds of change; all unless given. */
  kinds: z
    .array(z.enum(['PeerAdded', 'PeerUpdated', 'PeerRemoved']))
    .min(1)
    .optional(),
  /** Tiers of the peers it is about. */
  tiers: z.array(z.enum(tiers)).min(1).optional(),
  /** How those peers were found. */
  discoveryMethods: z.array(z.enum(peerFields.discoveryMethod.words)).min(1).optional(),
  /** Whether those peers have proved that they own their keys. */
  authenticated: z.boolean().optional(),
  /** Whether those peers connected through a post-quantum handshake. */
  quantumSecure: z.boolean().optional(),
});

/**
 * What a follower of the log wants to hear of; everything unless it says otherwise. `kinds` chooses
 * changes, the other fields choose peers: one that is as all of them say is in the chosen set. An
 * update concerns the set when the peer was in it before or is in it now, so leaving it is heard of.
 * Of a transaction of several changes those that match arrive, as a `BatchUpdate`.
 */
export type Subscription = Readonly<z.input<typeof subscription>>;

const choices = {
  tiers: leafAt('bits', 'tier'),
  discoveryMethods: leafAt('bits', 'discoveryMethod'),
};
const flags = {
  authenticated: leafAt('bits', 'authenticated'),
  quantumSecure: leafAt('bits', 'quantumSecure'),
};

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

  /** @throws {ConfigError} when the subscription is not one it can be */
  constructor(wanted: Subscription) {
    const { kinds, tiers, discoveryMethods, authenticated, quantumSecure } = parseOptions(
      subscription,
      wanted,
      'subscribe',
    );
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

/** A bit for each of the words that are wanted, by their places; all bits when nobody asked. */
const maskOf = (words: readonly string[], wanted: readonly string[] | undefined): number =>
  wanted === undefined ? -1 : wanted.reduce((mask, word) => mask | (1 << words.indexOf(word)), 0);
