import { type EntryMemory, entryMemory } from './entry-layout.js';
import { peerFields } from './fields.js';

/**
 * A part of an identity that a caller names, written from byte 0 of a memory as an entry has it, so that
 * it can be hashed and compared like one of an entry's.
 */
export class LookupBytes {
  readonly memory: EntryMemory = entryMemory(new ArrayBuffer(mostBytes));

  /** Writes a text as UTF-8. Returns its length, or -1 when it is none that an entry could have. */
  putText(text: string): number {
    const { u8 } = this.memory;
    const { length } = text;
    if (length > mostTextBytes) return -1;
    for (let at = 0; at < length; at++) {
      const code = text.charCodeAt(at);
      if (code > 127) return text.isWellFormed() ? u8.write(text, 'utf8') : -1;
      u8[at] = code;
    }
    return length;
  }

  /** Writes the bytes of a key. False when they are none that an entry could have. */
  putBytes(bytes: Uint8Array): boolean {
    if (bytes.length > mostBytes) return false;
    this.memory.u8.set(bytes);
    return true;
  }
}

const { nodeId, publicKey, did } = peerFields.peerId.fields;
const mostBytes = publicKey.maxBytes;
const mostTextBytes = Math.max(nodeId.maxBytes, did.maxBytes);
