import { boundedJson } from '../bounded-json.js';
import { messageOf } from '../error-of.js';
import { LINE_BYTES, LINE_WORDS } from './log-layout.js';
import { announceProgress } from './progress.js';

/**
 * The votes of one incarnation on their way to the registry: a ring in shared memory with one writer,
 * the voter, and one reader, the main thread. Each incarnation has a box of its own, so one that is
 * given up writes into memory from which no votes are taken any more.
 *
 * ```
 *   byte 0         128                     128 + 8·slots
 *   ┌─────────────┬───────────────────────┬──────────────────────────────┐
 *   │ COUNT       │ votes: number u32,    │ texts: 2 KiB for each vote   │
 *   │             │ verdict u32           │                              │
 *   └─────────────┴───────────────────────┴──────────────────────────────┘
 *
 *   a text:  reason bytes u32, details bytes u32, the reason, the details as JSON; both UTF-8
 * ```
 *
 * The voter writes votes and texts with plain stores, then COUNT with an atomic one: who sees the
 * count sees them. Nothing that is read here is believed: lengths are checked, the number is only
 * compared, and a count that is too far ahead makes the box forget what it missed.
 */
export class VoteBox {
  readonly buffer = createVoteBox();
  readonly #words = new Int32Array(this.buffer, 0, textsAt / 4);
  readonly #u8 = Buffer.from(this.buffer as unknown as ArrayBuffer);
  #taken = 0;

  /** Votes that wait to be taken. */
  get waiting(): number {
    return (Atomics.load(this.#words, 0) - this.#taken) >>> 0;
  }

  /**
   * Takes the votes that wait, in order.
   *
   * @returns how many were lost because more waited than the box holds
   */
  take(found: (vote: FoundVote) => void): number {
    const { waiting } = this;
    if (waiting > boxSlots) {
      this.#taken = (this.#taken + waiting) | 0;
      return waiting;
    }
    for (let vote = 0; vote < waiting; vote++) {
      const slot = this.#taken & (boxSlots - 1);
      const at = LINE_WORDS + 2 * slot;
      const verdict = this.#words[at + 1]!;
      this.#taken = (this.#taken + 1) | 0;
      const { reason, details } =
        verdict === Verdict.accept ? noText : this.#read(textsAt + slot * textBytes);
      found({ number: this.#words[at]!, verdict, reason, details });
    }
    return 0;
  }

  #read(at: number): { readonly reason: string; readonly details: unknown } {
    // A copy: what is checked must be what is used, whatever the voter writes meanwhile.
    const text = Buffer.from(this.#u8.subarray(at, at + textBytes));
    const reasonEnd = textHeaderBytes + Math.min(text.readUInt32LE(0), 3 * maxReasonChars);
    const detailsEnd = reasonEnd + Math.min(text.readUInt32LE(4), maxDetailsBytes);
    return {
      reason: text.toString('utf8', textHeaderBytes, reasonEnd),
      details: parsed(text.toString('utf8', reasonEnd, detailsEnd)),
    };
  }
}

/** The memory of a box, to be handed to the voter's thread. */
export type VoteBoxBuffer = SharedArrayBuffer;

/** What a voter says to a proposal. */
export const Verdict = Object.freeze({ accept: 1, veto: 2, failed: 3 } as const);
export type Verdict = (typeof Verdict)[keyof typeof Verdict];

/** Votes that may wait to be taken; more than any group has proposals. A power of two. */
export const boxSlots = 2048;
const textBytes = 2048;
const textHeaderBytes = 8;
const textsAt = LINE_BYTES + 8 * boxSlots;

/** Longest reason, in characters. */
const maxReasonChars = 256;
/** Longest details, in bytes of JSON: what a reason of the widest characters leaves. */
const maxDetailsBytes = textBytes - textHeaderBytes - 3 * maxReasonChars;

/** Longest account of why details are left out, in characters; each takes 6 bytes of JSON at most. */
const maxExcuseChars = 200;

/** One vote as it was found, not yet believed. */
export interface FoundVote {
  /** Low 32 bits of the proposal's number. */
  readonly number: number;
  /** One of `Verdict`, if the voter follows the rules. */
  readonly verdict: number;
  readonly reason: string;
  /** Whatever JSON brought; undefined when there was none, or none that can be read. */
  readonly details: unknown;
}

/** Makes the memory of a box. Its texts take no room before they are written. */
const createVoteBox = (): VoteBoxBuffer => new SharedArrayBuffer(textsAt + boxSlots * textBytes);

/** The voter's end of a box. */
export class VoteCaster {
  readonly #words: Int32Array;
  readonly #u8: Buffer;
  readonly #bell: Int32Array;
  #count: number;

  /** @param bell - the words of the proposal log, on which the main thread waits for votes */
  constructor(box: VoteBoxBuffer, bell: Int32Array) {
    this.#words = new Int32Array(box, 0, textsAt / 4);
    this.#u8 = Buffer.from(box as unknown as ArrayBuffer);
    this.#bell = bell;
    this.#count = Atomics.load(this.#words, 0);
  }

  /** Puts in a vote; the registry sees it with the next `publish`. */
  cast(number: number, verdict: Verdict, reason = '', details?: unknown): void {
    const slot = this.#count & (boxSlots - 1);
    const at = LINE_WORDS + 2 * slot;
    this.#words[at] = number | 0;
    this.#words[at + 1] = verdict;
    if (verdict !== Verdict.accept) this.#write(textsAt + slot * textBytes, reason, details);
    this.#count = (this.#count + 1) | 0;
  }

  /** Shows the registry all votes so far, and wakes it if it waits for them. */
  publish(): void {
    Atomics.store(this.#words, 0, this.#count);
    announceProgress(this.#bell);
  }

  #write(at: number, reason: string, details: unknown): void {
    const reasonBytes = this.#u8.write(voteReason(reason), at + textHeaderBytes);
    const json = voteDetails(details);
    const detailsBytes = this.#u8.write(json, at + textHeaderBytes + reasonBytes);
    this.#u8.writeUInt32LE(reasonBytes, at);
    this.#u8.writeUInt32LE(detailsBytes, at + 4);
  }
}

const noText = { reason: '', details: undefined } as const;

/** As much of a reason as travels. */
export const voteReason = (reason: string): string => reason.slice(0, maxReasonChars);

/** Details as JSON; when they are too long or cannot be written, why they are left out. Empty for none. */
export function voteDetails(details: unknown): string {
  if (details === undefined) return '';
  try {
    return boundedJson(details, maxDetailsBytes) ?? '';
  } catch (error) {
    return JSON.stringify(`left out: ${messageOf(error).slice(0, maxExcuseChars)}`);
  }
}

function parsed(json: string): unknown {
  try {
    return json === '' ? undefined : JSON.parse(json);
  } catch {
    return undefined;
  }
}
