import type { RegistryEvent } from '@panoptes/core/observer';
import { LogDigest } from '@panoptes/testkit/observer';
import { gapDigest } from './log-name.js';

/**
 * The log as it was followed from its first transaction on, in a digest. What a snapshot stands for is a
 * gap, unless its events are handed in as bytes: those of an earlier life of the registry, made again.
 */
export class FollowedLog {
  readonly #digest = new LogDigest();
  /** Transactions up to this one have not been seen. */
  #missingTo = 0;

  get digest(): string {
    return this.#missingTo > 0 ? gapDigest : this.#digest.text;
  }

  /** Begins with a snapshot as of a transaction. */
  begin(seq: number): void {
    this.#missingTo = seq;
  }

  add(event: RegistryEvent): void {
    this.#digest.add(event);
  }

  /**
   * Takes what was made again, before any event.
   *
   * @param bytes - the next of its `LogBytes`
   * @param to - the last transaction, where all of it has been handed in with this
   */
  goOn(bytes: Uint8Array, to?: number): void {
    this.#digest.addBytes(bytes);
    if (to === this.#missingTo) this.#missingTo = 0;
  }
}

/** The questions to what follows the log. */
export const logQueries = {
  goOn: (log: { readonly followed: FollowedLog }, bytes: Uint8Array, to?: number): void =>
    log.followed.goOn(bytes, to),
};
