import { createHash } from 'node:crypto';
import { type EntryDiff, storeNumbers } from './entry-diff.js';
import { copyWords, type EntryMemory, leafAt } from './entry-layout.js';
import { EntryStore, noBlock } from './entry-store.js';
import { entryLength } from './entry-reader.js';
import { followNumbers, stampOfSums, sumWords } from './entry-stamp.js';
import { decodeEntry } from './entry-view.js';
import { tiers } from './fields.js';
import { type IdentityHashes, IdentityIndex, nodeIdOf, nodeIdRange } from './identity-index.js';
import { KeyTrie } from './key-trie.js';
import type { PeerEntry, PeerTier } from './peer-entry.js';
import { marksOf } from './peer-marks.js';
import { peersDigest, withoutPeer, withPeer } from './peers-sum.js';
import { SlotRecords } from './slot-records.js';
import { TierOrders } from './tier-orders.js';

/**
 * The peer table: every entry in its encoded form, found by node id, public key and DID, by its DHT key
 * and by what it is, and ordered by tier and by when it was last seen. A peer has the same slot from its
 * arrival to its removal. Only the registry's commit changes it.
 */
export class PeerTable {
  /** Called before the entry in a slot, or the empty slot, changes. A snapshot in progress listens. */
  beforeChange: ((slot: number) => void) | undefined;

  #identities = new IdentityIndex(this);
  #trie = new KeyTrie();
  #store = new EntryStore();
  #records = new SlotRecords();
  /** The order of eviction within each tier, best tier first. */
  #orders = new TierOrders(this.#records);
  #slotCount = 0;
  #freeSlots: number[] = [];
  /** Added to the generations of slots, so that none is one of a table that this one was before. */
  #firstGeneration = 0;
  #removals = 0;
  #changes = 0;
  #entryBytes = 0;
  /** Of the stamps of all entries: in an array, where a number is not made anew with each change. */
  #sum = new Float64Array(1);
  /** How many entries have each of the bits set. */
  #bitCounts = new Float64Array(32);

  get size(): number {
    return this.#identities.size;
  }

  get identities(): IdentityIndex {
    return this.#identities;
  }

  get trie(): KeyTrie {
    return this.#trie;
  }

  /** One more than the highest slot ever used. */
  get slotCount(): number {
    return this.#slotCount;
  }

  /** Bytes of all entries. */
  get entryBytes(): number {
    return this.#entryBytes;
  }

  /** Whether a slot holds a peer. */
  isUsed(slot: number): boolean {
    return this.#records.block(slot) !== noBlock;
  }

  /** The memory in which a slot's entry lies, at `baseOf(slot)`. */
  memoryOf(slot: number): EntryMemory {
    return this.#store.memoryOf(this.#records.block(slot));
  }

  baseOf(slot: number): number {
    return this.#store.baseOf(this.#records.block(slot));
  }

  /** Another one for each peer that a slot holds one after the other. */
  generationOf(slot: number): number {
    // A slot that this table has not may be one of the table that it was before.
    return slot < this.#slotCount ? this.#firstGeneration + this.#records.generation(slot) : -1;
  }

  nodeIdAt(slot: number): string {
    return nodeIdOf(this.memoryOf(slot), this.baseOf(slot));
  }

  entryAt(slot: number): PeerEntry {
    return decodeEntry(this.memoryOf(slot), this.baseOf(slot));
  }

  lastSeenAt(slot: number): number {
    return this.#records.lastSeen(slot);
  }

  /** Takes over the peers of another table; views of those that it had show none. No snapshot is in progress. */
  become(other: PeerTable): void {
    this.#firstGeneration += this.#removals + 1;
    this.#removals = other.#removals;
    this.#identities = other.#identities;
    this.#identities.moveTo(this);
    this.#trie = other.#trie;
    this.#store = other.#store;
    this.#records = other.#records;
    this.#orders = other.#orders;
    this.#slotCount = other.#slotCount;
    this.#freeSlots = other.#freeSlots;
    this.#changes = other.#changes;
    this.#entryBytes = other.#entryBytes;
    this.#sum = other.#sum;
    this.#bitCounts = other.#bitCounts;
  }

