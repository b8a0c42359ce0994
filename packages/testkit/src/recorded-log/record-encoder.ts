import { tiers } from '@panoptes/core/observer';
import type { EntryMark, HistoryRecord, SeenChange } from '../checkers/history.js';
import {
  AUTHENTICATED,
  changeKinds,
  discoveryMethods,
  FOREIGN_SEQ,
  METHOD_SHIFT,
  QUANTUM_SECURE,
  REASON_SHIFT,
  recordKinds,
  removalReasons,
  stampBytes,
} from './recorded-log-layout.js';

/** Puts records into the payload of one block after another. */
export class RecordEncoder {
  #bytes = Buffer.allocUnsafe(1 << 17);
  #length: number;
  /** Numbers of the names in this block. */
  readonly #names = new Map<string, number>();

  /** @param headBytes - kept free before the payload */
  constructor(private readonly headBytes: number) {
    this.#length = headBytes;
  }

  /** Bytes of the payload. */
  get payloadBytes(): number {
    return this.#length - this.headBytes;
  }

  /** Head and payload, until the next record is put. */
  get block(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Begins the next block. */
  clear(): void {
    this.#length = this.headBytes;
    this.#names.clear();
  }

  put(record: HistoryRecord): void {
    this.#reserve(mostFixedBytes);
    this.#byte(recordKinds.indexOf(record.kind));
    switch (record.kind) {
      case 'snapshot':
        this.#number(record.seq);
        this.#number(record.size);
        break;
      case 'peer':
        this.#name(record.nodeId);
        this.#mark(record.now);
        break;
      case 'event':
        this.#number(record.seq);
        this.#number(2 * record.changes.length + Number(record.isBatch));
        for (const change of record.changes) this.#change(change, record.seq);
        break;
      case 'progress':
      case 'resume':
        this.#number(record.seq);
        break;
      case 'digest':
        this.#text(record.digest);
        break;
      default:
        break;
    }
  }

  #change(change: SeenChange, seq: number): void {
    this.#reserve(mostFixedBytes);
    const { kind } = change;
    const isForeign = change.seq !== seq;
    const reason = kind === 'PeerRemoved' ? removalReasons.indexOf(change.reason) : 0;
    const flag = isForeign ? FOREIGN_SEQ : 0;
    this.#byte(changeKinds.indexOf(kind) | (reason << REASON_SHIFT) | flag);
    if (isForeign) this.#number(change.seq);
    this.#name(change.nodeId);
    if (kind !== 'PeerAdded') this.#mark(change.old);
    if (kind !== 'PeerRemoved') this.#mark(change.now);
  }

  /** Its number where it was named before in this block; else the next number, and the name. */
  #name(nodeId: string): void {
    const known = this.#names.get(nodeId);
    this.#number(known ?? this.#names.size);
    if (known !== undefined) return;
    this.#names.set(nodeId, this.#names.size);
    this.#text(nodeId);
  }

  /** Hex in half as many bytes; the lowest bit of the length says so. */
  #text(text: string): void {
    const isHex = hexName.test(text);
    const length = isHex ? text.length / 2 : Buffer.byteLength(text);
    // Room for what comes after it in its record, too.
    this.#reserve(length + mostFixedBytes);
    this.#number(2 * length + Number(isHex));
    this.#length += this.#bytes.write(text, this.#length, isHex ? 'hex' : 'utf8');
  }

  #mark(mark: EntryMark): void {
    this.#bytes.writeUIntLE(mark.stamp, this.#length, stampBytes);
    this.#length += stampBytes;
    this.#byte(
      tiers.indexOf(mark.tier) |
        (discoveryMethods.indexOf(mark.discoveryMethod) << METHOD_SHIFT) |
        (mark.authenticated ? AUTHENTICATED : 0) |
        (mark.quantumSecure ? QUANTUM_SECURE : 0),
    );
  }

  #number(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.#byte((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.#byte(rest);
  }

  #byte(value: number): void {
    this.#bytes[this.#length++] = value;
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(2 * (this.#length + bytes));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}

const hexName = /^(?:[0-9a-f]{2})+$/;

/** Most bytes of a change or a record, its texts aside: a head, three numbers, two marks. */
const mostFixedBytes = 1 + 3 * 8 + 2 * (stampBytes + 1);
