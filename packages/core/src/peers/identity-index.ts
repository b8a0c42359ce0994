import { createHash } from 'node:crypto';
import { type EntryMemory, leafAt } from './entry-layout.js';
import { type ByteRange, PlainReader } from './entry-reader.js';
import { FoundSlots, type Generations } from './found-slots.js';
import { anyCase, KeyedHash } from './keyed-hash.js';
import { LookupBytes } from './lookup-bytes.js';
import { SlotHash } from './slot-hash.js';

/**
 * Whose slot a node id, a public key or a DID is. Each is one peer's at most. None of them is kept a
 * second time: a hash leads to the slots whose entries are then looked at.
 */
export class IdentityIndex {
  #entries: EncodedEntries;
  readonly #hash: Pick<KeyedHash, 'of'>;
  readonly #byNodeId = new SlotHash();
  readonly #byKey = new SlotHash();
  readonly #byDid = new SlotHash();
  /** What is looked up, where it is not an entry's. */
  readonly #wanted = new LookupBytes();
  #found: FoundSlots;

  /** @param entries - the entries of the slots */
  constructor(entries: EncodedEntries, hash: Pick<KeyedHash, 'of'> = new KeyedHash()) {
    this.#entries = entries;
    this.#hash = hash;
    this.#found = new FoundSlots(entries);
  }

  /** The entries of the same slots are to be had elsewhere from now on. */
  moveTo(entries: EncodedEntries): void {
    this.#entries = entries;
    this.#found = new FoundSlots(entries);
  }

  get size(): number {
    return this.#byNodeId.size;
  }

