import { createHash } from 'node:crypto';
import { type EntryMemory, leafAt } from './entry-layout.js';
import { type ByteRange, PlainReader } from './entry-reader.js';
import { anyCase, KeyedHash } from './keyed-hash.js';
import { ShardedMap } from './sharded-map.js';
import { SlotHash } from './slot-hash.js';

/**
 * Whose slot a node id, a public key or a DID belongs to. Each belongs to one peer at most. Keys and
 * DIDs are not kept a second time: a hash leads to the slots whose entries are then looked at.
 */
export class IdentityIndex {
  readonly #entries: EncodedEntries;
  readonly #hash: Pick<KeyedHash, 'of'>;
  readonly #byNodeId = new ShardedMap<number>();
  readonly #byKey = new SlotHash();
  readonly #byDid = new SlotHash();

  /** @param entries - the entries of the slots */
  constructor(entries: EncodedEntries, hash: Pick<KeyedHash, 'of'> = new KeyedHash()) {
    this.#entries = entries;
    this.#hash = hash;
  }

  get size(): number {
    return this.#byNodeId.size;
  }

  /** Node ids and slots, in no particular order. */
  get peers(): Iterable<readonly [string, number]> {
    return this.#byNodeId;
  }

  /** All of it, in an order that follows from what is in it. */
  toJSON(): unknown {
    const peers = [...this.#byNodeId].sort(([, a], [, b]) => a - b);
    return [peers, this.#byKey.slots(), this.#byDid.slots()];
  }

  withNodeId(nodeId: string): number | undefined {
    return this.#byNodeId.get(nodeId);
  }

  /** @param publicKey - in hex of any case */
  withKey(publicKey: string): number | undefined {
    const bytes = keyBytesOf(publicKey);
    return bytes && this.#withKeyIn(bytes, 0, bytes.length);
  }

  /** @param did - its hex in any case */
  withDid(did: string): number | undefined {
    const bytes = Buffer.from(didIndexOf(did));
    return this.#withDidIn(bytes, 0, bytes.length);
  }

  /** The slot of the peer with the same key as the entry at `base`. */
  withKeyOf(memory: EntryMemory, base: number): number | undefined {
    reader.at(memory, base).locate(keySlot, range);
    return this.#withKeyIn(range.u8, range.start, range.end);
  }

  /** The slot of the peer with the same DID as the entry at `base`. */
  withDidOf(memory: EntryMemory, base: number): number | undefined {
    reader.at(memory, base).locate(didSlot, range);
    return this.#withDidIn(range.u8, range.start, range.end);
  }

  add(nodeId: string, memory: EntryMemory, base: number, slot: number): void {
    this.#byNodeId.set(nodeId, slot);
    this.addKeyAndDid(memory, base, slot);
  }

  /** Gives the key and the DID of the entry at `base` to a slot. */
  addKeyAndDid(memory: EntryMemory, base: number, slot: number): void {
    this.#byKey.add(this.#keyHash(memory, base), slot);
    this.#byDid.add(this.#didHash(memory, base), slot);
  }

  /** Forgets a slot, whose entry is at `base`. */
  remove(memory: EntryMemory, base: number, slot: number): void {
    this.#byNodeId.delete(nodeIdOf(memory, base));
    this.removeKeyAndDid(memory, base, slot);
  }

  removeKeyAndDid(memory: EntryMemory, base: number, slot: number): void {
    this.#byKey.remove(this.#keyHash(memory, base), slot);
    this.#byDid.remove(this.#didHash(memory, base), slot);
  }

  #withKeyIn(u8: Buffer, start: number, end: number): number | undefined {
    const hash = this.#hash.of(u8, start, end);
    for (let slot = this.#byKey.first(hash); slot !== -1; slot = this.#byKey.next(hash)) {
      this.#locate(slot, keySlot);
      if (held.u8.compare(u8, start, end, held.start, held.end) === 0) return slot;
    }
    return undefined;
  }

  #withDidIn(u8: Buffer, start: number, end: number): number | undefined {
    const hash = this.#hash.of(u8, start, end, anyCase);
    for (let slot = this.#byDid.first(hash); slot !== -1; slot = this.#byDid.next(hash)) {
      this.#locate(slot, didSlot);
      if (isSameDid(u8, start, end)) return slot;
    }
    return undefined;
  }

