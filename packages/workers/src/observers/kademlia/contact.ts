import { dhtKey, dhtKeyBytes, placeWords, putPlace } from '@panoptes/core/observer';
import { stampOf } from '../rows-digest.js';

/** What the routing table keeps of a peer. */
export class Contact {
  readonly nodeId: string;
  /** How many leading bits it shares with the table's own identifier: the number of its bucket. */
  readonly prefixLength: number;
  /** Stands for its node id in a digest. */
  readonly stamp: number;
  /** Unix milliseconds. Changes only while the contact is in no bucket. */
  firstSeen: number;
  /** Whether it answers, by its count of failed attempts. Changes only while it is in no bucket. */
  answers: boolean;
  /** Its place among those that wait, or `notWaiting`. */
  waitingAt = notWaiting;
  /** k-bucket asks for one; no contact is ever added twice, so it decides nothing. */
  readonly vectorClock = 0;
  #id: Buffer | undefined;

  constructor(nodeId: string, prefixLength: number, firstSeen: number, answers: boolean) {
    this.nodeId = nodeId;
    this.prefixLength = prefixLength;
    this.stamp = stampOf([nodeId]);
    this.firstSeen = firstSeen;
    this.answers = answers;
  }

  /** Where it is placed; see `contactId`. Most contacts wait, and are never asked for it. */
  get id(): Buffer {
    return (this.#id ??= contactId(this.nodeId));
  }
}

/** `waitingAt` of a contact that does not wait. */
export const notWaiting = -1;

/**
 * Where a node id is placed: at its DHT key.
 *
 * @returns 32 bytes of key, followed, unless the node id is these very bytes in lowercase hex, by the
 * node id. So two peers that share a key, as a node id and the text it is the hash of do, stay two
 * contacts: k-bucket places them by the first bits and tells them apart by all.
 */
export function contactId(nodeId: string): Buffer {
  const key = dhtKey(nodeId);
  return key.toString('hex') === nodeId ? key : Buffer.concat([key, Buffer.from(nodeId)]);
}

/** How many leading bits node ids' DHT keys share with one key: all of them for that key itself. */
export class PrefixLengths {
  readonly #own: Uint32Array;
  readonly #other = new Uint32Array(placeWords);

  /** @param key - the 32 bytes of one */
  constructor(key: Buffer) {
    this.#own = Uint32Array.from({ length: keyWords }, (_, word) => key.readUInt32BE(4 * word));
  }

  of(nodeId: string): number {
    putPlace(nodeId, this.#other, 0);
    for (let word = 0; word < keyWords; word++) {
      const difference = this.#own[word]! ^ this.#other[word]!;
      if (difference !== 0) return 32 * word + Math.clz32(difference);
    }
    return 32 * keyWords;
  }
}

const keyWords = dhtKeyBytes / 4;

/** The identifier of a contact as 64 hex characters. */
export const identifierOf = (contact: Contact): string =>
  contact.id.toString('hex', 0, dhtKeyBytes);

/**
 * Who has the better claim to a place in a full bucket: one that answers before one that does not,
 * then the one known for longest, as in Kademlia; then by identifier, so that the order is total.
 *
 * @returns negative when `a` has it, positive when `b` has it, 0 for the same contact only
 */
export function compareClaims(a: Contact, b: Contact): number {
  if (a.answers !== b.answers) return a.answers ? -1 : 1;
  if (a.firstSeen !== b.firstSeen) return a.firstSeen - b.firstSeen;
  return a === b ? 0 : a.id.compare(b.id);
}
