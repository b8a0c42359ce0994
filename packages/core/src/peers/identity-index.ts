import { createHash } from 'node:crypto';
import { type EntryMemory, leafAt } from './entry-layout.js';
import { type ByteRange, PlainReader } from './entry-reader.js';

/** Whose slot a node id, a public key or a DID belongs to. Each belongs to one peer at most. */
export class IdentityIndex {
  readonly #byNodeId = new Map<string, number>();
  readonly #byKey = new Map<string, number>();
  readonly #byDid = new Map<string, number>();

  get size(): number {
    return this.#byNodeId.size;
  }

  /** Node ids and slots, in the order of arrival. */
  get peers(): ReadonlyMap<string, number> {
    return this.#byNodeId;
  }

  /** All of it, in order of insertion. */
  toJSON(): readonly (readonly [string, number])[][] {
    return [[...this.#byNodeId], [...this.#byKey], [...this.#byDid]];
  }

  withNodeId(nodeId: string): number | undefined {
    return this.#byNodeId.get(nodeId);
  }

  /** @param publicKey - in hex of any case */
  withKey(publicKey: string): number | undefined {
    const index = keyIndexOf(publicKey);
    return index === undefined ? undefined : this.#byKey.get(index);
  }

  /** @param did - its hex in any case */
  withDid(did: string): number | undefined {
    return this.#byDid.get(didIndexOf(did));
  }

  /** The slot of the peer with the same key as the entry at `base`. */
  withKeyOf(memory: EntryMemory, base: number): number | undefined {
    return this.#byKey.get(keyOf(memory, base));
  }

  /** The slot of the peer with the same DID as the entry at `base`. */
  withDidOf(memory: EntryMemory, base: number): number | undefined {
    return this.#byDid.get(didKeyOf(memory, base));
  }

  add(nodeId: string, memory: EntryMemory, base: number, slot: number): void {
    this.#byNodeId.set(nodeId, slot);
    this.addKeyAndDid(memory, base, slot);
  }

  /** Gives the key and the DID of the entry at `base` to a slot. */
  addKeyAndDid(memory: EntryMemory, base: number, slot: number): void {
    this.#byKey.set(keyOf(memory, base), slot);
    this.#byDid.set(didKeyOf(memory, base), slot);
  }

  remove(memory: EntryMemory, base: number): void {
    this.#byNodeId.delete(nodeIdOf(memory, base));
    this.removeKeyAndDid(memory, base);
  }

  removeKeyAndDid(memory: EntryMemory, base: number): void {
    this.#byKey.delete(keyOf(memory, base));
    this.#byDid.delete(didKeyOf(memory, base));
  }
}

const keySlot = leafAt('bytes', 'peerId.publicKey').slot;
const didSlot = leafAt('bytes', 'peerId.did').slot;
const nodeIdSlot = leafAt('bytes', 'peerId.nodeId').slot;

/** Longer keys are indexed by their SHA-256. */
const longestPlainKey = 64;

const reader = new PlainReader();
const range: ByteRange = { u8: Buffer.alloc(0), start: 0, end: 0 };

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
  const bytes = Buffer.from(publicKey, 'hex');
  // What is no hex is left out when it is decoded, and would find the peer of what is before it.
  if (bytes.toString('hex') !== publicKey.toLowerCase()) return undefined;
  return keyIndex(bytes, 0, bytes.length);
}

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
