import { compareClaims, type Contact, notWaiting } from './contact.js';
import type { DigestRow, RowsDigest } from '../rows-digest.js';
import { ReplacementCache } from './replacement-cache.js';

/**
 * The contacts at one prefix length: at most `k` members, those with the best claims, and the
 * others waiting. Who is a member follows from who is there, not from the order they came in.
 */
export class Bucket {
  readonly #k: number;
  readonly #tree: MemberTree;
  readonly #digest: RowsDigest;
  /** The best claim first. */
  readonly #members: Contact[] = [];
  readonly #waiting = new ReplacementCache();

  /** @param digest - of the members and of those that wait */
  constructor(k: number, tree: MemberTree, digest: RowsDigest) {
    this.#k = k;
    this.#tree = tree;
    this.#digest = digest;
  }

  /** The best claim first. */
  get members(): readonly Contact[] {
    return this.#members;
  }

  get waitingCount(): number {
    return this.#waiting.size;
  }

  /** Takes in a contact that is in no bucket. */
  add(contact: Contact): void {
    if (this.#members.length === this.#k) {
      const last = this.#members[this.#k - 1]!;
      if (compareClaims(last, contact) < 0) {
        this.#wait(contact);
        return;
      }
      this.#members.pop();
      this.#leave(last);
      this.#wait(last);
    }
    this.#enter(contact);
  }

  /** Lets a contact of this bucket go. A member's place goes to the best claim that waits. */
  remove(contact: Contact): void {
    if (contact.waitingAt !== notWaiting) {
      this.#stopWaiting(contact);
      return;
    }
    this.#members.splice(this.#members.indexOf(contact), 1);
    this.#leave(contact);
    const heir = this.#waiting.best;
    if (heir === undefined) return;
    this.#stopWaiting(heir);
    this.#enter(heir);
  }

  #enter(contact: Contact): void {
    let at = this.#members.length;
    // Newcomers are the youngest, so the search starts where they usually belong.
    while (at > 0 && compareClaims(contact, this.#members[at - 1]!) < 0) at--;
    this.#members.splice(at, 0, contact);
    this.#tree.add(contact);
    this.#digest.add(rowOf('member', contact));
  }

  #leave(contact: Contact): void {
    this.#tree.remove(contact.id);
    this.#digest.remove(rowOf('member', contact));
  }

  #wait(contact: Contact): void {
    this.#waiting.add(contact);
    this.#digest.add(rowOf('waiting', contact));
  }

  #stopWaiting(contact: Contact): void {
    this.#waiting.remove(contact);
    this.#digest.remove(rowOf('waiting', contact));
  }
}

const rowOf = (
  place: 'member' | 'waiting',
  { prefixLength, stamp, firstSeen, answers }: Contact,
): DigestRow => [prefixLength, place, stamp, firstSeen, answers];

/** The tree that holds a bucket's members, and no other contacts. */
export interface MemberTree {
  add(contact: Contact): unknown;
  remove(id: Uint8Array): unknown;
}