  /** Adds the peer whose entry is at `base`; its identity must not be in the table. */
  add(nodeId: string, memory: EntryMemory, base: number, hashes?: IdentityHashes): void {
    const slot = this.#add(memory, base, hashes ?? this.identities.hashesOf(memory, base));
    this.trie.add(slot, nodeId, marksOf(this.bitsAt(slot)));
  }

  /**
   * Adds the peer whose entry is at `base`, unless a part of its identity is another's, and says whether it
   * did. Many that come in the order of their node ids are added faster than by `add`.
   */
  addFree(memory: EntryMemory, base: number): boolean {
    const hashes = this.identities.hashesOf(memory, base);
    if (!this.identities.isFree(memory, base, hashes)) return false;
    const slot = this.#add(memory, base, hashes);
    this.trie.addNear(slot, nodeIdRange(memory, base), marksOf(this.bitsAt(slot)));
    return true;
  }

  /**
   * Replaces a peer's entry by the one at `base`, which has the same node id.
   *
   * @param diff - what `diffEntries` says of the two
   */
  replace(slot: number, memory: EntryMemory, base: number, diff: EntryDiff): void {
    this.beforeChange?.(slot);
    const rank = this.#rank(slot);
    if (diff.sameTail && diff.bits === 0) {
      // The usual case: a peer was seen again, and a few numbers changed.
      const own = this.memoryOf(slot);
      const ownBase = this.baseOf(slot);
      const sums = this.#records.sumsOf(slot);
      const at = this.#records.sumsAt(slot);
      this.#sum[0] = withoutPeer(this.#sum[0]!, stampOfSums(sums, at));
      followNumbers(diff, own, ownBase, memory, base, sums, at);
      this.#sum[0] = withPeer(this.#sum[0], stampOfSums(sums, at));
      storeNumbers(diff, memory, base, own, ownBase);
      this.#touch(slot, memory, base);
      this.#orders.of(rank).moved(slot);
      return;
    }
    if (diff.hasSlot(keySlot) || diff.hasSlot(didSlot)) {
      this.identities.removeKeyAndDid(this.#hashesAt(slot), slot);
      this.identities.addKeyAndDid(this.identities.hashesOf(memory, base), slot);
    }
    const oldLength = entryLength(this.memoryOf(slot), this.baseOf(slot));
    const length = entryLength(memory, base);
    this.#count(slot, -1);
    if (!this.#store.fitsSame(oldLength, length)) {
      this.#store.release(this.#records.block(slot), oldLength);
      this.#records.setBlock(slot, noBlock);
    }
    const newRank = (memory.u32[(base >>> 2) + 1]! >>> tierBits.shift) & tierBits.mask;
    if (newRank === rank) {
      this.#put(slot, memory, base);
      this.#orders.of(rank).moved(slot);
    } else {
      this.#orders.of(rank).remove(slot);
      this.#put(slot, memory, base);
      this.#orders.of(newRank).add(slot);
    }
    if (diff.bits !== 0) this.trie.mark(slot, marksOf(this.bitsAt(slot)));
  }

  remove(slot: number): void {
    this.beforeChange?.(slot);
    this.identities.remove(this.#hashesAt(slot), slot);
    this.trie.remove(slot);
    this.#orders.of(this.#rank(slot)).remove(slot);
    this.#count(slot, -1);
    const length = entryLength(this.memoryOf(slot), this.baseOf(slot));
    this.#store.release(this.#records.block(slot), length);
    this.#records.setBlock(slot, noBlock);
    this.#records.setGeneration(slot, this.#records.generation(slot) + 1);
    this.#freeSlots.push(slot);
    this.#removals++;
  }

  /** The peers in the order in which they are evicted at the cap, those that have expired first. */
  evictionOrder(expiredBefore: number): Generator<number, undefined> {
    return this.#orders.all(expiredBefore);
  }

  /** The peers last seen before a time, longest ago first. */
  expired(before: number): Generator<number, undefined> {
    return this.#orders.expired(before);
  }

  /** A digest of all entries, whatever their order, kept with every change: equal tables have equal ones. */
  digest(): string {
    return peersDigest(this.#sum[0]!);
  }

  /** A digest of entries, slots, indexes and orders as they are, history included. */
  stateDigest(): string {
    const hash = createHash('sha256');
    const slots = Array.from({ length: this.#slotCount }, (_, slot) => slot);
    for (const slot of slots.filter((used) => this.isUsed(used))) {
      const base = this.baseOf(slot);
      const end = base + entryLength(this.memoryOf(slot), base);
      hash.update(this.memoryOf(slot).u8.subarray(base, end));
    }
    const parts = {
      slots: slots.map((slot) => this.#records.all(slot)),
      orders: this.#orders,
      identities: this.identities,
      trie: this.trie,
      free: this.#freeSlots,
      counts: [this.#changes, this.#entryBytes, ...this.#bitCounts],
      sum: this.#sum[0],
    };
    return hash.update(JSON.stringify(parts)).digest('hex');
  }

  tierSize(tier: PeerTier): number {
    return this.#orders.of(tiers.indexOf(tier)).size;
  }

  /** The flags, choices and presences of a slot's entry, as `entry-layout.ts` places them. */
  bitsAt(slot: number): number {
    return this.memoryOf(slot).u32[(this.baseOf(slot) >>> 2) + 1]!;
  }

  /** How many entries have this one bit set. */
  countOf(bit: number): number {
    return this.#bitCounts[31 - Math.clz32(bit)]!;
  }

  /** Adds a peer everywhere but in the tree of keys. Returns its slot. */
  #add(memory: EntryMemory, base: number, hashes: IdentityHashes): number {
    const slot = this.#freeSlots.pop() ?? this.#newSlot();
    this.beforeChange?.(slot);
    this.identities.add(hashes, slot);
    this.#put(slot, memory, base);
    this.#orders.of(this.#rank(slot)).add(slot);
    return slot;
  }

  #hashesAt(slot: number): IdentityHashes {
    return this.identities.hashesOf(this.memoryOf(slot), this.baseOf(slot));
  }

  #rank(slot: number): number {
    return (this.bitsAt(slot) >>> tierBits.shift) & tierBits.mask;
  }

  #newSlot(): number {
    const slot = this.#slotCount++;
    this.#records.grow(slot + 1);
    return slot;
  }

  /** Copies an entry into a slot's block, which is taken if the slot has none, and counts it. */
  #put(slot: number, memory: EntryMemory, base: number): void {
    const length = entryLength(memory, base);
    if (!this.isUsed(slot)) this.#records.setBlock(slot, this.#store.allocate(length));
    copyWords(memory, base, this.memoryOf(slot), this.baseOf(slot), length);
    this.#touch(slot, memory, base);
    this.#count(slot, 1);
  }

  /** Notes when the entry at `base`, now a slot's, was seen, and that it has just changed. */
  #touch(slot: number, memory: EntryMemory, base: number): void {
    this.#records.touch(slot, memory.f64[(base >>> 3) + lastSeenSlot]!, ++this.#changes);
  }

  #count(slot: number, sign: 1 | -1): void {
    this.#entryBytes += sign * entryLength(this.memoryOf(slot), this.baseOf(slot));
    const sums = this.#records.sumsOf(slot);
    const at = this.#records.sumsAt(slot);
    if (sign === 1) {
      sumWords(this.memoryOf(slot), this.baseOf(slot), sums, at);
      this.#sum[0] = withPeer(this.#sum[0]!, stampOfSums(sums, at));
    } else {
      this.#sum[0] = withoutPeer(this.#sum[0]!, stampOfSums(sums, at));
    }
    for (let bits = this.bitsAt(slot); bits !== 0; bits &= bits - 1) {
      this.#bitCounts[31 - Math.clz32(bits & -bits)]! += sign;
    }
  }
}

const lastSeenSlot = leafAt('number', 'lastSeen').slot;
const keySlot = leafAt('bytes', 'peerId.publicKey').slot;
const didSlot = leafAt('bytes', 'peerId.did').slot;
const tierBits = leafAt('bits', 'tier');
