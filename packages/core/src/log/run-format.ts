import { crc32 } from 'node:zlib';
import { fieldsHash } from '../peers/fields-hash.js';
import { KIND_PADDING, RecordOffset, UNIT_BYTES, kindIn } from './log-layout.js';
import type { LogRun } from './log-run.js';
import { RunError } from './run-error.js';

/**
 * A run of whole transactions as it leaves a process: into a file, down a pipe, into a message.
 *
 * ```
 *   byte 0       4       6       8         12            16       32      40          48         56       72      76      80
 *   ┌───────────┬───────┬───────┬─────────┬─────────────┬────────┬───────┬───────────┬──────────┬────────┬───────┬───────┬─────────┐
 *   │ mark      │version│header │payload  │transactions │registry│ epoch │ first seq │ last seq │ fields │ 0     │ crc32 │ payload │
 *   │ 'PNRN' u32│ u16   │ u16   │ u32     │ u32         │ UUID   │ f64   │ f64       │ f64      │ hash   │ u32   │ u32   │         │
 *   └───────────┴───────┴───────┴─────────┴─────────────┴────────┴───────┴───────────┴──────────┴────────┴───────┴───────┴─────────┘
 * ```
 * `header` and `payload` are their lengths in bytes. The payload is the records as they lie in the log
 * (log-layout.ts), without padding; their payloads are those of change-record.ts. The checksum is that
 * of the header before it and of the payload. Numbers are little-endian.
 */
export const RunOffset = {
  mark: 0,
  version: 4,
  headerBytes: 6,
  payloadBytes: 8,
  transactions: 12,
  id: 16,
  epoch: 32,
  firstSeq: 40,
  lastSeq: 48,
  fields: 56,
  zero: 72,
  checksum: 76,
} as const;

/** Bytes before the records. */
export const RUN_HEADER_BYTES = 80;
/** Counts incompatible changes of this format. */
export const RUN_VERSION = 1;
const RUN_MARK = 0x4e524e50;

/** On whose behalf a run is written. */
export interface RunOrigin {
  /** The registry's id, a UUID. */
  readonly id: string;
  /** Of the registry's life. */
  readonly epoch: number;
}

/** What a run says of itself. */
export interface RunHead extends RunOrigin {
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly transactions: number;
}

/**
 * Puts what a reader has read into the run format.
 *
 * @returns memory of its own
 */
export function encodeRun(run: LogRun, origin: RunOrigin): Buffer {
  // All of it is written below.
  const bytes = Buffer.allocUnsafeSlow(RUN_HEADER_BYTES + run.length);
  let end = RUN_HEADER_BYTES;
  // Whole pieces between paddings, of which there are few.
  let from = 0;
  for (let at = 0; at <= run.length;) {
    const isEnd = at === run.length;
    if (isEnd || kindIn(run.u32[(at + RecordOffset.kind) >>> 2]!) === KIND_PADDING) {
      end += run.u8.copy(bytes, end, from, at);
      from = isEnd ? at : at + run.u32[at >>> 2]! * UNIT_BYTES;
    }
    if (isEnd) break;
    at += run.u32[at >>> 2]! * UNIT_BYTES;
  }
  bytes.writeUInt32LE(RUN_MARK, RunOffset.mark);
  bytes.writeUInt16LE(RUN_VERSION, RunOffset.version);
  bytes.writeUInt16LE(RUN_HEADER_BYTES, RunOffset.headerBytes);
  bytes.writeUInt32LE(end - RUN_HEADER_BYTES, RunOffset.payloadBytes);
  bytes.writeUInt32LE(run.transactions, RunOffset.transactions);
  bytes.write(origin.id.replaceAll('-', ''), RunOffset.id, 'hex');
  bytes.writeDoubleLE(origin.epoch, RunOffset.epoch);
  bytes.writeDoubleLE(run.firstSeq, RunOffset.firstSeq);
  bytes.writeDoubleLE(run.lastSeq, RunOffset.lastSeq);
  bytes.write(fieldsHash, RunOffset.fields, 'hex');
  bytes.writeUInt32LE(0, RunOffset.zero);
  const whole = bytes.subarray(0, end);
  bytes.writeUInt32LE(checksumOf(whole), RunOffset.checksum);
  return whole;
}

/**
 * Says whether bytes are one whole run of this release, before any of its records is looked at. What
 * passes is what was written, bit for bit; whether that was right, `ReceivedRun` finds.
 *
 * @param checksum - 'believed' of bytes that no disk and no network can have changed
 * @throws {RunError} saying what is wrong, and where
 */
export function checkRun(given: Uint8Array, checksum: 'checked' | 'believed' = 'checked'): RunHead {
  const bytes = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
  if (bytes.length < RUN_HEADER_BYTES) {
    throw new RunError('cut', bytes.length, `${bytes.length} bytes are no header`);
  }
  if (bytes.readUInt32LE(RunOffset.mark) !== RUN_MARK) {
    throw new RunError('mark', RunOffset.mark, 'it does not begin as a run does');
  }
  const version = bytes.readUInt16LE(RunOffset.version);
  if (version !== RUN_VERSION || bytes.readUInt16LE(RunOffset.headerBytes) !== RUN_HEADER_BYTES) {
    const message = `version ${version}, where this release reads ${RUN_VERSION}`;
    throw new RunError('version', RunOffset.version, message);
  }
  const length = RUN_HEADER_BYTES + bytes.readUInt32LE(RunOffset.payloadBytes);
  if (bytes.length !== length) {
    throw new RunError('cut', bytes.length, `${bytes.length} bytes of a run of ${length}`);
  }
  if (checksum === 'checked' && bytes.readUInt32LE(RunOffset.checksum) !== checksumOf(bytes)) {
    throw new RunError('checksum', RunOffset.checksum, 'its checksum is that of other bytes');
  }
  const fields = bytes.toString('hex', RunOffset.fields, RunOffset.zero);
  if (fields !== fieldsHash) {
    const message = `its peers have other fields (${fields}) than those of this release (${fieldsHash})`;
    throw new RunError('fields', RunOffset.fields, message);
  }
  const head: RunHead = {
    id: uuidOf(bytes.toString('hex', RunOffset.id, RunOffset.epoch)),
    epoch: bytes.readDoubleLE(RunOffset.epoch),
    firstSeq: bytes.readDoubleLE(RunOffset.firstSeq),
    lastSeq: bytes.readDoubleLE(RunOffset.lastSeq),
    transactions: bytes.readUInt32LE(RunOffset.transactions),
  };
  const { firstSeq, lastSeq, transactions } = head;
  const isInOrder =
    isCount(firstSeq) && isCount(lastSeq) && lastSeq - firstSeq + 1 === transactions;
  if (!isInOrder || transactions === 0) {
    const message = `${transactions} transactions from ${firstSeq} to ${lastSeq}`;
    throw new RunError('seqs', RunOffset.firstSeq, message);
  }
  if (!isCount(head.epoch)) throw new RunError('epoch', RunOffset.epoch, `epoch ${head.epoch}`);
  return head;
}

function checksumOf(run: Buffer): number {
  const header = crc32(run.subarray(0, RunOffset.checksum));
  return crc32(run.subarray(RUN_HEADER_BYTES), header);
}

const uuidOf = (hex: string): string =>
  [0, 8, 12, 16, 20].map((at, part, all) => hex.slice(at, all[part + 1])).join('-');

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 1;
