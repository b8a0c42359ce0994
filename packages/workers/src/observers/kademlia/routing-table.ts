import {
  type EventBatch,
  type PeerEntry,
  type PeerSnapshot,
  QueryError,
  describe,
  dhtKeyBytes,
} from '@panoptes/core/observer';
import KBucket from 'k-bucket';
import { RowsDigest } from '../rows-digest.js';
import { Bucket } from './bucket.js';
import { Contact, contactId, identifierOf, notWaiting, PrefixLengths } from './contact.js';
import type { KademliaSettings } from './kademlia-options.js';
import { SubnetGuard } from './subnet-guard.js';
import { roundedDistance, xorDistance } from './xor-distance.js';

/**
 * A Kademlia routing table over all peers of the registry: a bucket for each length of the prefix
 * that a peer's identifier shares with the table's own, each with at most k members.
 *
 * Kademlia lets the contact keep its place that has been known for longest, if it still answers.
 * Here that rule is a property of the set of peers: of a bucket's contacts the first k are members,
 * those that answer before those that do not, then by `firstSeen`, then by identifier. So a table
 * that followed every change and one that began with a snapshot hold the same members.
 *
 * `k-bucket` keeps the tree of members and finds the closest. It is told only about members, so its
 * own ping, which would make who is a member a matter of history, never has cause.
 */
export class RoutingTable {
  /** What it says to proposals as a critical observer; none without a limit for subnets. */
  readonly guard: SubnetGuard | undefined;
  readonly #settings: KademliaSettings;
  readonly #prefixLengths: PrefixLengths;
  #tree: KBucket<Contact>;
  #contacts = new Map<string, Contact>();
  #buckets = new Map<number, Bucket>();
  #digest = new RowsDigest();

  constructor(settings: KademliaSettings) {
    this.#settings = settings;
    this.#prefixLengths = new PrefixLengths(settings.localId);
    this.guard = settings.subnetLimits && new SubnetGuard(settings.subnetLimits);
    this.#tree = this.#newTree();
  }

  /** Forgets everything, then takes in these peers. */
  reset(peers: PeerSnapshot): void {
    this.#tree = this.#newTree();
    this.#contacts = new Map();
    this.#buckets = new Map();
    this.#digest = new RowsDigest();
    for (const entry of peers) this.#put(entry.peerId.nodeId, entry);
    this.guard?.reset(peers);
  }

  /** Follows the changes of a batch. */
  follow(batch: EventBatch): void {
    for (const change of batch.changes()) {
      if (change.kind === 'PeerRemoved') this.#remove(change.nodeId);
      else this.#put(change.nodeId, change.entry);
      this.guard?.follow(change);
    }
  }