  /** Makes `held` say where a slot's entry has its key or its DID. */
  #locate(slot: number, field: number): void {
    reader.at(this.#entries.memoryOf(slot), this.#entries.baseOf(slot)).locate(field, held);
  }

  #keyHash(memory: EntryMemory, base: number): number {
    reader.at(memory, base).locate(keySlot, range);
    return this.#hash.of(range.u8, range.start, range.end);
  }

  #didHash(memory: EntryMemory, base: number): number {
    reader.at(memory, base).locate(didSlot, range);
    return this.#hash.of(range.u8, range.start, range.end, anyCase);
  }
}

/** Where the entries of slots lie. */
export interface EncodedEntries {
  memoryOf(slot: number): EntryMemory;
  baseOf(slot: number): number;
}

const keySlot = leafAt('bytes', 'peerId.publicKey').slot;
const didSlot = leafAt('bytes', 'peerId.did').slot;
const nodeIdSlot = leafAt('bytes', 'peerId.nodeId').slot;

/** Longer keys are indexed by their SHA-256. */
const longestPlainKey = 64;

const reader = new PlainReader();
const range: ByteRange = { u8: Buffer.alloc(0), start: 0, end: 0 };
const held: ByteRange = { u8: Buffer.alloc(0), start: 0, end: 0 };

function textAt(memory: EntryMemory, base: number, slot: number): string {
  reader.at(memory, base).locate(slot, range);
  return range.u8.toString('utf8', range.start, range.end);
}

/** The node id of the entry at `base`. */
export const nodeIdOf = (memory: EntryMemory, base: number): string =>
  textAt(memory, base, nodeIdSlot);

/** The DID of the entry at `base`. */
export const didOf = (memory: EntryMemory, base: number): string => textAt(memory, base, didSlot);

/** What a DID is found by: its hex is the same number in any case. */
export function didIndexOf(did: string): string {
  const lower = did.toLowerCase();
  if (lower === did) return did;
  const hex = did.lastIndexOf(':') + 1;
  return did.slice(0, hex) + lower.slice(hex);
}

/** What the DID of the entry at `base` is found by. */
export const didKeyOf = (memory: EntryMemory, base: number): string =>
  didIndexOf(didOf(memory, base));

/** What a public key, given in hex of any case, is found by; undefined for what is none. */
export function keyIndexOf(publicKey: string): string | undefined {
  const bytes = keyBytesOf(publicKey);
  return bytes && keyIndex(bytes, 0, bytes.length);
}

function keyBytesOf(publicKey: string): Buffer | undefined {
  const bytes = Buffer.from(publicKey, 'hex');
  // What is no hex is left out when it is decoded, and would find the peer of what is before it.
  return bytes.toString('hex') === publicKey.toLowerCase() ? bytes : undefined;
}

/** Whether these bytes are the DID at `held`, but for the case of its hex. */
function isSameDid(u8: Buffer, start: number, end: number): boolean {
  const length = end - start;
  if (length !== held.end - held.start) return false;
  let isHex = true;
  for (let at = length - 1; at >= 0; at--) {
    const a = u8[start + at]!;
    const b = held.u8[held.start + at]!;
    if (a === colon) isHex = false;
    if (a !== b && !(isHex && (a ^ b) === caseBit && isLetter(a | caseBit))) return false;
  }
  return true;
}

const colon = 0x3a;
const caseBit = 0x20;
const isLetter = (code: number): boolean => code >= 0x61 && code <= 0x7a;

/** What the public key of the entry at `base` is found by. */
export function keyOf(memory: EntryMemory, base: number): string {
  reader.at(memory, base).locate(keySlot, range);
  return keyIndex(range.u8, range.start, range.end);
}

/**
 * What a public key is found by, as a string of one byte a character: its bytes, or their hash, which
 * is made longer than any plain key so that no peer can have the hash of another's key as its key.
 */
function keyIndex(u8: Buffer, start: number, end: number): string {
  if (end - start <= longestPlainKey) return u8.toString('latin1', start, end);
  return `sha256:${createHash('sha256').update(u8.subarray(start, end)).digest('hex')}`;
}
