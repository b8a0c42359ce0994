import { createPeer, describe, messageOf, type PeerEntry, systemClock } from '@panoptes/core';
import type { ChurnEvent } from '@panoptes/testkit';
import { TraceError } from '../traces/trace-error.js';

/**
 * Checks the events of a source as they come, each read once: that they are events, and in order of
 * time. What a peer is like is for the registry to judge.
 */
export class EventCheck {
  readonly #file: string;
  readonly #areSent: boolean;
  readonly #epochMs: number;
  #count = 0;
  #lastAt = 0;

  /**
   * @param file - the source's name, for errors
   * @param areSent - whether they go to the model as well, which takes a copy of each; they come from
   *   outside then, and of their peers some fields may be left out
   * @param epochMs - when virtual time begins, in Unix milliseconds
   */
  constructor(file: string, areSent: boolean, epochMs: number) {
    this.#file = file;
    this.#areSent = areSent;
    this.#epochMs = epochMs;
  }

  /** @throws {TraceError} naming the event, and what is wrong with it */
  take(given: unknown): ChurnEvent {
    let event: ChurnEvent;
    try {
      event = this.#read(this.#areSent ? structuredClone(given) : given);
    } catch (cause) {
      if (cause instanceof TraceError) throw cause;
      throw this.#error('', `expected plain data: ${messageOf(cause)}`, { cause });
    }
    this.#lastAt = event.at;
    this.#count++;
    return event;
  }

  #read(given: unknown): ChurnEvent {
    const fields = this.#object('', given);
    const { at, kind } = fields;
    if (typeof at !== 'number' || !Number.isFinite(at) || at < this.#lastAt) {
      throw this.#refusal('.at', `expected milliseconds from ${this.#lastAt} on`, at);
    }
    // Counted from the start of the run. One that was counted from 1970 would be decades later.
    if (at > latestDate - this.#epochMs) {
      throw this.#refusal('.at', 'expected milliseconds from the start, before the last date', at);
    }
    if (kind === 'leave') return { at, kind, nodeId: this.#text('.nodeId', fields['nodeId']) };
    if (kind === 'patch') {
      const nodeId = this.#text('.nodeId', fields['nodeId']);
      return { at, kind, nodeId, patch: this.#object('.patch', fields['patch']) };
    }
    if (kind !== 'join' && kind !== 'update') {
      throw this.#refusal('.kind', 'expected join, update, patch or leave', kind);
    }
    const peer = this.#object('.peer', fields['peer']);
    this.#text('.peer.peerId.nodeId', this.#object('.peer.peerId', peer['peerId'])['nodeId']);
    return { at, kind, peer: this.#areSent ? this.#whole(peer, at) : (peer as never) };
  }

  /** With what was left out. One that is bad is for the registry to refuse. */
  #whole(peer: unknown, at: number): PeerEntry {
    try {
      return createPeer(peer as PeerEntry, { ...systemClock, now: () => this.#epochMs + at });
    } catch {
      return peer as PeerEntry;
    }
  }

  #object(place: string, value: unknown): Readonly<Record<string, unknown>> {
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
    throw this.#refusal(place, 'expected an object', value);
  }

  #text(place: string, value: unknown): string {
    if (typeof value === 'string') return value;
    throw this.#refusal(place, 'expected a text', value);
  }

  #refusal(place: string, expected: string, got: unknown): TraceError {
    return this.#error(place, `${expected}, got ${describe(got)}`);
  }

  #error(place: string, problem: string, options?: ErrorOptions): TraceError {
    return new TraceError(
      { file: this.#file, field: `events[${this.#count}]${place}` },
      problem,
      options,
    );
  }
}

/** The last time that a `Date` can hold, Unix milliseconds. */
const latestDate = 8.64e15;