  /** How many members the table has. */
  size(): number {
    let size = 0;
    for (const bucket of this.#buckets.values()) size += bucket.members.length;
    return size;
  }

  /** Whether a peer is a member; one that only waits for a place is not. */
  has(nodeId: string): boolean {
    return this.#contacts.get(nodeId)?.waitingAt === notWaiting;
  }

  /**
   * The members closest to a target, the closest first: exactly those, not an approximation.
   *
   * @param target - a node id, or an identifier of 64 hex characters
   * @param count - how many at most; default k
   * @throws {QueryError} when the target is not a text or the count not a whole number from 1
   */
  closest(target: string, count = this.#settings.k): ClosePeer[] {
    if (typeof target !== 'string') {
      throw new QueryError(`closest: expected the target to be a text, got ${describe(target)}`);
    }
    if (!Number.isInteger(count) || count < 1) {
      throw new QueryError(`closest: expected a count of 1 or more, got ${describe(count)}`);
    }
    const id = contactId(target);
    return this.#candidates(id, count)
      .map((contact) => ({ contact, distance: xorDistance(contact.id, id) }))
      .sort((a, b) => a.distance.compare(b.distance) || a.contact.id.compare(b.contact.id))
      .slice(0, count)
      .map(({ contact, distance }) => ({
        nodeId: contact.nodeId,
        id: identifierOf(contact),
        distance: distance.toString('hex'),
      }));
  }

  /** All buckets that are not empty, by prefix length. */
  bucketOccupancy(): BucketOccupancy[] {
    return [...this.#buckets]
      .map(([prefixLength, bucket]) => ({
        prefixLength,
        members: bucket.members.length,
        waiting: bucket.waitingCount,
      }))
      .filter(({ members }) => members > 0)
      .sort((a, b) => a.prefixLength - b.prefixLength);
  }

  /** The members of one bucket, the best claim first. */
  bucketMembers(prefixLength: number): BucketMember[] {
    const members = this.#buckets.get(prefixLength)?.members ?? [];
    return members.map((contact) => ({
      nodeId: contact.nodeId,
      id: identifierOf(contact),
      firstSeen: contact.firstSeen,
      answers: contact.answers,
    }));
  }

  /** Equal for tables of one identifier and k that hold the same members and the same others. */
  digest(): string {
    return this.#digest.text;
  }

  #newTree(): KBucket<Contact> {
    const { k, localId } = this.#settings;
    return new KBucket<Contact>({
      localNodeId: localId,
      numberOfNodesPerKBucket: k,
      distance: roundedDistance,
    });
  }

  #put(nodeId: string, entry: PeerEntry): void {
    const { firstSeen } = entry;
    const answers = (entry.dhtInfo?.failedAttempts ?? 0) < this.#settings.maxFailedAttempts;
    const known = this.#contacts.get(nodeId);
    if (known !== undefined) {
      if (known.firstSeen === firstSeen && known.answers === answers) return;
      const bucket = this.#bucketAt(known.prefixLength);
      bucket.remove(known);
      known.firstSeen = firstSeen;
      known.answers = answers;
      bucket.add(known);
      return;
    }
    const prefixLength = this.#prefixLengths.of(nodeId);
    // A table does not route to itself.
    if (prefixLength === idBits) return;
    const contact = new Contact(nodeId, prefixLength, firstSeen, answers);
    this.#contacts.set(nodeId, contact);
    this.#bucketAt(prefixLength).add(contact);
  }

  #remove(nodeId: string): void {
    const contact = this.#contacts.get(nodeId);
    if (contact === undefined) return;
    this.#contacts.delete(nodeId);
    this.#bucketAt(contact.prefixLength).remove(contact);
  }

  #bucketAt(prefixLength: number): Bucket {
    const known = this.#buckets.get(prefixLength);
    if (known !== undefined) return known;
    const bucket = new Bucket(this.#settings.k, this.#tree, this.#digest);
    this.#buckets.set(prefixLength, bucket);
    return bucket;
  }

  /**
   * The `count` closest members and all that a rounded distance cannot tell from the last of them:
   * k-bucket sorts and cuts by rounded distances, which keeps the order but for ties.
   */
  #candidates(id: Uint8Array, count: number): Contact[] {
    for (let wanted = count + 1; ; wanted *= 2) {
      const found = this.#tree.closest(id, wanted);
      if (found.length < wanted) return found;
      const last = roundedDistance(found[wanted - 1]!.id, id);
      if (last > roundedDistance(found[count - 1]!.id, id)) return found;
    }
  }
}

/** How many buckets there can be, and the prefix length of the local id itself. */
const idBits = 8 * dhtKeyBytes;

/** A member of the table as `closest` finds it. */
export interface ClosePeer {
  readonly nodeId: string;
  /** Its identifier, 64 hex characters. */
  readonly id: string;
  /** XOR distance to the target, 64 hex characters; texts compare as distances do. */
  readonly distance: string;
}

/** How full a bucket is. */
export interface BucketOccupancy {
  /** How many leading bits its contacts share with the table's own identifier. */
  readonly prefixLength: number;
  readonly members: number;
  /** Contacts for which it has no place. */
  readonly waiting: number;
}

/** A member of a bucket. */
export interface BucketMember {
  readonly nodeId: string;
  /** Its identifier, 64 hex characters. */
  readonly id: string;
  /** Unix milliseconds. */
  readonly firstSeen: number;
  readonly answers: boolean;
}
