import { createPeer, type PeerEntry } from '@panoptes/core';
import { profileOf } from '@panoptes/testkit';

/**
 * Entries of any number of peers, told apart by number, in one object: a million whole entries would
 * take more memory than the registry that is measured. Each call changes the entry that it returned
 * before.
 */
export class NumberedPeers {
  readonly #entry: Writable<PeerEntry>;
  readonly #identity: Writable<PeerEntry['peerId']>;
  readonly #hexOf: (peer: number) => string;
  #changes = 0;

  /** @param hexOf - 64 digits for the number of a peer: its node id, its key, and a part of its DID */
  constructor(hexOf = (peer: number): string => peer.toString(16).padStart(64, '0')) {
    this.#hexOf = hexOf;
    this.#entry = createPeer(profileOf('numbered'));
    this.#identity = this.#entry.peerId;
  }

  /** The entry of a peer, different from all that were returned before. */
  entry(peer: number): PeerEntry {
    const hex = this.#hexOf(peer);
    this.#identity.nodeId = hex;
    this.#identity.publicKey = hex;
    this.#identity.did = `did:zhtp:${hex}`;
    this.#entry.lastSeen++;
    this.#entry.dataTransferred = ++this.#changes;
    return this.#entry;
  }
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