  /** All of it, in an order that follows from what is in it. */
  toJSON(): unknown {
    return [this.#byNodeId.slots(), this.#byKey.slots(), this.#byDid.slots()];
  }

  withNodeId(nodeId: string): number | undefined {
    const known = this.#found.slotOf(nodeId);
    if (known !== -1) return known;
    const length = this.#wanted.putText(nodeId);
    if (length < 0) return undefined;
    const slot = this.#withNodeIdIn(this.#wanted.memory, 0, length);
    if (slot !== undefined) this.#found.note(nodeId, slot);
    return slot;
  }

  /** @param publicKey - in hex of any case */
  withKey(publicKey: string): number | undefined {
    const bytes = keyBytesOf(publicKey);
    if (bytes === undefined || !this.#wanted.putBytes(bytes)) return undefined;
    const { u8, u32 } = this.#wanted.memory;
    return this.#withKeyIn(u8, 0, bytes.length, this.#hash.of(u32, 0, bytes.length));
  }

  /** @param did - its hex in any case */
  withDid(did: string): number | undefined {
    const length = this.#wanted.putText(did);
    if (length < 0) return undefined;
    const { u8, u32 } = this.#wanted.memory;
    return this.#withDidIn(u8, 0, length, this.#hash.of(u32, 0, length, anyCase));
  }

  /** The slot of the peer with the same node id as the entry at `base`. */
  withNodeIdOf(memory: EntryMemory, base: number): number | undefined {
    locate(nodeIdSlot, memory, base, range);
    return this.#withNodeIdIn(memory, range.start, range.end);
  }

  /** The slot of the peer with the same key as the entry at `base`. */
  withKeyOf(memory: EntryMemory, base: number, { key }: IdentityHashes): number | undefined {
    locate(keySlot, memory, base, range);
    return this.#withKeyIn(range.u8, range.start, range.end, key);
  }

  /** The slot of the peer with the same DID as the entry at `base`. */
  withDidOf(memory: EntryMemory, base: number, { did }: IdentityHashes): number | undefined {
    locate(didSlot, memory, base, range);
    return this.#withDidIn(range.u8, range.start, range.end, did);
  }

  /** What the identity of the entry at `base` is found by. */
  hashesOf(memory: EntryMemory, base: number): IdentityHashes {
    return {
      nodeId: this.#hashOf(nodeIdSlot, memory, base),
      key: this.#hashOf(keySlot, memory, base),
      did: this.#hashOf(didSlot, memory, base, anyCase),
    };
  }

  /** Whether no part of the identity of the entry at `base` is a peer's. */
  isFree(memory: EntryMemory, base: number, hashes: IdentityHashes): boolean {
    locate(nodeIdSlot, memory, base, range);
    return (
      this.#withNodeIdIn(memory, range.start, range.end, hashes.nodeId) === undefined &&
      this.withKeyOf(memory, base, hashes) === undefined &&
      this.withDidOf(memory, base, hashes) === undefined
    );
  }

  /** Gives an identity to a slot. */
  add(hashes: IdentityHashes, slot: number): void {
    this.#byNodeId.add(hashes.nodeId, slot);
    this.addKeyAndDid(hashes, slot);
  }

  addKeyAndDid({ key, did }: IdentityHashes, slot: number): void {
    this.#byKey.add(key, slot);
    this.#byDid.add(did, slot);
  }

  /** Takes an identity away from a slot. */
  remove(hashes: IdentityHashes, slot: number): void {
    this.#byNodeId.remove(hashes.nodeId, slot);
    this.removeKeyAndDid(hashes, slot);
  }

  removeKeyAndDid({ key, did }: IdentityHashes, slot: number): void {
    this.#byKey.remove(key, slot);
    this.#byDid.remove(did, slot);
  }

  #withNodeIdIn(
    memory: EntryMemory,
    start: number,
    end: number,
    hash = this.#hash.of(memory.u32, start, end),
  ): number | undefined {
    for (let slot = this.#byNodeId.first(hash); slot !== -1; slot = this.#byNodeId.next(hash)) {
      const own = this.#entries.memoryOf(slot);
      locate(nodeIdSlot, own, this.#entries.baseOf(slot), held);
      if (isSameText(memory.u32, start, end, own.u32, held)) return slot;
    }
    return undefined;
  }

  #withKeyIn(u8: Buffer, start: number, end: number, hash: number): number | undefined {
    for (let slot = this.#byKey.first(hash); slot !== -1; slot = this.#byKey.next(hash)) {
      locate(keySlot, this.#entries.memoryOf(slot), this.#entries.baseOf(slot), held);
      if (held.u8.compare(u8, start, end, held.start, held.end) === 0) return slot;
    }
    return undefined;
  }

  #withDidIn(u8: Buffer, start: number, end: number, hash: number): number | undefined {
    for (let slot = this.#byDid.first(hash); slot !== -1; slot = this.#byDid.next(hash)) {
      locate(didSlot, this.#entries.memoryOf(slot), this.#entries.baseOf(slot), held);
      if (isSameDid(u8, start, end)) return slot;
    }
    return undefined;
  }

  #hashOf(field: number, memory: EntryMemory, base: number, fold = 0): number {
    locate(field, memory, base, range);
    return this.#hash.of(memory.u32, range.start, range.end, fold);
  }
}

/** What the parts of an entry's identity are found by. */
export interface IdentityHashes {
  readonly nodeId: number;
  readonly key: number;
  readonly did: number;
}

/** Where the entries of slots lie. */
export interface EncodedEntries extends Generations {
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

/** Makes `to` say where the entry at `base` has a field. */
function locate(field: number, memory: EntryMemory, base: number, to: ByteRange): void {
  reader.at(memory, base).locate(field, to);
}

/** Where the entry at `base` has its node id; good until the next one is looked for. */
export function nodeIdRange(memory: EntryMemory, base: number): ByteRange {
  locate(nodeIdSlot, memory, base, range);
  return range;
}

function textAt(memory: EntryMemory, base: number, slot: number): string {
  locate(slot, memory, base, range);
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

/** Whether two node ids, which both begin with a word of memory, are one. */
function isSameText(
  a: Uint32Array,
  start: number,
  end: number,
  b: Uint32Array,
  other: ByteRange,
): boolean {
  const length = end - start;
  if (length !== other.end - other.start) return false;
  let at = start >>> 2;
  let to = other.start >>> 2;
  for (let left = length >>> 2; left > 0; left--) if (a[at++] !== b[to++]) return false;
  const rest = 8 * (length & 3);
  return rest === 0 || ((a[at]! ^ b[to]!) & ((1 << rest) - 1)) === 0;
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
